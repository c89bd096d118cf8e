// What lies in the table: conversations with their waiting mailbox, and dead letters.

import { $, Keyed, fullTime, h, renew, span } from "./dom.js";
import { once, values, watch } from "./live.js";

const items = new Keyed($("stored"), item);
const letters = new Keyed($("dead"), letter, (a, b) => a - b);
const KINDS = { text: "Text", consent: "Opt-out or opt-in", reply: "Agent’s reply", solved: "Solved", resend: "Resend", note: "Note", attributes: "Attributes", check: "Comparison" };

const when = (at) => {
  const left = at - Date.now();
  return left > 0 ? `in ${span(left)}` : "now";
};

function fact(name, value) {
  return value === undefined || value === null || value === "" ? null : [h("dt", {}, name), h("dd", {}, value)];
}

function item(value, old) {
  const { memory } = value;
  const id = value.pk.replace("customer#", "");
  const name = values.get(`customer/${id}`)?.name ?? value.pk;
  const waits = value.mailbox.length;
  const pause = (wait) => (wait ? `until ${fullTime(wait.until)}, after ${wait.attempts} failed ${wait.attempts === 1 ? "attempt" : "attempts"}` : null);
  const facts = [
    fact("Ticket", memory.ticket ? `#${memory.ticket}${memory.status ? `, ${memory.status}` : ""}` : "none yet"),
    fact("Opted out", memory.opted_out ? "yes" : null),
    fact("Zendesk waits", pause(memory.zendesk_wait)),
    fact("Braze waits", pause(memory.braze_wait)),
    fact("Held by", value.lease ? (value.lease === "-" ? "free, it waits" : value.lease) : null),
    fact("Due", value.due_at === null ? null : h("span", { class: "due", "data-due": value.due_at }, when(value.due_at))),
    fact("Version", String(value.v)),
  ];
  const mail = waits ? h("ol", { class: "mailbox", "aria-label": "Waiting mailbox" }, value.mailbox.map((entry) => h("li", {},
    h("strong", {}, KINDS[entry.kind] ?? entry.kind ?? "Entry"), " ", entry.text ?? entry.message ?? "", h("small", {}, entry.p?.doubtful ? "outcome of an attempt not known" : "")))) : null;
  const element = h("article", { class: "card", "data-pk": value.pk },
    h("h3", {}, name, waits ? h("span", { class: "outcome wait" }, `${waits} waiting`) : h("span", { class: "outcome plain" }, "nothing waits")),
    h("dl", {}, facts), mail,
    h("details", {}, h("summary", {}, "The item as stored"), h("pre", { tabindex: "0" }, JSON.stringify(value.stored, null, 2))));
  if (!old) return element;
  // The details stay, open or not, and with them the focus.
  const details = old.lastElementChild;
  details.querySelector("pre").replaceWith(element.querySelector("pre"));
  element.lastElementChild.remove();
  while (old.firstChild !== details) old.firstChild.remove();
  details.before(...element.childNodes);
  return old;
}

function letter(value, old) {
  const replay = h("button", { type: "button", class: "button small", onclick: (event) => once({ replay: { letter: value.number } }, event.currentTarget) }, "Replay");
  const whose = value.conversation.replace("customer#", "");
  const element = h("article", { class: "card dead-letter" },
    h("h3", {}, KINDS[value.content?.kind] ?? `Request to ${value.source}`, replay),
    h("dl", {}, [fact("Cause", value.cause), fact("Customer", values.get(`customer/${whose}`)?.name ?? whose), fact("Since", fullTime(value.buried_at))]),
    h("details", {}, h("summary", {}, "Content"), h("pre", { tabindex: "0" }, typeof value.content === "string" ? value.content : JSON.stringify(value.content, null, 2))));
  return old ? renew(old, element) : element;
}

function counts() {
  const waiting = [...items.items.values()].reduce((sum, { value }) => sum + value.mailbox.length, 0);
  for (const [id, count] of [["waiting-count", waiting], ["dead-count", letters.items.size]]) {
    $(id).textContent = count;
    $(id).hidden = count === 0;
  }
  $("stored").classList.toggle("empty", items.items.size === 0);
  $("dead").classList.toggle("empty", letters.items.size === 0);
}

/** Sets both views up. */
export function start() {
  const follow = (list) => (news) => {
    for (const [name, value] of news) {
      if (value) list.set(name, value.number ?? name, value);
      else list.delete(name);
    }
    counts();
  };
  watch("item/", follow(items));
  watch("dead/", follow(letters));
  counts();
  setInterval(() => {
    for (const due of document.querySelectorAll("[data-due]")) due.textContent = when(Number(due.dataset.due));
  }, 1000);
}
