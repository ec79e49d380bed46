// Dialogs, menus and the drawer at the side: what opens them, and what closes them.

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) {
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    dialog.showModal();
    dialog.querySelector("input")?.select();
  }
}

export function dialogs() {
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target) || chosen(at(".menu-box button"))) menu.open = false;
    }
    if (event.target.nodeName === "DIALOG") event.target.close(); // a click on the backdrop
    if (at("[data-open]")) openDialog(at("[data-open]").dataset.open);
    if (at("[data-close]")) at("dialog")?.close();
    if (at("[data-toggle]")) toggle(at("[data-toggle]"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    const opener = document.querySelector("[data-toggle][aria-expanded=true]");
    if (opener) toggle(opener);
  });
}

// A form that still lacks something stays open to say so.
function chosen(button) {
  return button && (button.type !== "submit" || !button.form || button.form.checkValidity());
}

// The style follows the button: the drawer itself is swapped while it is open.
function toggle(button) {
  button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
}
