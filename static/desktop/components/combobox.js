// A text field with a list of customers below it: arrows move, Enter opens, Escape clears (WAI-ARIA APG combobox).
//
// What is listed belongs to exactly what stands in the field. Any other list is taken away as soon as something else is
// typed, and Enter waits for the answer to what stands there: the one customer who is meant exactly is opened then;
// where it may be several, the first is marked.

const FIELD = "[data-combobox] [role=combobox]";
const SHORTEST = 2; // characters that are looked for

let awaited = null; // the field whose Enter waits for an answer, and the words it was pressed for

export function comboboxes() {
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.(FIELD);
    if (field && !event.isComposing) typedInto(field, event);
  });
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.(FIELD);
    if (!field) return;
    awaited = null;
    if (!isAnswered(field)) clear(field);
    filterCommands(field);
    mark(field);
    selectFirst(field);
  });
  document.addEventListener("focusin", (event) => {
    const field = event.target.closest?.(FIELD);
    if (field && words(field).length >= SHORTEST && !isAnswered(field)) window.htmx.trigger(field, "look");
  });
  goOn();
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const field = document.querySelector(`[role=combobox][aria-controls="${event.detail.target.id}"]`);
    if (field) answer(field, String(event.detail.requestConfig.parameters.q ?? "").trim());
  });
  document.addEventListener("click", (event) => {
    for (const box of document.querySelectorAll(".found-box")) {
      if (!box.parentElement.contains(event.target)) clear(fieldOf(box));
    }
  });
}

// “More” is taken by the next page of the same list, whose first is marked then; the focus stays in the field.
function goOn() {
  let before = 0; // how many there were
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (elt.matches("[data-more]")) before = elt.closest("[role=listbox]").querySelectorAll(".found").length;
  });
  document.body.addEventListener("htmx:load", (event) => {
    const box = event.detail.elt.closest?.("[role=listbox]");
    const first = before && box?.querySelectorAll(".found")[before];
    if (!first) return;
    before = 0;
    const field = fieldOf(box);
    field.focus({ preventScroll: true });
    select(field, choices(field), choices(field).indexOf(first));
  });
}

// Look these words up at once, and open whom they mean: as if they had been typed, and Enter after them.
export function lookUp(field, text) {
  field.focus();
  field.value = text;
  clear(field);
  enter(field);
}

function typedInto(field, event) {
  const options = choices(field);
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    select(field, options, (at + step + options.length) % options.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    enter(field);
  } else if (event.key === "Escape" && field.value) {
    awaited = null;
    field.value = "";
    clear(field);
    filterCommands(field);
    event.stopPropagation();
  }
}

function enter(field) {
  const marked = choices(field).find((option) => option.getAttribute("aria-selected") === "true");
  if (marked && (isAnswered(field) || isCommand(marked))) {
    marked.click();
  } else if (words(field).length >= SHORTEST && !isAnswered(field)) {
    awaited = { field, words: words(field) };
    window.htmx.trigger(field, "look");
  }
}

// An answer has come to these words. Meanwhile the field may have others: then it is nobody's.
function answer(field, asked) {
  if (asked !== words(field)) {
    clear(field);
    return;
  }
  list(field).dataset.words = asked;
  mark(field);
  selectFirst(field);
  const meant = awaited?.field === field && awaited.words === asked;
  awaited = meant ? null : awaited;
  const exact = meant ? list(field).querySelectorAll("[data-exact]") : [];
  if (exact.length === 1) exact[0].click();
}

function words(field) {
  return field.value.trim();
}

function isAnswered(field) {
  return list(field).childElementCount > 0 && list(field).dataset.words === words(field);
}

function isCommand(option) {
  return Boolean(option.closest("[data-commands]"));
}

function list(field) {
  return document.getElementById(field.getAttribute("aria-controls"));
}

function fieldOf(box) {
  return document.querySelector(`[role=combobox][aria-controls="${box.id}"]`);
}

function clear(field) {
  list(field).replaceChildren();
  delete list(field).dataset.words;
  mark(field);
}

// Commands whose name has what was typed, then customers, the way to more of them, and to a new one.
function choices(field) {
  const box = field.closest("[data-combobox]");
  const commands = box.querySelectorAll("[data-commands] li:not([hidden]) :is(a, button)");
  return [...commands, ...list(field).querySelectorAll("a[role=option]")];
}

function selectFirst(field) {
  const options = choices(field);
  const sure = options.findIndex((option) => option.dataset.unsure === undefined);
  if (sure >= 0) select(field, options, sure);
}

export function select(field, options, index) {
  for (const marked of field.closest("[data-combobox]").querySelectorAll("[aria-selected=true]")) {
    marked.setAttribute("aria-selected", "false"); // also one that is not among them any more
  }
  options[index]?.setAttribute("aria-selected", "true");
  if (options[index]) {
    options[index].scrollIntoView({ block: "nearest" });
    if (options[index].id) field.setAttribute("aria-activedescendant", options[index].id);
  }
}

function mark(field) {
  const open = list(field).childElementCount > 0;
  field.setAttribute("aria-expanded", String(open || Boolean(field.closest("dialog"))));
  field.removeAttribute("aria-activedescendant");
}

function filterCommands(field) {
  const wanted = words(field).toLowerCase();
  for (const line of field.closest("[data-combobox]").querySelectorAll("[data-commands] li")) {
    line.hidden = Boolean(wanted) && !line.textContent.toLowerCase().includes(wanted);
  }
}
