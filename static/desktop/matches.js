// Going through suggestions one after the other: which line is shown, the steps, and taking decisions back.

export function reviewMatches() {
  const match = document.getElementById("match");
  if (!match) return;
  const htmx = window.htmx;
  const undos = []; // what takes decisions back, the last one last
  const again = document.querySelector("[data-undo-last]");
  let decided = false;

  const lines = () => [...document.querySelectorAll("#matches-list [data-match]")];
  const shown = () => match.querySelector("[data-shown]")?.dataset.shown;

  function mark() {
    for (const line of lines()) {
      if (line.dataset.match === shown()) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
    lines().find((line) => line.hasAttribute("aria-current"))?.scrollIntoView({ block: "nearest" });
    again.disabled = !undos.length;
  }

  function step(by) {
    const all = lines();
    const at = all.findIndex((line) => line.dataset.match === shown());
    const next = all[at < 0 ? 0 : at + by];
    if (next) next.click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step], [data-undo-last]");
    if (button?.dataset.step) step(Number(button.dataset.step));
    else if (button && undos.length) takeBack(undos.pop());
    if (event.target.closest("[data-decides]")) decided = true;
  });

  function takeBack({ undo, values }) {
    mark();
    htmx.ajax("POST", undo, { values, swap: "none", source: document.body });
  }

  document.body.addEventListener("toast", (event) => {
    if (event.detail.undo) undos.push(event.detail);
    mark();
  });
  // Taken back, with the button of the toast or with U: the two are looked at again.
  document.body.addEventListener("undone", (event) => {
    const isIt = (undo) => event.detail.url.startsWith(undo.replace(/undo\/$/, ""));
    const at = undos.findLastIndex((one) => isIt(one.undo));
    if (at >= 0) undos.splice(at, 1);
    for (const toast of document.querySelectorAll(".toast[data-undoes]")) if (isIt(toast.dataset.undoes)) toast.remove();
    htmx.ajax("GET", event.detail.url, { target: "#match", swap: "innerHTML" }).then(mark);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    mark();
    if (event.detail.target !== match || !decided) return;
    decided = false;
    document.getElementById("match-title")?.focus({ preventScroll: true }); // the button that had it is gone
  });
  mark();
}
