// The desk's own behaviour. The server renders; this module only connects keys, the doorbell and small comforts.
import { followStory } from "./story.js";
import { listenForKeys } from "./keys.js";
import { comboboxes } from "./combobox.js";
import { reviewMatches } from "./matches.js";
import { seizeMoments } from "./moments.js";
import { keepPromises } from "./promises.js";
import { lookAgain, connectSources } from "./sources.js";

// --- dialogs, menus, drawers --------------------------------------------------------------------------------------
function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) {
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    dialog.showModal();
    dialog.querySelector("input")?.select();
  }
}

// A form that still lacks something stays open to say so.
function chosen(button) {
  return button && (button.type !== "submit" || !button.form || button.form.checkValidity());
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || chosen(at(".menu-box button"))) menu.open = false;
  }
  useComposer(Boolean(at("#composer")));
  if (event.target.nodeName === "DIALOG") event.target.close(); // a click on the backdrop
  if (at("[data-open]")) openDialog(at("[data-open]").dataset.open);
  if (at("[data-close]")) at("dialog")?.close();
  if (at("[data-copy]")) copy(at("[data-copy]"));
  if (at("[data-insert]")) insert(at("[data-insert]").dataset.insert);
  if (at("[data-fill]")) fill(document.getElementById(at("[data-fill]").dataset.fill), at("[data-fill]").value);
  if (at("[data-due]")) setDue(at("[data-due]"));
  if (at("[data-compose]")) compose(at("[data-compose]").dataset.compose);
  if (at("[data-toggle]")) toggle(at("[data-toggle]"));
  if (at("[data-keypad] button")) press(at("[data-keypad]"), at("button").value);
});

// On a tablet the composer unfolds after the tap, never under the finger: what a tap focuses is not :focus-visible.
function useComposer(used) {
  document.getElementById("composer")?.classList.toggle("used", used);
}
document.addEventListener("focusin", (event) => {
  if (event.target.matches("#composer :focus-visible")) useComposer(true);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    const opener = document.querySelector("[data-toggle][aria-expanded=true]");
    if (opener) toggle(opener);
  }
});

function toggle(button) {
  // the style follows the button: the drawer itself is swapped while it is open
  button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
}

// --- comforts -----------------------------------------------------------------------------------------------------
async function copy(button) {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(button.dataset.copy).catch(() => undefined);
  } else if (button.dataset.copyFrom) {
    // without HTTPS there is no clipboard: what is selected is copied with Ctrl C
    document.getSelection().selectAllChildren(document.getElementById(button.dataset.copyFrom));
  }
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1200);
}

function insert(text) {
  const body = document.getElementById("body");
  body.setRangeText(body.value && !body.value.endsWith("\n") ? `\n${text}` : text, body.value.length, body.value.length, "end");
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

function fill(field, text) {
  field.value = text;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function setDue(button) {
  const due = new Date();
  if (button.dataset.due === "today") due.setHours(18, 0);
  if (button.dataset.due === "tomorrow") due.setHours(36, 0);
  if (button.dataset.due === "week") due.setHours(7 * 24 + 12, 0);
  const local = new Date(due.getTime() - due.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const field = button.closest("form").elements.due;
  field.value = local;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function compose(mode) {
  document.querySelector("dialog[open]")?.close();
  const tab = document.getElementById(`mode-${mode}`);
  if (tab) {
    tab.checked = true;
    document.getElementById("body").focus();
  }
}

function press(pad, key) {
  const field = document.getElementById(pad.dataset.keypad);
  field.value = key === "back" ? field.value.slice(0, -1) : field.value + key;
  window.htmx.trigger(field, "look");
}

function tick() {
  for (const time of document.querySelectorAll("time[data-timer]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    const two = (number) => String(number).padStart(2, "0");
    time.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
  }
}
setInterval(tick, 1000);
tick();

// --- words from the server ----------------------------------------------------------------------------------------
function toast({ text, tone = "", undo = "", values = {} }) {
  const box = document.getElementById("toasts");
  const line = document.createElement("div");
  line.className = `toast ${tone}`;
  line.append(text);
  if (undo) {
    line.dataset.undoes = undo;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = document.body.dataset.undo || "Undo";
    button.addEventListener("click", () => {
      line.remove();
      window.htmx.ajax("POST", undo, { values, swap: "none", source: document.body }).then(() => lookBeside());
    });
    line.append(button);
  }
  box.append(line);
  const leave = () => (line.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : line.remove());
  setTimeout(leave, undo ? 8000 : 4000);
}
document.body.addEventListener("toast", (event) => toast(event.detail));
if (document.body.dataset.toast) toast(JSON.parse(document.body.dataset.toast)); // said by the page before

function lookBeside() {
  const aside = document.getElementById("aside");
  if (aside) window.htmx.trigger(aside, "refresh");
}

document.body.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  const told = status === 400 && responseText && !responseText.includes("<"); // words for people, not a page
  if (status !== 422) toast({ text: told ? responseText : document.body.dataset.failed, tone: "bad" });
});
document.body.addEventListener("htmx:sendError", () => toast({ text: document.body.dataset.offline, tone: "bad" }));
document.body.addEventListener("htmx:afterSwap", tick);
document.body.addEventListener("change", (event) => {
  if (event.target.name === "attachments") {
    const label = event.target.closest("label").querySelector("[data-files]");
    label.textContent = [...event.target.files].map((file) => file.name).join(", ") || label.textContent;
  }
});

comboboxes();
listenForKeys({ openDialog, compose });
followStory();
lookAgain({ openDialog });
connectSources();
reviewMatches();
seizeMoments();
keepPromises();
