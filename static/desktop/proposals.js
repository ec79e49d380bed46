// One line for a whole wrap-up: in the composer "/" at a word's beginning proposes wrap-up codes, moods, templates and
// promises from a few letters, "@" times by which something is promised. What is chosen leaves the text and stands
// below it as a chip. A path, a date or an address is no command: only what matches is proposed, and only where a word
// begins.

import { select } from "./components/combobox.js";
import { dueTimes } from "./components/due.js";

const TOKEN = /(?:^|\s)(?:(\/)(\p{L}*)|(@)((?:[\p{L}\d.:]+ ?){0,4}))$/u;
const MOST = 7;
const LONGEST = 300; // characters of a promise

const said = new Set(); // what the chips stand for: disposition, sentiment, due
let dismissed = -1; // where the token begins whose list was closed

export function proposals() {
  document.addEventListener("input", (event) => {
    if (event.target.id === "body") propose(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "body" && !event.isComposing) typed(event);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.id === "body") close(event.target);
  });
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("#proposals")) event.preventDefault(); // the text keeps the focus
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#proposals [role=option]");
    const chip = event.target.closest("[data-unsay]");
    if (option) accept(document.getElementById("body"), option);
    if (chip) unsay(chip.dataset.unsay);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.closest("#composer")) return;
    said.delete(event.target.name); // by hand: it is seen there
    drawChips();
  });
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id === "composer") promiseSomething(event.detail);
  });
  document.body.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.id === "composer") begin();
  });
  begin();
}

const form = () => document.getElementById("composer");
const list = () => document.getElementById("proposals");
const body = () => document.getElementById("body");

// A draft, or words that came back, may have something set already.
function begin() {
  said.clear();
  dismissed = -1;
  for (const name of ["disposition", "sentiment", "due"]) if (form()?.elements[name]?.value) said.add(name);
  drawChips();
}

// What stands before the caret, if it is a command: its sign, its letters, and where it begins.
function token(field) {
  const { selectionStart: caret, selectionEnd: end, value } = field;
  if (caret !== end || /^\S/.test(value.slice(caret))) return null;
  const found = TOKEN.exec(value.slice(0, caret));
  if (!found) return null;
  const [, slash, letters, , words] = found;
  const from = caret - (slash ? letters.length : words.length) - 1;
  return { sign: slash ? "/" : "@", words: (slash ? letters : words).trimStart(), from, caret };
}

function propose(field) {
  const asked = token(field);
  if (!asked) dismissed = -1;
  const found = asked && asked.from !== dismissed ? proposed(asked) : [];
  if (!found.length) return close(field);
  const box = list();
  box.replaceChildren(...found.map(line));
  box.hidden = false;
  field.removeAttribute("aria-activedescendant");
  if (asked.words) select(field, options(), 0);
  tell(found.length);
}

function proposed({ sign, words }) {
  const times = sign === "@" || words ? dueTimes(words) : [];
  const promises = times.map((time) => ({ kind: "due", value: local(time), label: spoken(time) }));
  return (sign === "@" ? promises : [...named(words.toLowerCase()), ...promises]).slice(0, MOST);
}

