// The customer's phone.

import { $, Keyed, ask, h, read, renew, shortTime, sticky } from "./dom.js";
import { act, addCustomer, names, now, once, values, watch } from "./live.js";
import { measure, sized } from "./sms.js";

const CONDITIONS = {
  subscribed: "Subscribed, messages arrive",
  unsubscribed: "Unsubscribed",
  unknown: "Never subscribed",
  control_group: "In the control group",
  suppression_list: "On a suppression list",
  capped: "Over the frequency cap",
  unreachable: "Phone unreachable (30003)",
  blocked: "Carrier blocks (30004)",
  unknown_number: "Number unknown (30005)",
  landline: "Landline (30006)",
  filtered: "Carrier filters (30007)",
  failing: "Carrier fails (30008)",
  deactivated: "Number given up",
};
const EMOJI = ["😀", "😂", "😊", "😍", "😢", "😡", "🙏", "👍", "👎", "👏", "🎉", "❤️", "🔥", "✅", "❓", "📦"];
/** What the list of messages shows. */
const LISTED = ["text/", "sms/", "automatic/", "silence/"];
let who = null;
const seen = new Map();
/** The customer's last text: the one whose webhook can be repeated. */
let last = null;
/** What is written and not yet sent, by customer. */
const drafts = new Map();
let pictures = [];
const list = new Keyed($("messages"), bubble, (a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0));

/** The customer whose phone is shown. */
export const customer = () => who;

/** Shows another customer's phone. */
export function show(id) {
  if (!id || id === who || !values.has(`customer/${id}`)) return;
  if (who) drafts.set(who, { text: $("say").value, files: pictures });
  who = id;
  write(drafts.get(id) ?? { text: "", files: [] });
  $("who").value = id;
  list.clear();
  newest();
  for (const name of LISTED.flatMap(names)) put(name, values.get(name));
  seen.set(who, counted(who));
  people();
  down(true);
}

/** Puts a text and pictures into the box. */
function write({ text, files }) {
  $("say").value = text;
  pictures = files;
  typed();
  attached();
}

function counted(id) {
  return names(`sms/${id}/`).length;
}

function put(name, value) {
  if (!value) return list.delete(name);
  // An automatic answer comes in the same moment as its text, and after it.
  const at = value.at + (name.startsWith("automatic/") ? 0.5 : 0);
  if (value.customer === who) list.set(name, [at, name], value);
}

/** The last text has a button that no other has. */
function newest() {
  const before = last;
  let at = -Infinity;
  last = null;
  for (const [name, text] of values) {
    if (name.startsWith("text/") && text.customer === who && text.at >= at) [last, at] = [name, text.at];
  }
  if (before !== last && list.items.has(before)) put(before, values.get(before));
}

function bubble(message, old, name) {
  const mine = name.startsWith("text/");
  const kind = name.split("/")[0];
  const words = mine ? own(message, name) : ({ automatic, silence }[kind] ?? received)(message);
  const look = { text: "bubble mine", sms: "bubble" }[kind] ?? `bubble ${kind}`;
  const element = h("li", { class: look, "data-key": name }, ...words);
  return old ? renew(old, element) : element;
}

function own(message, name) {
  const shown = [h("span", { class: "hidden" }, "Sent: ")];
  for (const link of message.media) {
    const name = link.split("/").pop();
    shown.push(h("img", { src: `/pictures/${encodeURIComponent(name)}`, alt: "Picture", loading: "lazy" }));
  }
  if (message.text) shown.push(h("p", {}, message.text));
  const { word, bad } = fate(message);
  const again = h("button", { type: "button", class: "link", title: "Braze posts the webhook of the last text again, as if the answer had been lost", onclick: (event) => once({ repeat: { id: message.customer } }, event.currentTarget) }, "repeat webhook");
  shown.push(h("p", { class: bad ? "fate bad" : "fate" }, `${shortTime(message.at, now())} · ${word}`, name === last && message.posted && message.status ? [" · ", again] : null));
  return shown;
}

/** What became of a text, in words. */
function fate(message) {
  const tries = message.attempts.length;
  const nth = tries > 1 ? `, attempt ${tries}` : "";
  const twice = message.times > 1 ? `, webhook came ${message.times} times` : "";
  if (message.withheld) return { word: `Braze did not pass it on: ${message.withheld.replaceAll("_", " ")}`, bad: true };
  if (!message.posted) return { word: message.category === "unknown_user" ? "Braze does not know this number" : "Braze has no campaign for this", bad: true };
  if (message.status >= 200 && message.status < 300) return { word: (message.outcome ?? "taken") + nth + twice };
  if (tries === 0) return { word: "on its way" };
  const answer = message.status ?? "no answer";
  return { word: message.over ? `Braze gave up: ${answer}${nth}` : `${answer}, Braze tries again (${tries} so far)`, bad: message.over };
}

/** Braze's own answer to a keyword. */
function automatic(message) {
  return [h("span", { class: "hidden" }, "Received: "), h("p", {}, message.text), h("p", { class: "fate" }, `${shortTime(message.at, now())} · Braze answered by itself`)];
}

/** What was sent and never arrived: a real phone shows nothing of it. */
function silence(message) {
  const shown = message.text ? [h("p", {}, message.text)] : [];
  return [h("span", { class: "hidden" }, "Not received: "), ...shown, h("p", { class: "fate" }, `${shortTime(message.at, now())} · ${message.why}`)];
}

