// Going through customers who may be one person, one pair after the other.

import { review, undoSteps } from "./components/review.js";

function reviewDuplicates() {
  const pane = document.getElementById("match");
  if (!pane) return;
  const shown = () => pane.querySelector("[data-shown]")?.dataset.shown;
  const marked = review(document.getElementById("matches-list"), "match", shown);
  const mark = () => marked()?.scrollIntoView({ block: "nearest" });
  let decided = false;

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-decides]")) decided = true;
  });
  undoSteps((url) => window.htmx.ajax("GET", url, { target: "#match", swap: "innerHTML" }).then(mark));
  document.body.addEventListener("htmx:afterSettle", (event) => {
    mark();
    if (event.detail.target !== pane || !decided) return;
    decided = false;
    document.getElementById("match-title")?.focus({ preventScroll: true }); // the button that had it is gone
  });
  mark();
}

reviewDuplicates();