// What has a name, those first whose name begins with the letters, then those of which another word does.
function named(letters) {
  const { disposition, sentiment } = form().elements;
  const templates = [...form().querySelectorAll("[data-insert]")];
  const all = [
    ...[...disposition.options].map((one) => entry("disposition", one.value, one.label)),
    ...[...sentiment].map((one) => entry("sentiment", one.value, one.labels[0].textContent)),
    ...templates.map((one) => entry("template", one.dataset.insert, one.textContent)),
  ];
  const place = ({ label }) => label.toLowerCase().split(/[\s(,/-]+/u).findIndex((word) => word.startsWith(letters));
  const ranked = all.map((one) => [place(one), one]).filter(([found, { value }]) => value && found >= 0);
  return ranked.sort(([a], [b]) => Math.sign(a) - Math.sign(b)).map(([, one]) => one);
}

function entry(kind, value, label) {
  return { kind, value, label: label.trim() };
}

function line({ kind, value, label }, place) {
  const option = document.createElement("div");
  option.id = `proposal-${place}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  Object.assign(option.dataset, { kind, value, label });
  const name = document.createElement("bdi");
  name.textContent = label;
  const what = document.createElement("small");
  what.textContent = list().dataset[kind];
  option.append(name, " ", what);
  return option;
}

const options = () => [...list().querySelectorAll("[role=option]")];
const marked = () => (list()?.hidden ? undefined : options().find((one) => one.ariaSelected === "true"));

function close(field) {
  const box = list();
  if (!box || box.hidden) return;
  box.hidden = true;
  box.replaceChildren();
  field.removeAttribute("aria-activedescendant");
  tell(0);
}

function typed(event) {
  const field = event.target;
  const open = !list().hidden;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter" && marked()) {
    const saves = event.ctrlKey || event.metaKey; // then it is meant, too
    if (!saves) event.preventDefault();
    accept(field, marked());
  } else if (open && step) {
    event.preventDefault();
    const all = options();
    select(field, all, (all.indexOf(marked()) + step + all.length) % all.length);
  } else if (open && event.key === "Escape") {
    event.preventDefault();
    dismissed = token(field)?.from ?? -1;
    close(field);
  } else if (event.key === "Backspace" && field.selectionEnd === 0 && said.size) {
    event.preventDefault();
    unsay([...said].at(-1));
  }
}

function accept(field, { dataset: { kind, value, label } }) {
  const asked = token(field);
  if (!asked) return close(field);
  const before = field.value.slice(0, asked.from);
  field.setRangeText(kind === "template" ? value : "", asked.from, asked.caret, "end");
  if (kind !== "template") set(kind, value);
  if (kind === "due") promise(sentence(before));
  close(field);
  changed(field);
  if (kind !== "template") tell(0, label);
}

function set(kind, value) {
  const fields = form().elements[kind];
  fields.value = value;
  said.delete(kind);
  if (value) said.add(kind);
  drawChips();
}

function promise(text) {
  const field = form().elements.promise;
  if (!field.value.trim()) field.value = text.slice(0, LONGEST);
}

// The words before a time say what is promised.
function sentence(text) {
  return text.trim().split(/[.!?;\n]+\s*/u).at(-1).trim();
}

// Whose words came after the time: all of them are what is promised, or else what it was about.
function promiseSomething({ elt, parameters }) {
  const { promise: field, due, disposition } = elt.elements;
  if (!due?.value || field.value.trim() || !said.has("due")) return;
  const about = disposition.value ? disposition.selectedOptions[0].label : "";
  const words = body().value.trim().split("\n")[0] || about;
  field.value = words.slice(0, LONGEST);
  parameters.set("promise", field.value);
}

function unsay(kind) {
  if (kind === "due") form().elements.promise.value = "";
  if (kind === "sentiment") for (const mood of form().elements.sentiment) mood.checked = false;
  else form().elements[kind].value = "";
  said.delete(kind);
  drawChips();
  changed(body());
  body().focus();
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function drawChips() {
  const place = document.querySelector("[data-said]");
  if (!place) return;
  place.hidden = !said.size;
  place.replaceChildren(...[...said].map(chip));
}

function chip(kind) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const name = nameOf(kind);
  button.type = "button";
  button.className = "chip";
  button.dataset.unsay = kind;
  button.setAttribute("aria-label", `${list().dataset.remove}: ${name}`);
  const shown = document.createElement("bdi");
  shown.textContent = name;
  button.append(shown, " ×");
  item.append(button);
  return item;
}

function nameOf(kind) {
  const { disposition, sentiment, due } = form().elements;
  if (kind === "disposition") return disposition.selectedOptions[0].label;
  if (kind === "due") return `${list().dataset.promise}: ${spoken(new Date(due.value))}`;
  return [...sentiment].find((mood) => mood.checked)?.labels[0].textContent.trim() ?? "";
}

// What a reader of the screen hears: how many are proposed, or what was chosen.
function tell(count, chosen = "") {
  const live = document.querySelector("[data-proposed]");
  if (live) live.textContent = chosen || (count ? `${list().dataset.count} ${count}` : "");
}

function local(time) {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function spoken(time) {
  const language = document.documentElement.lang;
  const words = (style) => new Intl.DateTimeFormat(language, style).format(time);
  const clock = words({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const days = Math.round((new Date(time).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400000);
  const near = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  const far = words({ weekday: "short", day: "numeric", month: "short" });
  return `${days < 2 ? near[0].toUpperCase() + near.slice(1) : far}, ${clock}`;
}
