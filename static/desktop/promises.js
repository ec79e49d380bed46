// The list of promises: what was settled leaves it, and the next one has the focus; several are chosen together.

const list = document.getElementById("promises-list");
const several = document.getElementById("several");
let at = -1; // the line that has or had the focus
let chosen = new Set();

const lines = () => [...list.querySelectorAll("[tabindex='0']")];
const boxes = () => [...list.querySelectorAll("[name=chosen]")];

function count() {
  chosen = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  several.hidden = !chosen.size;
  several.querySelector("[data-several-count]").textContent = chosen.size || "";
}

function chooseNone() {
  for (const box of boxes()) box.checked = false;
  count();
}

function keepPromises() {
  list.addEventListener("focusin", (event) => (at = lines().indexOf(event.target.closest("[tabindex='0']"))));
  list.addEventListener("change", count);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-choose-none]")) chooseNone();
  });
  document.body.addEventListener("arranged", chooseNone);
  // The list looks again by itself: what was chosen stays chosen.
  list.addEventListener("htmx:afterSettle", (event) => {
    for (const box of boxes()) box.checked = chosen.has(box.value);
    count();
    if (event.detail.target !== list || at < 0 || document.activeElement !== document.body) return;
    const left = lines();
    left[Math.min(at, left.length - 1)]?.focus();
  });
}

if (list) keepPromises();
