// The desk of moments: which line is shown, the steps, choosing several, forms that unfold, and taking steps back.
// And the sheet in which a moment is marked, wherever it is opened.

import { isTyping } from "./keys.js";

const ACTS = "abcdes"; // the keys of what is done to the moment that is shown

export function seizeMoments() {
  const htmx = window.htmx;
  const sheet = document.getElementById("moment-sheet");
  if (sheet) markMoments(sheet, htmx);
  const pane = document.getElementById("moment");
  if (!pane) return;
  const undos = []; // what takes steps back, the last one last
  const again = document.querySelector("[data-undo-last]");
  const list = document.getElementById("moments-list");
  const several = document.getElementById("several");
  let acted = false;
  let chosen = new Set();
  let coming = 0; // moments that were asked for and are not here yet
  let asked = ""; // the last of them
  let waiting = ""; // the key that was pressed meanwhile

  const lines = () => [...list.querySelectorAll("[data-moment]")];
  const here = () => pane.querySelector("[data-shown]")?.dataset.shown || list.querySelector("[aria-current]")?.dataset.moment;
  const shown = () => asked || here();

  function mark() {
    for (const line of lines()) {
      if (line.dataset.moment === shown()) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
    again.disabled = !undos.length;
  }

  function step(by) {
    const all = lines();
    const at = all.findIndex((line) => line.dataset.moment === shown());
    const next = all[at < 0 ? 0 : at + by];
    next?.click();
    next?.scrollIntoView({ block: "nearest" });
  }

  function count() {
    const boxes = [...list.querySelectorAll("[name=chosen]:checked")];
    chosen = new Set(boxes.map((box) => box.value));
    several.hidden = !boxes.length;
    several.querySelector("[data-several-count]").textContent = boxes.length || "";
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-step]")) step(Number(at("[data-step]").dataset.step));
    if (at("[data-undo-last]") && undos.length) takeBack(undos.pop());
    if (at("[data-choose-none]")) {
      for (const box of list.querySelectorAll("[name=chosen]:checked")) box.checked = false;
      count();
    }
  });
  list.addEventListener("change", count);
  // The list looks again by itself: what was chosen stays chosen.
  list.addEventListener("htmx:afterSwap", () => {
    for (const box of list.querySelectorAll("[name=chosen]")) box.checked = chosen.has(box.value);
    count();
    mark();
  });
  // What unfolds is typed into at once: not after the event that tells of it, which comes too late for quick fingers.
  pane.addEventListener("click", (event) => {
    const act = event.target.closest("summary")?.closest("[data-act]");
    if (!act) return;
    event.preventDefault();
    act.open = !act.open;
    if (act.open) act.querySelector("form input, form button")?.focus();
  });
  pane.addEventListener("htmx:beforeRequest", (event) => {
    acted = event.detail.requestConfig.verb === "post";
  });

  // A key is meant for the moment that was asked for, not for the one that still stands there: it waits until that has
  // come, and what is typed after it is no command either.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== pane) return;
    coming += 1;
    asked = event.detail.elt.dataset?.moment || "";
    mark();
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target !== pane) return;
    coming = Math.max(0, coming - 1);
    if (!event.detail.successful) asked = waiting = "";
  });
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const command = key.length === 1 && !(event.ctrlKey || event.metaKey || event.altKey);
    if (!(coming || settling()) || !command || isTyping(event.target)) return;
    if (document.body.dataset.shortcuts !== "on" || document.querySelector("dialog[open]")) return;
    if (!waiting && !ACTS.includes(key)) return;
    event.preventDefault(); // and no other listener takes it for a command
    waiting ||= key;
  }, true);
  const settling = () => pane.matches(".htmx-swapping, .htmx-settling");

  function goOn() {
    const key = waiting;
    waiting = "";
    if (key) pane.querySelector(`[data-key="${key}"]`)?.click();
  }

  function takeBack({ undo, values }) {
    mark();
    htmx.ajax("POST", undo, { values, swap: "none", source: document.body });
  }

  document.body.addEventListener("toast", (event) => {
    if (event.detail.undo) undos.push(event.detail);
    mark();
  });
  document.body.addEventListener("gone", (event) => document.getElementById(event.detail.line)?.remove());
  document.body.addEventListener("undone", (event) => {
    const isIt = (undo) => event.detail.url.startsWith(undo.replace(/undo\/$/, ""));
    const at = undos.findLastIndex((one) => isIt(one.undo));
    if (at >= 0) undos.splice(at, 1);
    for (const toast of document.querySelectorAll(".toast[data-undoes]")) if (isIt(toast.dataset.undoes)) toast.remove();
    acted = true;
    htmx.ajax("GET", event.detail.url, { target: "#moment", swap: "innerHTML" });
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === pane && !coming) asked = "";
    mark();
    if (event.detail.target !== pane) return;
    if (acted) document.getElementById("moment-title")?.focus({ preventScroll: true }); // the button that had it is gone
    acted = false;
    if (!coming) goOn();
  });
  mark();
}

function markMoments(sheet, htmx) {
  const url = document.body.dataset.mark;
  let begins = false; // an empty form, in the middle of a conversation
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark-moment]");
    if (!button || !url) return;
    const byKey = event.detail === 0; // M: from the entry that has the focus
    const entry = button.closest(".entry") || (byKey ? document.activeElement?.closest(".entry") : null);
    const query = entry ? `?entry=${entry.id.slice(1)}` : "";
    begins = !entry;
    htmx.ajax("GET", `${url}${query}`, { target: "#moment-form", swap: "innerHTML", source: sheet });
  });
  // The customer's words that stand in the composer are not typed twice.
  sheet.addEventListener("htmx:afterSettle", (event) => {
    const said = document.getElementById("verbatim")?.value.trim();
    const field = sheet.querySelector("[name=reason]");
    if (event.detail.target.id !== "moment-form" || !begins) return;
    begins = false;
    if (!said || !field || field.value) return;
    field.value = said.slice(0, field.maxLength);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // What has the focus keeps it: else the composer would move away under the finger.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-mark-moment]")) event.preventDefault();
  });
  // Another kind suggests another action, another time and another team, unless somebody has chosen their own.
  sheet.addEventListener("change", (event) => {
    if (!event.target.matches("[data-suggests]")) return;
    for (const name of ["suggestion", "due", "to"]) {
      const field = event.target.form.elements[name];
      const offered = [...event.target.options].map((option) => option.dataset[name]);
      const empty = !field.value && name !== "to"; // nowhere is a choice too
      if (empty || offered.includes(field.value)) field.value = event.target.selectedOptions[0].dataset[name];
    }
  });
  document.body.addEventListener("marked", () => sheet.close());
}
