// Until when something is promised: a button puts its time into the field, and Enter in the promise's text takes the
// first of them. And the sheet in which promises are moved closes once that is done.

export function dueTimes() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-due]");
    if (button) choose(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (!event.target.matches?.("[data-takes-due]") || !event.target.value.trim()) return;
    const { due } = event.target.form.elements;
    if (due.value) return;
    event.preventDefault(); // what is promised for no time at all is not saved
    const first = event.target.form.querySelector("[data-due]");
    if (first) choose(first);
    else due.focus();
  });
  document.addEventListener("input", (event) => {
    if (event.target.name === "due") mark(event.target);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const due = event.detail.target.closest?.(".due-choices")?.closest("form").elements.due;
    if (due?.value) mark(due);
  });
  document.body.addEventListener("arranged", () => document.getElementById("promise-sheet")?.close());
}

function choose(button) {
  const field = button.closest("form").elements.due;
  field.value = button.dataset.due;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const said = field.form.querySelector("[data-due-said]");
  if (said) said.textContent = button.textContent;
}

function mark(field) {
  for (const button of field.form.querySelectorAll("[data-due]")) {
    button.setAttribute("aria-pressed", String(button.dataset.due === field.value.slice(0, 16)));
  }
}
