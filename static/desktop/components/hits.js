// From one entry that a search inside the story has found to the next: with the arrow keys and Enter in its field, or
// with buttons. The focus stays in the field; Escape leaves it for the entry that is shown.

let shown = null; // the entry
let waits = false; // for older entries, to go on there

export function hits() {
  const field = document.getElementById("search-story");
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || !isAnswered(field)) return;
    const by = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (by) step(by);
    if (event.key === "Escape" && shown?.isConnected) shown.focus({ preventScroll: true });
    else if (!by) return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hit]");
    if (button) step(Number(button.dataset.hit));
  });
  document.getElementById("timeline").addEventListener("htmx:afterSwap", () => {
    if (!shown?.isConnected) shown = null;
    if (waits) step(1);
  });
}

// What is shown belongs to what stands in the field.
function isAnswered(field) {
  const found = document.getElementById("found");
  return field.value.trim() !== "" && found.dataset.words.trim() === field.value.trim() && found.childElementCount > 0;
}

function step(by) {
  waits = false;
  const all = [...document.querySelectorAll("#timeline > .entry")];
  const older = document.querySelector("#tail .older");
  const at = all.indexOf(shown);
  const next = at < 0 && by < 0 ? all.length - 1 : at + by;
  if (next >= all.length && older) {
    waits = true;
    older.scrollIntoView({ block: "end" }); // where it is seen it comes
  } else if (all.length) {
    show(all, (next + all.length) % all.length);
  }
}

function show(all, at) {
  shown?.classList.remove("is-hit");
  shown = all[at];
  shown.classList.add("is-hit");
  const marks = [...shown.querySelectorAll("mark")];
  const mark = marks.find((one) => one.checkVisibility()) ?? marks[0];
  mark?.closest("details")?.setAttribute("open", "");
  (mark ?? shown).scrollIntoView({ block: "center" });
  const place = document.querySelector("[data-hit-place]");
  place.textContent = `· ${place.dataset.words.replace("{}", at + 1)}`;
}
