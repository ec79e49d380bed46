// The desk of moments: which line is shown, choosing several, forms that unfold, and keys that wait for what is coming.

import { isTyping } from "./components/keys.js";
import { review, undoSteps } from "./components/review.js";

const ACTS = "abcdes"; // the keys of what is done to the moment that is shown
const pane = document.getElementById("moment");
const list = document.getElementById("moments-list");
const several = document.getElementById("several");

let acted = false;
let coming = 0; // moments that were asked for and are not here yet
let asked = ""; // the last of them
let waiting = ""; // the key that was pressed meanwhile

const here = () =>
  pane.querySelector("[data-shown]")?.dataset.shown || list.querySelector("[aria-current]")?.dataset.moment;
const shown = () => asked || here();
const mark = review(list, "moment", shown);

function chooseSeveral() {
  let chosen = new Set();

  function count() {
    const boxes = [...list.querySelectorAll("[name=chosen]:checked")];
    chosen = new Set(boxes.map((box) => box.value));
    several.hidden = !boxes.length;
    several.querySelector("[data-several-count]").textContent = boxes.length || "";
  }
  function choose(all) {
    for (const box of list.querySelectorAll("[name=chosen]")) box.checked = all;
    count();
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-choose-none]")) choose(false);
    if (event.target.closest("[data-choose-all]")) choose(true);
  });
  document.body.addEventListener("several", () => choose(false)); // it was done to them
  list.addEventListener("change", count);
  // The list looks again by itself: what was chosen stays chosen.
  list.addEventListener("htmx:afterSwap", () => {
    for (const box of list.querySelectorAll("[name=chosen]")) box.checked = chosen.has(box.value);
    count();
    mark();
  });
}

// What unfolds is typed into at once: not after the event that tells of it, which comes too late for quick fingers.
function unfoldActs() {
  for (const place of [pane, several]) {
    place.addEventListener("click", (event) => {
      const act = event.target.closest("summary")?.closest("[data-act]");
      if (!act) return;
      event.preventDefault();
      act.open = !act.open;
      if (act.open) act.querySelector("form input, form button")?.focus();
    });
  }
  pane.addEventListener("htmx:beforeRequest", (event) => {
    acted = event.detail.requestConfig.verb === "post";
  });
}

// A key is meant for the moment that was asked for, not for the one that still stands there: it waits until that has
// come, and what is typed after it is no command either.
function awaitWhatIsComing() {
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== pane) return;
    coming += 1;
    asked = event.detail.elt.dataset?.moment || "";
    mark();
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target !== pane) return;
    coming = Math.max(0, coming - 1);
    if (!event.detail.successful) waiting = "";
    if (coming) return;
    asked = "";
    mark();
    goOn();
  });
  document.addEventListener("keydown", holdKey, true);
}

function holdKey(event) {
  const key = event.key.toLowerCase();
  const command = key.length === 1 && !(event.ctrlKey || event.metaKey || event.altKey);
  if (!coming || !command || isTyping(event.target) || !several.hidden) return; // what is chosen is there already
  if (document.body.dataset.shortcuts !== "on" || document.querySelector("dialog[open]")) return;
  if (!waiting && !ACTS.includes(key)) return;
  event.preventDefault(); // and no other listener takes it for a command
  waiting ||= key;
}

function goOn() {
  const key = waiting;
  waiting = "";
  if (key) pane.querySelector(`[data-key="${key}"]`)?.click();
}

function settle() {
  document.body.addEventListener("gone", (event) => document.getElementById(event.detail.line)?.remove());
  undoSteps((url) => {
    acted = true;
    window.htmx.ajax("GET", url, { target: "#moment", swap: "innerHTML" });
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    mark();
    if (event.detail.target !== pane) return;
    // the button that had the focus is gone
    if (acted) document.getElementById("moment-title")?.focus({ preventScroll: true });
    acted = false;
  });
}

chooseSeveral();
unfoldActs();
awaitWhatIsComing();
settle();
mark();