function received(message) {
  const { parts, gsm } = measure(message.text);
  const shown = parts.map((part, at) => h("p", { class: "sms", "data-part": parts.length > 1 ? `${at + 1}/${parts.length}` : null }, part));
  const count = message.parts === 1 ? "1 part" : `${message.parts} parts`;
  return [h("span", { class: "hidden" }, "Received: "), ...shown, h("p", { class: "fate" }, `${shortTime(message.at, now())} · ${count}, ${gsm ? "GSM-7" : "UCS-2"}`)];
}

/** The list of customers, with what each has not read. */
function people() {
  const all = names("customer/").map((name) => values.get(name));
  if (!all.some((one) => one.id === who)) {
    who = null;
    list.clear();
    if (all.length) return show(all[0].id);
  }
  let unread = 0;
  const options = all.map((one) => {
    const fresh = one.id === who ? 0 : counted(one.id) - (seen.get(one.id) ?? 0);
    unread += fresh;
    return [one.id, fresh > 0 ? `${one.name} (${fresh} new)` : one.name];
  });
  // A list somebody may have open is left alone while it stays the same.
  const known = [...$("who").options].map((option) => [option.value, option.textContent]);
  if (JSON.stringify(known) !== JSON.stringify(options)) $("who").replaceChildren(...options.map(([value, name]) => h("option", { value }, name)));
  if (who) $("who").value = who;
  const own = values.get(`customer/${who}`);
  const told = own?.attributes ?? {};
  const open = "zendesk_ticket_open" in told ? (told.zendesk_ticket_open ? `ticket #${told.zendesk_ticket} open` : "no open ticket") : null;
  const condition = own?.condition ?? "subscribed";
  const about = own ? [own.phone, condition === "unsubscribed" ? "opted out" : null, open] : [];
  $("condition").value = condition;
  $("condition").parentElement.classList.toggle("on", condition !== "subscribed");
  $("who-about").textContent = about.filter(Boolean).join(" · ");
  return unread;
}

function down(always) {
  const box = $("messages");
  const near = box.scrollHeight - box.scrollTop - box.clientHeight < 240;
  if (always || near) box.scrollTop = box.scrollHeight;
}

async function send(text, files = []) {
  if (!who || (!text && !files.length)) return true;
  return act({ customer: { id: who, texts: text ? [text] : [], pictures: files } });
}

function attached() {
  $("pictures").hidden = pictures.length === 0;
  const shown = pictures.map((url, at) => h("button", { type: "button", "aria-label": "Remove the picture", onclick: () => { pictures.splice(at, 1); attached(); } }, h("img", { src: url, alt: "" })));
  $("pictures").replaceChildren(...shown);
}

function typed() {
  const box = $("say");
  $("size").textContent = sized(box.value) || "Enter sends, Shift+Enter breaks the line";
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 140)}px`;
}

/** Sets the phone up; `unread` is told how many messages wait on other phones. */
export function start(unread) {
  sticky($("messages"));
  watch("customer/", () => unread(people()));
  watch("text/", (news) => { const near = !list.items.size; newest(); news.forEach(([name, value]) => put(name, value)); down(near); });
  for (const kind of ["automatic/", "silence/"]) watch(kind, (news) => { news.forEach(([name, value]) => put(name, value)); down(false); });
  $("condition").append(...Object.entries(CONDITIONS).map(([value, name]) => h("option", { value }, name)));
  $("condition").addEventListener("change", async (event) => {
    if (!await act({ phone: { id: who, is: event.target.value } })) people();
  });
  watch("sms/", (news) => {
    news.forEach(([name, value]) => put(name, value));
    if (who) seen.set(who, counted(who));
    unread(people());
    down(false);
  });
  $("who").addEventListener("change", (event) => show(event.target.value));
  $("say").addEventListener("input", typed);
  $("say").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("compose").requestSubmit();
    }
  });
  $("compose").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("say").value.trim();
    const [files, from] = [pictures, who];
    write({ text: "", files: [] });
    down(true);
    if (await send(text, files)) return;
    // It comes back to whom it was sent from, before what was typed since.
    const since = from === who ? { text: $("say").value, files: pictures } : drafts.get(from);
    const whole = { text: [text, since.text].filter(Boolean).join("\n"), files: [...files, ...since.files] };
    if (from === who) write(whole);
    else drafts.set(from, whole);
  });
  $("compose").addEventListener("click", (event) => {
    const word = event.target.closest("[data-word]")?.dataset.word;
    if (word) send(word);
  });
  $("picture").addEventListener("change", async (event) => {
    pictures.push(...await Promise.all([...event.target.files].map(read)));
    event.target.value = "";
    attached();
  });
  $("emoji").querySelector(".emoji").append(...EMOJI.map((one) => h("button", { type: "button", onclick: () => {
    const box = $("say");
    box.setRangeText(one, box.selectionStart, box.selectionEnd, "end");
    $("emoji").open = false;
    box.focus();
    typed();
  } }, one)));
  $("add-customer").addEventListener("click", async () => {
    const told = await ask("A new customer", [{ name: "first_name", label: "First name", required: true }, { name: "last_name", label: "Last name" }], "Add");
    const added = told && await addCustomer(told);
    if (added) watchFor(added.id);
  });
}

/** Shows a customer as soon as the program tells of them. */
function watchFor(id) {
  if (values.has(`customer/${id}`)) return show(id);
  setTimeout(() => watchFor(id), 50);
}
