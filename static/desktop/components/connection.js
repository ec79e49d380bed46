// Whether the server is there and its person signed in. Where not, a lasting line says since when and what is not
// saved; when it is again, what was asked for meanwhile is sent.

import { isMine, putAway, signIn, takeToken, whoIsHere } from "./session.js";
import { toast } from "./toast.js";
import { forget, ids, ifAbandoned, isLocked, read, unlock } from "./unsent.js";
import {
  awaitAnswer,
  awaitForm,
  markWhatWaits,
  newKey,
  sendAgain,
  submissionKeys,
  unsaved,
  writes,
} from "./waiting.js";

const AWAY = [502, 503, 504]; // what a proxy says whose server is gone
const LOOKS = [2000, 3000, 5000, 10_000]; // milliseconds between looks, the last one for ever
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

let since = null; // when the server was lost
let ended = false; // nobody is signed in
let looks = 0;
let timer = 0;
let looking = null; // a look under way, and the one that follows it
let next = null;
let gone = false; // the page was put away

const line = () => document.getElementById("connection");

export function connection() {
  submissionKeys();
  listenToRequests();
  holdPlainForms();
  holdLinks();
  // htmx gives no reason: its events have said what happened.
  window.addEventListener("unhandledrejection", (event) => event.reason === undefined && event.preventDefault());
  window.addEventListener("offline", () => look());
  window.addEventListener("online", () => look());
  window.addEventListener("storage", () => draw());
  window.addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("input", fetchKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-look]")) look();
    if (event.target.closest("[data-sign-in]")) look({ ask: true });
  });
  if (ids().length) look();
}

// Ask the server who is signed in, and go on from there. With `ask`, whose session has ended is asked to sign in now.
export function look({ ask = false } = {}) {
  if (gone) return Promise.resolve(false);
  // One that is under way may have been answered before what is asked about now: there is another after it.
  const found = looking ? (next ??= looking.then(begin)) : begin();
  return ask ? found.then((fine) => fine || (ended && askToSignIn())) : found;
}

function begin() {
  next = null;
  looking = (gone ? Promise.resolve(false) : looked()).finally(() => (looking = null));
  return looking;
}

async function looked() {
  let who;
  try {
    who = await whoIsHere();
  } catch {
    lose();
    return false;
  }
  if (who.person && !isMine(who)) {
    ended = false;
    putAway(who.name);
    return false;
  }
  since = null;
  ended = !who.person;
  clearTimeout(timer);
  if (!ended) await goOn(who);
  draw();
  return !ended;
}

async function askToSignIn() {
  return (await signIn()) && look(); // who puts it off, or is somebody else, is not asked again
}

function lose() {
  if (gone) return;
  since ??= new Date();
  clearTimeout(timer);
  timer = setTimeout(look, LOOKS[Math.min(looks++, LOOKS.length - 1)]);
  draw();
}

async function goOn(who) {
  takeToken(who);
  await unlock(who.key);
  const wasLost = looks > 0 || !line().hidden;
  looks = 0;
  const saved = (await sendAgain()) + (await sendAbandoned(who));
  if (saved) toast({ text: said(saved, "saved") });
  if (wasLost) document.body.dispatchEvent(new CustomEvent("connected"));
}

// --- what says that something is wrong -------------------------------------------------------------------------------

function listenToRequests() {
  const body = document.body;
  body.addEventListener("htmx:sendError", (event) => missed(event.detail));
  body.addEventListener("htmx:timeout", (event) => missed(event.detail));
  body.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (AWAY.includes(status)) missed(event.detail);
    if (status !== 401) return;
    awaitAnswer(event.detail);
    look({ ask: isAsked(event.detail.requestConfig) });
  });
  body.addEventListener("put-away", () => (gone = true)); // by who has signed in over it
  body.addEventListener("already-saved", (event) => {
    event.target.closest("form")?.reset(); // what is in it was saved
    lookAnew();
  });
}

function missed(detail) {
  awaitAnswer(detail);
  lose();
}

