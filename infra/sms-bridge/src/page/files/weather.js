// What goes wrong: switches, webhooks, kills, the clock.

import { $, Keyed, h, renew } from "./dom.js";
import { act, head, names, once, values, watch } from "./live.js";

const SWITCHES = [["works", "works"], ["slow", "slow"], ["limited", "rate limit"], ["down", "down"], ["mute", "no answers"], ["refuses", "refuses"]];
const PLACES = [["zendesk", "Zendesk"], ["braze", "Braze"], ["database", "DynamoDB"]];
let held;

function place([name, label]) {
  const options = SWITCHES.filter(([value]) => name !== "database" || value !== "refuses");
  const select = h("select", { id: `fault-${name}`, onchange: (event) => act({ faults: { [name]: event.target.value } }) }, options.map(([value, word]) => h("option", { value }, word)));
  return h("label", { class: "place-switch", "data-place": name }, h("span", {}, label), select);
}

function kill() {
  const at = h("select", { id: "kill-at", "aria-label": "At its call to" }, PLACES.map(([value, word]) => h("option", { value }, word)));
  const when = h("select", { id: "kill-when", "aria-label": "When" }, h("option", { value: "after" }, "after it acts"), h("option", { value: "before" }, "before it acts"));
  const arm = h("button", { type: "button", class: "button small", id: "kill", onclick: () => act({ kill: { at: at.value, when: when.value } }) }, "Kill at next call");
  return h("div", { class: "line", role: "group", "aria-label": "Kill a function in flight" }, at, when, arm);
}

function jumps() {
  const jump = (label, by) => h("button", { type: "button", class: "button small", onclick: () => act({ jump: by }) }, label);
  return h("div", { class: "line", role: "group", "aria-label": "Jump the clock" }, jump("+1 min", { minutes: 1 }), jump("+10 min", { minutes: 10 }), jump("+1 h", { hours: 1 }), jump("+1 day", { days: 1 }));
}

function webhook(value, old) {
  const send = (event, numbers) => once({ webhooks: { send: numbers } }, event.currentTarget);
  const button = (label, go) => h("button", { type: "button", class: "button small quiet", onclick: go }, label);
  const element = h("li", {}, h("span", {}, `${value.number}. ${value.trigger} · #${value.ticket}`),
    h("span", { class: "line" }, button("Send", (event) => send(event, [value.number])), button("Twice", (event) => send(event, [value.number, value.number])), button("Lose", (event) => once({ webhooks: { lose: [value.number] } }, event.currentTarget))));
  return old ? renew(old, element) : element;
}

function show() {
  const { weather = {}, armed, holds } = head();
  let wrong = 0;
  for (const [name] of PLACES) {
    const value = weather[name] ?? "works";
    $(`fault-${name}`).value = value;
    $(`fault-${name}`).closest("label").classList.toggle("on", value !== "works");
    wrong += value !== "works";
  }
  $("kill").textContent = armed ? "Armed: waits for its call" : "Kill at next call";
  $("kill").classList.toggle("on", Boolean(armed));
  if (armed) [$("kill-at").value, $("kill-when").value] = [armed.at, armed.when];
  $("hold").checked = Boolean(holds);
  const waiting = names("held/").length;
  $("held-all").hidden = waiting < 2;
  $("fine").hidden = !wrong && !armed && !holds;
  const told = [wrong ? `${wrong} on` : null, holds ? `webhooks kept${waiting ? ` (${waiting})` : ""}` : null, armed ? "kill armed" : null].filter(Boolean);
  $("weather-told").textContent = told.length ? `· ${told.join(", ")}` : "";
}

function everythingFine() {
  act({ faults: { zendesk: "works", braze: "works", database: "works" } });
  if (head().holds) act({ webhooks: { hold: false } });
}

/** Sets the switches up. */
export function start() {
  const all = (turn) => (event) => {
    const numbers = names("held/").map((name) => values.get(name).number);
    once({ webhooks: { send: turn ? numbers.reverse() : numbers } }, event.currentTarget);
  };
  $("weather").append(
    h("div", { class: "switches" }, PLACES.map(place)),
    h("details", { class: "more-faults" },
      h("summary", {}, "More faults and the clock ", h("span", { id: "weather-told", class: "about" })),
      h("div", { class: "rows" },
        h("div", {}, h("h3", {}, "Zendesk’s webhooks"), h("label", { class: "check" }, h("input", { type: "checkbox", id: "hold", onchange: (event) => act({ webhooks: { hold: event.target.checked } }) }), "Keep them back, to send them by hand"),
          h("ol", { id: "held", class: "held", "aria-label": "Webhooks kept back" }),
          h("div", { class: "line", id: "held-all", hidden: true }, h("button", { type: "button", class: "button small", onclick: all(false) }, "Send all in order"), h("button", { type: "button", class: "button small", onclick: all(true) }, "Send all reversed"))),
        h("div", {}, h("h3", {}, "Kill a function in flight"), kill()),
        h("div", {}, h("h3", {}, "Jump the clock"), jumps(), h("p", { class: "about", id: "faster" })),
        h("div", { class: "line" }, h("button", { type: "button", class: "button small", id: "redeliver", onclick: () => act({ redeliver: {} }) }, "Run redelivery now"), h("button", { type: "button", class: "button small", id: "redeliver-due", onclick: () => act({ redeliver: { due: true } }) }, "End all pauses and run it"), h("button", { type: "button", class: "button small", id: "fine", hidden: true, onclick: everythingFine }, "Everything works")))));
  held = new Keyed($("held"), webhook);
  watch("head", () => {
    $("faster").textContent = `All that is stored gets older, then redelivery runs, as it does every minute. The vendors repeat webhooks ${Math.round(head().faster)} times faster here than in reality.`;
    show();
  });
  watch("held/", (news) => {
    for (const [name, value] of news) {
      if (value) held.set(name, name, value);
      else held.delete(name);
    }
    show();
  });
}
