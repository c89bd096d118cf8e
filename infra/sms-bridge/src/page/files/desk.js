// The agent's tickets.

import { $, Keyed, ask, h, read, renew, shortTime, sticky } from "./dom.js";
import { act, estimate, names, now, values, watch } from "./live.js";
import { changeRequester, emailIn, mergeUser, suspend } from "./people.js";
import { customer } from "./phone.js";

let open = null;
let byHand = false;
/** What is written and not yet submitted, by ticket. */
const drafts = new Map();
const list = new Keyed($("tickets"), row, (a, b) => b - a);
const thread = new Keyed($("comments"), comment);

function row(ticket, old) {
  const name = h("span", { class: "subject" }, ticket.subject);
  const about = h("span", { class: "about" }, [`#${ticket.id}`, ticket.requester, shortTime(ticket.updated, now()), drafts.has(ticket.id) && ticket.id !== open ? "draft" : null].filter(Boolean).join(" · "));
  const shown = [badge(ticket.status), h("span", { class: "words" }, name, about)];
  // The button stays, and with it the focus.
  const button = old?.firstElementChild ?? h("button", { type: "button", onclick: () => { byHand = true; show(ticket.id); } });
  button.replaceChildren(...shown);
  if (ticket.id === open) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  return old ?? h("li", { "data-ticket": ticket.id }, button);
}

/** The channels a ticket may come by, in words; over the API it is the bridge. */
const channels = { email: "by e-mail", web: "opened by an agent", chat: "by chat" };
const badge = (status) => h("span", { class: `badge ${status}` }, status);

/** From now on a new ticket shows by itself again. */
export function follow() {
  byHand = false;
}

/** Opens a ticket's thread. */
export function show(id) {
  if (!values.has(`ticket/${id}`)) return;
  const before = open;
  if (before !== null && before !== id) keep(before);
  open = id;
  if (before !== id) restore(drafts.get(id));
  for (const ticket of [before, id]) {
    const known = values.get(`ticket/${ticket}`);
    if (known) list.set(`ticket/${ticket}`, ticket, known);
  }
  thread.clear();
  for (const name of names(`comment/${id}/`)) thread.set(name, name, values.get(name));
  $("thread").hidden = false;
  top();
  $("comments").scrollTop = $("comments").scrollHeight;
}

/** Keeps what is written for a ticket until it is shown again. */
function keep(id) {
  const { elements } = $("reply");
  const draft = { text: $("answer").value, public: elements.public.value, as: $("as").value, files: [...$("files").files] };
  if (draft.text || draft.files.length) drafts.set(id, draft);
  else drafts.delete(id);
}

/** Fills the form with a draft, or empties it. */
function restore(draft) {
  $("reply").reset();
  if (draft) {
    $("answer").value = draft.text;
    $("reply").elements.public.value = draft.public;
    $("as").value = draft.as;
    const files = new DataTransfer();
    for (const file of draft.files) files.items.add(file);
    $("files").files = files.files;
  }
  shape();
}

/** Whether somebody is writing: what is shown stays. */
const writing = () => $("answer").value !== "" || $("files").files.length > 0 || document.activeElement === $("answer");

function comment(said, old) {
  const kind = said.public ? (said.role === "end-user" ? "customer" : "agent") : "note";
  const bridge = said.bridge && !said.public;
  const who = h("p", { class: "who" },
    h("strong", {}, bridge ? "Bridge" : said.author),
    h("span", { class: "kind" }, said.public ? "public" : "internal note"),
    h("time", {}, shortTime(said.at, now())));
  const files = said.files.map((file) => h("a", { href: file.url, class: "file", target: "_blank", rel: "noreferrer noopener" },
    file.kind.startsWith("image/") && !file.kind.includes("svg") ? h("img", { src: file.url, alt: "", loading: "lazy" }) : null,
    h("span", {}, `${file.name}, ${Math.max(1, Math.round(file.size / 1024))} KB`)));
  const element = h("li", { class: `comment ${kind}${bridge ? " bridge-note" : ""}` }, who, h("p", { class: "text" }, said.text), said.sms ? h("p", { class: /^on the phone/.test(said.sms) ? "fate" : "fate bad" }, said.sms) : null, files.length ? h("div", { class: "files" }, files) : null);
  return old ? renew(old, element) : element;
}

/** An entry of the menu; the focus goes back to where the menu was opened. */
function item(label, go, title) {
  return h("button", { type: "button", title, onclick: () => {
    $("more").open = false;
    $("more").firstElementChild.focus();
    go(values.get(`ticket/${open}`));
  } }, label);
}

// The head's parts stay while the ticket changes: an open menu stays open, and the focus where it is.
const set = ["open", "pending", "hold", "solved"].map((to) => [to, item(`Set to ${to}`, () => act({ status: { ticket: open, to } }))]);
const profiles = item("Merge profiles…", mergeUser, "The requester's profile becomes one with another");
const suspends = [true, false].map((suspended) => item(suspended ? "Suspend requester" : "Let requester write again", (ticket) => suspend(ticket, suspended)));
const change = [item("Change tags…", tags), item("Merge into another…", merge), item("Change requester…", changeRequester), item("Close", () => act({ close: { ticket: open } }), "What Zendesk's automation does some days after solved")];
const parts = { status: h("span"), subject: h("h3"), about: h("p", { class: "about" }), tags: h("ul", { class: "taglist", "aria-label": "Tags" }) };
const menu = h("details", { class: "menu right", id: "more" }, h("summary", { class: "button small" }, "More"),
  h("div", { class: "sheet list" }, set.map(([, button]) => button), change, profiles, suspends, item("Delete", () => act({ delete: { ticket: open } }))));

