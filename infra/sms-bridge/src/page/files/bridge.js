// The timeline: one entry per event, each hop with its time.

import { $, Keyed, clockTime, h, tabs } from "./dom.js";
import { values, watch } from "./live.js";
import { ending, faultName, hopName, placeName, title } from "./words.js";

const list = new Keyed($("timeline"), entry, (a, b) => b - a);
/** What people opened or closed themselves stays so. */
const toggled = new Map();
let newest = 0;

const milliseconds = (ms) => (ms === null || ms === undefined ? "" : ms < 1 ? "<1 ms" : ms < 10000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`);

function entry(event, old) {
  const people = event.customers.map((id) => values.get(`customer/${id}`)?.name.split(" ")[0] ?? id);
  const [word, kind] = ending(event);
  const rows = hops(event);
  const dots = rows.slice(1, -1).map((hop) => h("i", { class: `${hop.place} ${hop.bad ? "bad" : ""}` }));
  const summary = h("summary", {},
    h("span", { class: `mark ${event.source}`, "aria-hidden": "true" }, { braze: "→", zendesk: "←", schedule: "↻" }[event.source]),
    h("span", { class: "title" }, title(event, people)),
    h("span", { class: "dots", "aria-hidden": "true" }, dots),
    h("span", { class: `outcome ${kind}` }, word),
    h("span", { class: "about" }, [clockTime(event.at), milliseconds(event.ms), event.attempt > 1 ? `attempt ${event.attempt}` : null].filter(Boolean).join(" · ")));
  const open = toggled.get(event.number) ?? (event.number === newest || kind === "bad");
  const table = h("table", {},
    h("caption", {}, `${event.function}, environment ${event.environment || "none"}${event.cold ? ", cold start" : ""}`),
    h("colgroup", {}, h("col", { class: "what" }), h("col"), h("col", { class: "took" })),
    h("thead", { class: "hidden" }, h("tr", {}, ["Hop", "When", "Took"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((hop) => row(hop, Math.max(event.ms ?? 0, ...rows.map((one) => one.at + (one.ms ?? 0)), 1)))));
  const known = old?.firstElementChild;
  if (known) {
    // What has the focus stays.
    known.firstElementChild.replaceChildren(...summary.childNodes);
    known.lastElementChild.replaceWith(table);
    known.open = open;
    return old;
  }
  const details = h("details", { open }, summary, table);
  summary.addEventListener("click", () => toggled.set(event.number, !details.open));
  return h("li", { "data-event": event.number, "data-kind": event.kind }, details);
}

/** The hops, with what goes before the first and comes after the last. */
function hops(event) {
  const from = { braze: "Webhook from Braze", zendesk: "Webhook from Zendesk", schedule: "The schedule" }[event.source];
  const rows = [{ place: "in", name: from, at: 0, ms: null }];
  const { answer } = event;
  const stored = event.hops.some((hop) => hop.name === "accepted");
  if (event.source !== "schedule" && (stored || (answer?.status && ![401, 413, 503].includes(answer.status)))) {
    const at = Math.max(0, event.hops.find((hop) => hop.name === "accepted")?.at ?? 0);
    rows.push({ place: "in", name: event.source === "zendesk" ? "Signature and time verified" : "Token verified", at, ms: null });
  }
  for (const hop of event.hops) {
    const before = rows.at(-1);
    if (hop.name === "Query" && before.query && !hop.fault) {
      before.query += 1;
      before.ms += hop.ms;
      before.note = `${before.query} shards`;
      continue;
    }
    const status = hop.status && hop.status >= 400 ? String(hop.status) : null;
    const wrong = [status, faultName(hop.fault)].filter(Boolean).join(", ");
    const silent = hop.place !== "log" && hop.status === null && !hop.fault;
    const unanswered = silent ? (event.answer ? "no answer" : "under way") : null;
    rows.push({ ...hop, query: hop.name === "Query" && !hop.fault ? 1 : 0, at: Math.max(0, hop.at), name: hop.place === "log" ? `“${hop.name}”` : hopName(hop), note: [hop.detail, wrong, unanswered].filter(Boolean).join(" · "), bad: hop.place === "log" || unanswered === "no answer" || Boolean((status || hop.fault) && hop.fault !== "delay") });
  }
  if (answer) {
    const [word, kind] = ending(event);
    const name = answer.status ? `Answered ${answer.status} ${answer.outcome ?? ""}` : answer.summary ? `Done: ${word}` : `No answer: ${answer.error}`;
    rows.push({ place: "out", name: name.trim(), at: event.ms, ms: null, bad: kind === "bad" });
  }
  return rows;
}

function row(hop, total) {
  const bar = h("span", { class: "bar" });
  const left = Math.min(98, (hop.at / total) * 100);
  bar.style.left = `${left}%`;
  bar.style.width = `${Math.max(1.5, Math.min(100 - left, ((hop.ms ?? 0) / total) * 100))}%`;
  return h("tr", { class: `${hop.place} ${hop.bad ? "bad" : ""}` },
    h("th", { scope: "row" }, placeName[hop.place] ? h("span", { class: "place" }, placeName[hop.place]) : null, hop.name, hop.note ? h("small", {}, hop.note) : null),
    h("td", { class: "when" }, h("span", { class: "hidden" }, `after ${hop.at} ms`), bar),
    h("td", { class: "took" }, milliseconds(hop.ms)));
}

/** Sets the timeline and the tabs over it up. */
export function start() {
  const show = tabs($("views"), (tab) => {
    for (const id of ["timeline", "stored", "dead"]) {
      $(id).hidden = id !== tab.dataset.view;
      $(id).closest("[role=tabpanel]").hidden = $(id).hidden;
    }
  });
  watch("event/", (news) => {
    const before = newest;
    for (const [, event] of news) if (event) newest = Math.max(newest, event.number);
    for (const [name, event] of news) {
      if (event) list.set(name, event.number, event);
      else list.delete(name);
    }
    if (newest !== before) {
      const name = `event/${String(before).padStart(9, "0")}`;
      const known = values.get(name);
      if (known) list.set(name, known.number, known);
    }
    if (!list.items.size) newest = 0;
    $("timeline").classList.toggle("empty", list.items.size === 0);
  });
  // What waited is done, or is a dead letter by now.
  watch("open/", (news) => {
    const changed = new Set(news.map(([name]) => name.slice("open/".length)));
    for (const [name, { value }] of [...list.items]) {
      if (changed.has(value.answer?.delivery)) list.set(name, value.number, value);
    }
  });
  return show;
}
