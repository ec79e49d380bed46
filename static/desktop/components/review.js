// A list beside a pane, gone through one after the other: which line is shown, the steps, taking back what was done.

// `key` names the lines (data-key) and `shown()` says which of them the pane shows.
export function review(list, key, shown) {
  const lines = () => [...list.querySelectorAll(`[data-${key}]`)];
  const isShown = (line) => line.dataset[key] === shown();

  // Returns the line that is shown.
  function mark() {
    for (const line of lines()) {
      if (isShown(line)) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
    return lines().find(isShown);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const all = lines();
    const at = all.findIndex(isShown);
    const next = all[at < 0 ? 0 : at + Number(button.dataset.step)];
    next?.click();
    next?.scrollIntoView({ block: "nearest" });
  });
  return mark;
}

// The button "Undo" (or U) takes the last step back, as does the toast that offers it; then `lookAgain(url)`.
export function undoSteps(lookAgain) {
  const undos = []; // what takes steps back, the last one last
  const button = document.querySelector("[data-undo-last]");
  const update = () => (button.disabled = !undos.length);

  button.addEventListener("click", () => {
    const { undo, values } = undos.pop();
    update();
    window.htmx.ajax("POST", undo, { values, swap: "none", source: document.body });
  });
  document.body.addEventListener("toast", (event) => {
    if (event.detail.undo) undos.push(event.detail);
    update();
  });
  document.body.addEventListener("undone", (event) => {
    const isIt = (undo) => event.detail.url.startsWith(undo.replace(/undo\/$/, ""));
    const at = undos.findLastIndex((step) => isIt(step.undo));
    if (at >= 0) undos.splice(at, 1);
    for (const toast of document.querySelectorAll(".toast[data-undoes]")) {
      if (isIt(toast.dataset.undoes)) toast.remove();
    }
    update();
    lookAgain(event.detail.url);
  });
}
