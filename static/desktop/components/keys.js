// Single-key shortcuts. They match what is typed, not where a key is, keep out of text fields and of composition, and
// can be switched off (WCAG 2.1.4).

import { PAUSE } from "./scanner.js";

const CHORD = 1500; // milliseconds from G to the key of a place

export function listenForKeys({ openDialog, compose }) {
  let goes = 0; // when G was pressed, for G then H
  let chosen = 0; // the timer of a digit
  const actions = {
    "/": () => focus(document.getElementById("who") || document.getElementById("finder")),
    "?": () => openDialog("keys"),
    j: () => step(1),
    k: () => step(-1),
    p: () => current()?.querySelector(".pin")?.click(),
    c: () => compose("call"),
    n: () => compose("note"),
    s: () => compose("store"),
    x: () => document.querySelector("#open-tabs [aria-current=page] ~ .tab-close")?.click(),
    f: () => focus(document.getElementById("search-story")),
    g: () => (goes = Date.now()),
  };
  document.addEventListener("keydown", (event) => {
    clearTimeout(chosen); // a scanner is reading, not somebody choosing
    if (event.isComposing || event.defaultPrevented || withModifier(event, openDialog) || inTheStory(event)) return;
    if (document.body.dataset.shortcuts !== "on" || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const place = document.querySelector(`[data-goes="${CSS.escape(key)}"]`);
    if (place && Date.now() - goes < CHORD) {
      goes = 0;
      place.click();
    } else if (/^[1-9]$/.test(key) && document.querySelector("[data-numbered]")) {
      chosen = setTimeout(() => document.querySelector(`[data-numbered] li:nth-child(${key}) a`)?.click(), PAUSE);
    } else if (declared(key, event.target)) {
      event.preventDefault();
      declared(key, event.target).click();
    } else if (actions[key]) {
      event.preventDefault();
      actions[key]();
    }
  });
}

// Ctrl K, Ctrl Enter, and Alt with a digit; no other key with a modifier is ours.
function withModifier(event, openDialog) {
  const digit = event.altKey && !event.ctrlKey && !event.metaKey && /^Digit([1-9])$/.exec(event.code);
  const tab = digit && document.querySelector(`#open-tabs li:nth-child(${digit[1]}) a`);
  if (tab) {
    event.preventDefault();
    tab.click();
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openDialog("palette");
  } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.target.closest?.("#composer")?.requestSubmit();
  }
  return event.ctrlKey || event.metaKey || event.altKey;
}

// Keys that work with single-key shortcuts switched off, too.
function inTheStory(event) {
  if (event.target.closest?.(".feed") && (event.key === "PageDown" || event.key === "PageUp")) {
    event.preventDefault();
    step(event.key === "PageDown" ? 1 : -1);
    return true;
  }
  if (event.key === "Enter" && event.target.matches?.(".entry")) unfold(event.target);
  if (event.key === "Escape" && isTyping(event.target)) leave(event.target);
  return false;
}

// What the page itself gives a key: it comes before what the key does elsewhere. Enter belongs to what has the focus.
function declared(key, target) {
  const here = current()?.querySelector(`[data-key-here="${CSS.escape(key)}"]`);
  if (here && !target.closest?.("a, button, summary, input")) return here;
  if (key === "Enter" && target.closest?.("a, button, summary, input, .entry")) return undefined;
  const named = [...document.querySelectorAll("[data-key]")];
  return named.find((one) => one.dataset.key === key && one.checkVisibility() && !one.disabled);
}

// Out of a field, for the single keys: to the part of the page that it is in, never to nowhere.
function leave(field) {
  const part = field.closest("dialog, [tabindex]:not(input, textarea, select)") || document.getElementById("main");
  if (part) part.focus({ preventScroll: true });
  else field.blur();
}

export function isTyping(element) {
  return element.isContentEditable || element.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
}

function focus(field) {
  field?.focus();
  field?.select();
}

function entries() {
  return [...document.querySelectorAll(".feed > .entry, [data-steps] > [tabindex]")];
}

function current() {
  return document.activeElement?.closest(".entry, [data-steps] > [tabindex]");
}

function step(by) {
  const all = entries();
  const at = all.indexOf(current());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  if (next) {
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
}

function unfold(entry) {
  const details = entry.querySelector("details");
  if (details) details.open = !details.open;
}
