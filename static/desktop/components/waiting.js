// What was asked for and got no answer: it waits, unchanged, until the server is there and its person is signed in, and
// is then sent again. Every submission has a key of its own, so that the server does it once even where only the answer
// was lost. What is waiting is kept (unsent.js) in case the page ends before.

import { forget, keep } from "./unsent.js";

const waiting = new Map(); // by the element that asked

export function submissionKeys() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { elt, formData, headers, verb } = event.detail;
    // What has a key in its form is known by it.
    if (!writes(elt, verb) || isKeeper(elt) || formData.has("key")) return;
    headers["Idempotency-Key"] ??= newKey();
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { elt } = event.detail.requestConfig;
    if (!event.detail.successful || !waiting.has(elt)) return;
    waiting.get(elt).done = true;
    letGo(elt);
  });
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// A request of htmx's, by the details of its event. What only looks again by itself need not wait.
export function awaitAnswer(detail) {
  const { elt, formData, headers, path, target, verb, triggeringEvent } = detail.requestConfig;
  if (elt.matches(".older") || (verb === "get" && !triggeringEvent)) return; // it offers to try again itself
  if (isKeeper(elt) && waiting.has(elt.closest("form"))) return; // the note itself waits
  const values = new FormData();
  for (const [name, value] of formData) if (name !== "csrfmiddlewaretoken") values.append(name, value);
  const first = waiting.get(elt);
  const key = first?.key || headers["Idempotency-Key"];
  const again = () =>
    window.htmx.ajax(verb, path, {
      source: elt,
      target,
      values,
      swap: detail.etc.swapOverride,
      headers: key ? { "Idempotency-Key": key } : {},
    });
  const written = writes(elt, verb);
  wait(elt, { again, key, note: isNote(elt), written, id: first?.id || key || newKey(), path, values });
}

// A form without htmx, with the button that sends it.
export function awaitForm(form, again) {
  const values = new FormData(form);
  values.delete("csrfmiddlewaretoken");
  const key = values.get("submission");
  wait(form, { again, key, note: false, written: true, id: key, path: form.action, values });
}

function wait(elt, request) {
  waiting.set(elt, request);
  if (!request.written) return;
  if (elt.id === "composer") letGo(elt.querySelector("[data-keeps-draft]")); // the note itself is sent
  if (!isKeeper(elt)) freeze(elt, true);
  const fields = [...request.values].filter(([, value]) => typeof value === "string");
  if (fields.length < [...request.values].filter(([, value]) => value?.size !== 0).length) return; // files are not kept
  const { id, key, note, path } = request;
  keep(id, { path, fields, key, note, page: location.pathname, at: Date.now() });
}

function letGo(elt) {
  const request = waiting.get(elt);
  if (!request) return;
  waiting.delete(elt);
  freeze(elt, false);
  if (request.written) forget(request.id);
}

// Everything that waits, one after the other; how many of somebody's notes and changes were saved.
export async function sendAgain() {
  let saved = 0;
  for (const [elt, request] of [...waiting]) {
    freeze(elt, false);
    if (elt.isConnected) await Promise.resolve(request.again()).catch(() => undefined);
    // Still this one: it was answered, but not with success. What is wrong is on the page, the words are in their form.
    if (waiting.get(elt) === request) letGo(elt);
    if (request.done && request.written && !isKeeper(elt)) saved += 1;
  }
  return saved;
}

// Which of the page's notes and changes are not saved.
export function unsaved() {
  const all = [...waiting.values()].filter((request) => request.written);
  const notes = all.filter((request) => request.note).length;
  return { ids: all.map((request) => request.id), notes, all: all.length };
}

// What was sent is not changed before it has arrived: it may have.
function freeze(elt, frozen) {
  const form = elt.closest("form");
  if (!form) return;
  form.inert = frozen;
  if (!frozen) delete form.dataset.waits;
}

export function markWhatWaits(words) {
  for (const form of document.querySelectorAll("form[inert]")) form.dataset.waits = words;
}

// What says `data-only-asks` is posted for what it carries, and changes nothing.
export function writes(elt, verb) {
  return verb !== "get" && !elt.matches("[data-only-asks]");
}

function isKeeper(elt) {
  return elt.matches("[data-keeps-draft]");
}

function isNote(elt) {
  return elt.closest("#composer") !== null;
}
