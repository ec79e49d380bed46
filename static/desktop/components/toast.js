// Words from the server at the foot of the page, with a way back where there is one; and words about what failed.
// The way back of the last is a key as well: U, or Ctrl Z outside fields.

import { isTyping } from "./keys.js";

const SHOWN = 4000; // milliseconds
const UNDO = 10000;

export function toasts() {
  document.body.addEventListener("toast", (event) => toast(event.detail));
  if (document.body.dataset.toast) toast(JSON.parse(document.body.dataset.toast)); // said by the page before
  document.body.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    const told = status === 400 && responseText && !responseText.includes("<"); // words for people, not a page
    if (status !== 422) toast({ text: told ? responseText : document.body.dataset.failed, tone: "bad" });
  });
  document.addEventListener("keydown", (event) => {
    const ctrl = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const last = document.querySelector(".toast [data-key=u]");
    if (!ctrl || event.key.toLowerCase() !== "z" || !last || isTyping(event.target)) return;
    event.preventDefault();
    last.click();
  });
  document.body.addEventListener("htmx:sendError", () => toast({ text: document.body.dataset.offline, tone: "bad" }));
}

function toast({ text, tone = "", undo = "", values = {} }) {
  const line = document.createElement("div");
  line.className = `toast ${tone}`;
  line.append(text);
  if (undo) {
    line.dataset.undoes = undo;
    line.append(undoButton(line, undo, values));
  }
  document.getElementById("toasts").append(line);
  const leave = () => (line.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : line.remove());
  setTimeout(leave, undo ? UNDO : SHOWN);
}

function undoButton(line, undo, values) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = document.body.dataset.undo || "Undo";
  for (const earlier of document.querySelectorAll(".toast [data-key=u]")) delete earlier.dataset.key;
  button.dataset.key = "u";
  // What has the focus keeps it: else the composer, and with it the toast, would move away under the finger.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    line.remove();
    window.htmx.ajax("POST", undo, { values, swap: "none", source: document.body }).then(() => lookBeside());
  });
  return button;
}

function lookBeside() {
  const aside = document.getElementById("aside");
  if (aside) window.htmx.trigger(aside, "refresh");
}
