// The desk of moments: which line is shown, the steps, choosing several, forms that unfold, and taking steps back.
// And the sheet in which a moment is marked, wherever it is opened.

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

  const lines = () => [...list.querySelectorAll("[data-moment]")];
  const shown = () => pane.querySelector("[data-shown]")?.dataset.shown || list.querySelector("[aria-current]")?.dataset.moment;

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
    mark();
    if (event.detail.target !== pane || !acted) return;
    acted = false;
    document.getElementById("moment-title")?.focus({ preventScroll: true }); // the button that had it is gone
  });
  mark();
}

function markMoments(sheet, htmx) {
  const url = document.body.dataset.mark;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark-moment]");
    if (!button || !url) return;
    const byKey = event.detail === 0; // M: from the entry that has the focus
    const entry = button.closest(".entry") || (byKey ? document.activeElement?.closest(".entry") : null);
    const query = entry ? `?entry=${entry.id.slice(1)}` : "";
    htmx.ajax("GET", `${url}${query}`, { target: "#moment-form", swap: "innerHTML", source: sheet });
  });
  // What has the focus keeps it: else the composer would move away under the finger.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-mark-moment]")) event.preventDefault();
  });
  // Another kind suggests another action, unless somebody has written one.
  sheet.addEventListener("change", (event) => {
    if (!event.target.matches("[data-suggests]")) return;
    const field = event.target.form.elements.suggestion;
    const offered = [...event.target.options].map((option) => option.dataset.suggestion);
    if (!field.value || offered.includes(field.value)) field.value = event.target.selectedOptions[0].dataset.suggestion;
  });
  document.body.addEventListener("marked", () => sheet.close());
}
