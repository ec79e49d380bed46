// A text field with a list of customers below it: arrows move, Enter opens, Escape clears (WAI-ARIA APG combobox).

export function comboboxes() {
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("[data-combobox] [role=combobox]");
    if (!field || event.isComposing) return;
    const options = choices(field);
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      select(field, options, (at + step + options.length) % options.length);
    } else if (event.key === "Enter" && options.length) {
      event.preventDefault();
      options[Math.max(at, 0)].click();
    } else if (event.key === "Escape" && field.value) {
      field.value = "";
      list(field).replaceChildren();
      mark(field);
      event.stopPropagation();
    }
  });
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("[data-combobox] [role=combobox]");
    if (!field) return;
    if (field.value.trim().length < 2) list(field).replaceChildren();
    filterCommands(field);
    mark(field);
  });
  document.addEventListener("focusin", (event) => {
    const field = event.target.closest?.("[data-combobox] [role=combobox]");
    if (field && field.value.trim().length > 1 && !list(field).childElementCount) window.htmx.trigger(field, "look");
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const field = document.querySelector(`[role=combobox][aria-controls="${event.detail.target.id}"]`);
    if (field) {
      mark(field);
      const options = choices(field);
      if (options.length) select(field, options, 0);
    }
  });
  document.addEventListener("click", (event) => {
    for (const box of document.querySelectorAll(".found-box")) {
      if (!box.parentElement.contains(event.target)) box.replaceChildren();
    }
  });
}

function list(field) {
  return document.getElementById(field.getAttribute("aria-controls"));
}

function choices(field) {
  const box = field.closest("[data-combobox]");
  const commands = box.querySelectorAll("[data-commands] li:not([hidden]) :is(a, button)");
  return [...list(field).querySelectorAll("a[role=option]"), ...commands];
}

function select(field, options, index) {
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
  if (options[index]) {
    options[index].scrollIntoView({ block: "nearest" });
    if (options[index].id) field.setAttribute("aria-activedescendant", options[index].id);
  }
}

function mark(field) {
  field.setAttribute("aria-expanded", String(list(field).childElementCount > 0));
  field.removeAttribute("aria-activedescendant");
}

function filterCommands(field) {
  const words = field.value.trim().toLowerCase();
  for (const line of field.closest("[data-combobox]").querySelectorAll("[data-commands] li")) {
    line.hidden = Boolean(words) && !line.textContent.toLowerCase().includes(words);
  }
}
