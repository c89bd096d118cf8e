// Puts the page together.

import { $, ask, clockTime, h, span, tabs, toast } from "./dom.js";
import { act, connect, head, now, play, startOver, values, watch } from "./live.js";
import * as bridge from "./bridge.js";
import * as desk from "./desk.js";
import * as phone from "./phone.js";
import * as stored from "./stored.js";
import * as weather from "./weather.js";

let connected = false;
let told = "";

function count(part, number) {
  const badge = $(`tab-${part}`).querySelector(".count");
  badge.textContent = number;
  badge.hidden = !number;
}

function top() {
  const { idle, ahead = 0, trouble, playing, recorded, unrecordable } = head();
  const word = !connected ? "Not connected" : idle ? "At rest" : "At work";
  if ($("rest-word").textContent !== word) $("rest-word").textContent = word;
  $("rest").className = `rest ${!connected ? "off" : idle ? "still" : "busy"}`;
  $("ahead").hidden = ahead === 0;
  $("ahead").textContent = `${span(ahead)} ahead`;
  $("trouble").hidden = !trouble;
  $("trouble").textContent = trouble ?? "";
  $("save").disabled = !recorded || Boolean(unrecordable);
  $("unrecordable").hidden = !unrecordable;
  $("unrecordable").textContent = unrecordable ? `Not recorded any more: ${unrecordable}` : "";
  story(playing);
}

function story(playing) {
  const key = JSON.stringify(playing ?? null);
  if (key === told) return;
  told = key;
  const focused = $("story").contains(document.activeElement);
  $("story").hidden = !playing;
  if (!playing) {
    if (focused) $("presets").querySelector("summary").focus();
    return;
  }
  const { title, step, of, say, wrong } = playing;
  const [name, said, at] = $("story").children;
  name.textContent = title;
  said.textContent = wrong ?? say ?? "";
  at.textContent = step ? `${step} of ${of}` : "";
  if (step === 1) {
    desk.follow();
    follow(playing.customer);
  }
}

/** The phone shows who the story is about, as soon as they are there. */
function follow(id, tries = 40) {
  if (values.has(`customer/${id}`)) phone.show(id);
  else if (tries) setTimeout(() => follow(id, tries - 1), 50);
}

function presets() {
  const list = (values.get("presets") ?? []).map(({ name, title, about }) => h("li", {}, h("button", { type: "button", "data-preset": name, onclick: () => { $("presets").open = false; $("presets").querySelector("summary").focus(); play(name); } }, h("strong", {}, title), h("span", {}, about))));
  $("preset-list").replaceChildren(...list);
}

async function save() {
  const answer = await fetch("/recording.toml");
  if (!answer.ok) return toast((await answer.json()).error, true);
  const file = URL.createObjectURL(await answer.blob());
  h("a", { href: file, download: "conversation.toml" }).click();
  setTimeout(() => URL.revokeObjectURL(file), 10000);
  toast("Saved as conversation.toml. Play it with sms-bridge sandbox --script.");
}

function theme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const known = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  const other = known === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = other;
  localStorage.setItem("theme", other);
}

function panels() {
  for (const part of ["phone", "bridge", "desk"]) {
    $(part).setAttribute("aria-labelledby", narrow.matches ? `tab-${part}` : `${part}-title`);
    if (narrow.matches) $(part).setAttribute("role", "tabpanel");
    else $(part).removeAttribute("role");
  }
}

const known = localStorage.getItem("theme");
if (known) document.documentElement.dataset.theme = known;
tabs($("tabs"), (tab) => { document.body.dataset.shown = tab.dataset.part; });
// Where one part is shown at a time, the parts are the tabs' panels.
const narrow = matchMedia("(max-width: 720px)");
narrow.addEventListener("change", panels);
panels();
phone.start((unread) => count("phone", unread));
desk.start((open) => count("desk", open));
bridge.start();
stored.start();
weather.start();
watch("head", top);
watch("presets", presets);
watch("dead/", () => count("bridge", [...values.keys()].filter((name) => name.startsWith("dead/")).length));
connect((state) => { connected = state; top(); });
setInterval(() => { $("now").textContent = clockTime(now()); }, 500);
$("save").addEventListener("click", save);
$("stop").addEventListener("click", () => play("none"));
$("theme").addEventListener("click", theme);
$("over").addEventListener("click", async () => {
  const sure = await ask("Start over?", [{ text: "Tickets, messages, what is stored and the recording are forgotten; faults end." }], "Start over");
  if (sure) await startOver();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