// Somebody who is typing is not asked for a password in the middle of a word.
function isAsked({ elt, triggeringEvent, verb }) {
  if (elt.matches("[data-keeps-draft], [data-looks-again]")) return false;
  if (elt.matches("[role=combobox]")) return triggeringEvent?.type === "look";
  return writes(elt, verb) || Boolean(triggeringEvent?.isTrusted && triggeringEvent.type !== "input");
}

// Forms without htmx would lose what is in them: they are sent once the server has said that it is there.
function holdPlainForms() {
  const cleared = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const plain = form.method === "post" && !form.hasAttribute("hx-post") && !form.closest("#sign-in, [data-leaves]");
    if (!plain || cleared.has(form)) return;
    event.preventDefault();
    if (form.inert) return;
    if (!form.elements.submission) form.append(keyField());
    const { submitter } = event;
    const send = () => {
      cleared.add(form);
      form.requestSubmit(submitter);
    };
    awaitForm(form, send);
    look({ ask: true });
  });
}

function keyField() {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "submission", value: newKey() });
  return field;
}

// Without a connection a link would lead to the browser's own page, and what was typed be gone.
function holdLinks() {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const elsewhere = !link || link.target || link.origin !== location.origin || event.ctrlKey || event.metaKey;
    if (!since || elsewhere || event.defaultPrevented) return;
    event.preventDefault();
    if (await look()) location.assign(link.href);
  });
}

// --- what was kept by pages that are gone ----------------------------------------------------------------------------

// Who types may lose the connection: by then the key must be here.
async function fetchKey(event) {
  if (!event.target.form || event.target.form.method !== "post") return;
  document.removeEventListener("input", fetchKey);
  const who = await whoIsHere().catch(() => null);
  if (who && isMine(who)) await unlock(who.key);
  else if (isLocked()) document.addEventListener("input", fetchKey);
}

async function sendAbandoned(who) {
  let saved = 0;
  for (const id of ids()) {
    await ifAbandoned(id, async () => {
      const record = await read(id);
      if (record && (await sendRecord(record, who))) {
        forget(id);
        saved += Number(record.note || Boolean(record.key));
        if (record.page === location.pathname) lookAnew();
      }
    });
  }
  return saved;
}

// Whether it needs no keeping any more. A note with something wrong in it is a draft on the server by now.
async function sendRecord({ fields, key, note, path }, { token }) {
  const headers = { "HX-Request": "true", "X-CSRFToken": token, "X-Person": document.body.dataset.person };
  if (key) headers["Idempotency-Key"] = key;
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), headers }).catch(() => null);
  if (!answer || answer.status === 401 || answer.status >= 500) return false;
  return answer.ok || note;
}

// What the page shows is older than what was saved. Where something else is being typed, it stays as it is.
function lookAnew() {
  const fields = [...document.querySelectorAll("form[method=post] :is(textarea, input[type=text])")];
  if (fields.every((field) => field.value === field.defaultValue)) return location.reload();
  for (const part of document.querySelectorAll("#aside, #timeline")) window.htmx.trigger(part, "refresh");
  return undefined;
}

// --- the line --------------------------------------------------------------------------------------------------------

function draw() {
  if (gone) return;
  const { dataset } = line();
  line().hidden = !since && !ended;
  if (since || ended) markWhatWaits(dataset.still);
  const time = since?.toLocaleTimeString(document.documentElement.lang, CLOCK);
  const state = since ? dataset.away.replace("{time}", time) : ended ? dataset.ended : "";
  const mine = unsaved();
  const elsewhere = ids().filter((id) => !mine.ids.includes(id)).length;
  const notes = mine.notes + elsewhere;
  const parts = [state, said(notes, "note"), said(mine.all - mine.notes, "change")];
  const words = parts.filter(Boolean).join("; ");
  const place = line().querySelector("[role=status]");
  if (place.textContent !== words) place.textContent = words;
  line().querySelector("[data-look]").hidden = !since;
  line().querySelector("[data-sign-in]").hidden = Boolean(since);
}

// `1 note not saved`, from the words of the page.
function said(number, what) {
  if (!number) return "";
  const one = new Intl.PluralRules(document.documentElement.lang).select(number) === "one";
  return line().dataset[one ? `${what}One` : `${what}Many`].replace("{n}", number);
}
