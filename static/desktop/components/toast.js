// Words from the server at the foot of the page, with a way back where there is one; and words about what failed.
// The way back of the last is a key as well: U, or Ctrl Z outside fields.

import { isTyping } from "./keys.js";

const SHOWN = 4000; // milliseconds
const UNDO = 10000;

const ELSEWHERE = [401, 422, 502, 503, 504]; // said where it belongs, or at the head of the page (connection.js)

export function toasts() {
  document.body.addEventListener("toast", (event) => toast(event.detail));
  if (document.body.dataset.toast) toast(JSON.parse(document.body.dataset.toast)); // said by the page before
  document.body.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (!ELSEWHERE.includes(status)) toast({ text: whatFailed(event.detail.xhr), tone: "bad" });
  });
  document.addEventListener("keydown", (event) => {
    const ctrl = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const last = document.querySelector(".toast [data-key=u]");
    if (!ctrl || event.key.toLowerCase() !== "z" || !last || isTyping(event.target)) return;
    event.preventDefault();
    last.click();
  });
}

function whatFailed(xhr) {
  const { failed, forbidden, missing, support } = document.body.dataset;
  if (xhr.status === 400 && xhr.responseText && !xhr.responseText.includes("<")) return xhr.responseText; // not a page
  const words = { 403: forbidden, 404: missing }[xhr.status] || failed;
  const number = xhr.getResponseHeader("X-Support-Id");
  return number ? `${words} ${support.replace("{n}", number)}` : words;
}

export function toast({ text, tone = "", undo = "", values = {} }) {
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