function top() {
  const ticket = values.get(`ticket/${open}`);
  if (!ticket) {
    const focused = $("thread").contains(document.activeElement);
    $("thread").hidden = true;
    if (focused) ($("tickets").querySelector("button") ?? $("new-ticket")).focus();
    return;
  }
  const closed = ticket.status === "closed";
  parts.status.replaceWith(parts.status = badge(ticket.status));
  parts.subject.textContent = ticket.subject;
  parts.about.textContent = [`#${ticket.id}`, ticket.requester, ticket.suspended ? "suspended" : null, channels[ticket.via], ...ticket.routed, ticket.follows ? `follows #${ticket.follows}` : null].filter(Boolean).join(" · ");
  parts.tags.replaceChildren(...ticket.tags.map((tag) => h("li", {}, tag)));
  parts.tags.hidden = !ticket.tags.length;
  for (const [status, button] of set) button.hidden = closed || status === ticket.status;
  for (const button of change) button.hidden = closed;
  for (const [at, button] of suspends.entries()) button.hidden = !ticket.person || ticket.suspended === (at === 0);
  profiles.hidden = !ticket.person;
  if (document.activeElement.hidden) menu.firstElementChild.focus();
  for (const field of $("reply").elements) field.disabled = closed;
  $("answer").placeholder = closed ? "Closed tickets cannot be answered" : $("reply").elements.public.value === "no" ? "A note for colleagues" : "Answer the customer";
}

async function tags(ticket) {
  const told = await ask(`Tags of #${ticket.id}`, [{ name: "tags", label: "Tags, separated by spaces", value: ticket.tags.map((tag) => `${tag} `).join("") }], "Change");
  if (!told) return;
  const wanted = told.tags.split(/\s+/).filter(Boolean);
  const add = wanted.filter((tag) => !ticket.tags.includes(tag));
  const remove = ticket.tags.filter((tag) => !wanted.includes(tag));
  if (add.length || remove.length) act({ tags: { ticket: ticket.id, add, remove } });
}

async function merge(ticket) {
  const others = names("ticket/").map((name) => values.get(name)).filter((other) => other.id !== ticket.id && other.status !== "closed");
  if (!others.length) return ask("Merge", [{ text: "There is no other ticket to merge into." }]);
  const told = await ask(`Merge #${ticket.id} into`, [{ name: "into", label: "Ticket", options: others.map((other) => [other.id, `#${other.id} ${other.subject}`]) }], "Merge");
  if (told) act({ merge: { from: ticket.id, into: Number(told.into) } });
}

/** What is written will cost, as the bridge will send it; only the last question's answer is shown. */
let asked = 0;
function sizes() {
  const text = $("answer").value.trim();
  const note = $("reply").elements.public.value === "no";
  const mine = ++asked;
  if (!text || note || open === null) {
    $("answer-size").textContent = "";
    return;
  }
  setTimeout(async () => {
    if (mine !== asked) return;
    const told = await estimate(open, text);
    if (mine === asked) $("answer-size").textContent = told?.line ?? "";
  }, 150);
}

/** The form as its fields say. */
function shape() {
  const chosen = $("files").files.length;
  $("files-word").textContent = chosen ? `${chosen} attached` : "Attach";
  $("reply").classList.toggle("note", $("reply").elements.public.value === "no");
  sizes();
  top();
}

async function submit(event) {
  event.preventDefault();
  const ticket = open;
  const text = $("answer").value.trim();
  const chosen = [...$("files").files];
  const status = $("as").value;
  if (!ticket || (!text && !chosen.length)) return;
  const files = await Promise.all(chosen.map(async (file) => ({ name: file.name, data: await read(file) })));
  const isPublic = $("reply").elements.public.value === "yes";
  const done = await act({ agent: { ticket, text, public: isPublic, status, files } });
  if (!done) return;
  drafts.delete(ticket);
  if (open === ticket) restore();
}

/** Sets the desk up; `count` is told how many tickets are open. */
export function start(count) {
  $("ticket-head").append(h("div", { class: "line" }, parts.status, parts.subject, menu), parts.about, parts.tags);
  sticky($("comments"));
  watch("ticket/", (news) => {
    for (const [name, ticket] of news) {
      if (!ticket) {
        list.delete(name);
        drafts.delete(Number(name.slice("ticket/".length)));
        if (name === `ticket/${open}`) open = null;
        continue;
      }
      const fresh = !list.items.has(name);
      list.set(name, ticket.id, ticket);
      if (open === null || (fresh && !byHand && !writing())) show(ticket.id);
    }
    if (open === null) byHand = false;
    $("tickets").classList.toggle("empty", list.items.size === 0);
    top();
    count([...list.items.values()].filter(({ value }) => !["solved", "closed"].includes(value.status)).length);
  });
  watch("comment/", (news) => {
    const box = $("comments");
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < 240;
    for (const [name, said] of news) {
      if (!said) thread.delete(name);
      else if (said.ticket === open) thread.set(name, name, said);
    }
    if (near) box.scrollTop = box.scrollHeight;
  });
  $("reply").addEventListener("submit", submit);
  $("answer").addEventListener("input", sizes);
  $("answer").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("reply").requestSubmit();
  });
  $("reply").addEventListener("change", shape);
  $("email-in").addEventListener("click", emailIn);
  $("new-ticket").addEventListener("click", async () => {
    const people = names("customer/").map((name) => values.get(name));
    people.sort((a, b) => (b.id === customer()) - (a.id === customer()));
    const told = await ask("Open a ticket for", [
      { name: "id", label: "Customer", options: people.map((one) => [one.id, one.name]) },
      { name: "subject", label: "Subject", required: true, value: "Your order" },
      { name: "text", label: "Public comment", required: true, long: true }], "Open");
    if (told) act({ open: told });
  });
}
