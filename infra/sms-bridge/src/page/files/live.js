// The values the program keeps the same in every open page, and what people do.

import { toast } from "./dom.js";

/** Everything known, by name. */
export const values = new Map();
/** Numbers about the page's own work, for those who measure it. */
export const work = { patches: 0, renders: 0, renderMs: 0 };
window.sandboxWork = work;

const listeners = [];
let changed = new Map();
let waiting = false;

/** Calls back with the changes (name → value or undefined) under a prefix, at most once a frame. */
export function watch(prefix, callback) {
  listeners.push({ prefix, callback });
}

function later() {
  if (waiting) return;
  waiting = true;
  // A page in the background gets no frames.
  const frame = requestAnimationFrame(render);
  const timer = setTimeout(render, 120);
  function render() {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    if (!waiting) return;
    waiting = false;
    const began = performance.now();
    const news = changed;
    changed = new Map();
    for (const { prefix, callback } of listeners) {
      const own = [...news].filter(([name]) => name.startsWith(prefix));
      if (own.length) callback(own);
    }
    work.renders += 1;
    work.renderMs += performance.now() - began;
  }
}

function take(patch) {
  work.patches += 1;
  if (patch.whole) {
    for (const name of values.keys()) {
      if (!(name in patch.set)) drop(name);
    }
  }
  for (const [name, value] of Object.entries(patch.set)) {
    values.set(name, value);
    changed.set(name, value);
  }
  patch.gone.forEach(drop);
  later();
}

function drop(name) {
  values.delete(name);
  changed.set(name, undefined);
}

/** Follows the program; `state` is told when it comes and goes. */
export function connect(state) {
  const source = new EventSource("/events");
  source.onopen = () => state(true);
  source.onerror = () => state(false);
  source.onmessage = (message) => take(JSON.parse(message.data));
}

/** Longest request the program takes, in bytes: files grow by a third on their way. */
const LONGEST = 32 * 1024 * 1024;

async function post(path, step = {}) {
  const body = JSON.stringify(step);
  if (body.length > LONGEST) {
    toast("Pictures and files may be 24 MB together", true);
    return null;
  }
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body });
  } catch {
    toast("The sandbox does not answer. Is it still running?", true);
    return null;
  }
  const told = await answer.json().catch(() => ({ error: `The sandbox answered ${answer.status}` }));
  if (answer.ok) return told;
  toast(told.error, true);
  return null;
}

/** Does one step, as conversation files name it. */
export const act = (step) => post("/act", step);
const underWay = new Set();
/** Does a step, but not again while the same one is under way, whoever clicks twice. */
export async function once(step, button) {
  const key = JSON.stringify(step);
  if (underWay.has(key)) return null;
  underWay.add(key);
  button?.setAttribute("aria-disabled", "true");
  const done = await act(step);
  underWay.delete(key);
  button?.removeAttribute("aria-disabled");
  return done;
}
export const addCustomer = (names) => post("/customers", names);
/** What an answer on a ticket will cost, in words. */
export const estimate = (ticket, text) => post("/estimate", { ticket, text });
export const play = (preset) => post(`/presets/${preset}`);
export const startOver = () => post("/over");

/** The names under a prefix, in order. */
export const names = (prefix) => [...values.keys()].filter((name) => name.startsWith(prefix)).sort();
export const head = () => values.get("head") ?? {};
/** The sandbox's time. */
export const now = () => Date.now() + (head().ahead ?? 0);
