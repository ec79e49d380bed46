// A scanner types faster than any person, and ends with Enter. What it reads is looked up, wherever the focus is: it
// lands in no field, and none of its characters is taken for a shortcut.

import { lookUp } from "./combobox.js";

export const PAUSE = 40; // milliseconds: who takes longer from key to key is a person
const SAME_WORDS = 3000; // milliseconds: what follows so soon in the look-up goes on with what stands there
const CODE = /^(?=(?:\D*\d){4})[\w.@+/-]{6,64}$/; // no words: it has four digits or more

let read = "";
let last = 0;
let before = null; // the field that had the focus, as it was before the first character
let rested = 0; // milliseconds that nobody had typed before it

export function scanner() {
  document.addEventListener("keydown", heard, true);
}

function heard(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const now = performance.now();
  const goesOn = now - last < PAUSE;
  if (event.key === "Enter") {
    if (goesOn && CODE.test(read)) take(event);
    read = "";
  } else if (event.key.length === 1) {
    if (!goesOn) {
      before = snapshot(event.target);
      rested = now - last;
    }
    read = goesOn ? read + event.key : event.key;
    last = now;
  } else if (event.key !== "Shift") {
    read = "";
  }
}

function take(event) {
  const field = event.target.closest?.("[role=combobox]") || document.querySelector("#who, #finder");
  if (!field || document.querySelector("dialog[open]:not(#palette)")) return;
  if (before?.field === field && before.value && rested < SAME_WORDS) return; // a person, who types as fast
  event.preventDefault();
  event.stopImmediatePropagation();
  if (before && before.field !== field) restore(before);
  lookUp(field, read);
}

function snapshot(target) {
  if (!target.matches?.("textarea, input[type=text], input[type=search], input:not([type])")) return null;
  return { field: target, value: target.value, at: target.selectionStart };
}

function restore({ field, value, at }) {
  field.value = value;
  field.setSelectionRange(at, at);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
