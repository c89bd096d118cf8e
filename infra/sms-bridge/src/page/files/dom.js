// Small help with elements. Text is always text: nothing here or elsewhere makes markup of it.

/** An element with attributes, properties (.name), listeners (onname) and children. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith(".")) element[key.slice(1)] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Shows fresh content in an element's place; the focus stays where it was, and what is open open. */
export function renew(old, fresh) {
  const parts = () => [...old.querySelectorAll("button, a[href], summary, [tabindex]")];
  const focus = parts().indexOf(document.activeElement);
  const open = [...old.querySelectorAll("details")].map((details) => details.open);
  old.className = fresh.className;
  old.replaceChildren(...fresh.childNodes);
  old.querySelectorAll("details").forEach((details, at) => { details.open = open[at] ?? details.open; });
  if (focus >= 0) parts()[focus]?.focus();
  return old;
}

export const $ = (id) => document.getElementById(id);

/** Brings a list's elements in line with keyed values, touching only what differs. */
export class Keyed {
  constructor(parent, make, order = (a, b) => (a < b ? -1 : a > b ? 1 : 0)) {
    Object.assign(this, { parent, make, order, items: new Map() });
  }

  set(key, rank, value) {
    const known = this.items.get(key);
    const element = this.make(value, known?.element, key);
    if (known) {
      known.value = value;
      if (element !== known.element) {
        known.element.replaceWith(element);
        known.element = element;
      }
      if (this.order(known.rank, rank) === 0) return element;
      known.rank = rank;
    } else {
      this.items.set(key, { element, rank, value });
    }
    element.rank = rank;
    let before = null;
    let last = this.parent.lastElementChild;
    if (last === element) last = last.previousElementSibling;
    while (last && last.rank !== undefined && this.order(last.rank, rank) > 0) {
      before = last;
      last = last.previousElementSibling;
      if (last === element) last = last.previousElementSibling;
    }
    this.parent.insertBefore(element, before);
    return element;
  }

  delete(key) {
    const element = this.items.get(key)?.element;
    this.items.delete(key);
    if (!element) return;
    // Whoever had the focus in it goes on with the next one.
    const next = element.contains(document.activeElement) ? element.nextElementSibling ?? element.previousElementSibling : null;
    element.remove();
    next?.querySelector("button, summary")?.focus();
  }

  clear() {
    for (const { element } of this.items.values()) element.remove();
    this.items.clear();
  }
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const short = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const day = (at) => new Date(at).toDateString();

export const clockTime = (at) => clock.format(at);
export const shortTime = (at, now) => (day(at) === day(now) ? short.format(at) : full.format(at));
export const fullTime = (at) => full.format(at);

/** A span of time in words: "3 s", "1 h 5 min". */
export function span(ms) {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const parts = [[Math.floor(seconds / 86400), "d"], [Math.floor(seconds / 3600) % 24, "h"], [Math.floor(seconds / 60) % 60, "min"], [seconds % 60, "s"]];
  const told = parts.filter(([count]) => count > 0).slice(0, 2).map(([count, unit]) => `${count} ${unit}`);
  return told.join(" ") || "0 s";
}

/** Says something in passing. */
export function toast(text, bad = false) {
  const element = h("p", { class: bad ? "toast bad" : "toast" }, text);
  $("toasts").append(element);
  setTimeout(() => element.remove(), bad ? 8000 : 4000);
}

/** Asks for a few words; gives them by name, or null. */
export function ask(title, fields, yes = "OK") {
  $("ask-title").textContent = title;
  $("ask-yes").textContent = yes;
  const inputs = fields.map((field) => {
    if (field.text) return h("p", {}, field.text);
    const input = field.options
      ? h("select", { name: field.name }, field.options.map(([value, label]) => h("option", { value }, label)))
      : h(field.long ? "textarea" : "input", { name: field.name, required: field.required, ".value": field.value ?? "" });
    return h("label", {}, field.label, input);
  });
  $("ask-fields").replaceChildren(...inputs);
  const dialog = $("ask");
  dialog.returnValue = "no";
  dialog.showModal();
  // What is there already is gone on with.
  const first = $("ask-fields").querySelector("input");
  if (first === document.activeElement) first?.setSelectionRange(first.value.length, first.value.length);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const named = [...$("ask-fields").querySelectorAll("[name]")];
      resolve(dialog.returnValue === "yes" ? Object.fromEntries(named.map((input) => [input.name, input.value.trim()])) : null);
    }, { once: true });
  });
}

/** Keyboard for a row of tabs: arrows, Home and End. */
export function tabs(list, chosen) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const other of all) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    chosen(tab);
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = all.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = all[(to + all.length) % all.length];
    choose(tab);
    tab.focus();
  });
  return (name) => choose(all.find((tab) => tab.dataset.part === name || tab.dataset.view === name));
}

/** Keeps a list at its end while it is there, whatever size it gets. */
export function sticky(box) {
  let stuck = true;
  box.addEventListener("scroll", () => { stuck = box.scrollHeight - box.scrollTop - box.clientHeight < 80; });
  new ResizeObserver(() => { if (stuck) box.scrollTop = box.scrollHeight; }).observe(box);
}

/** A file as a data: URL. */
export function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
