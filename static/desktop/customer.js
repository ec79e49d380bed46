// The open story: rings of the doorbell, the pill, the retry of older entries, pins; and what is in hand is not lost.

import { look } from "./components/connection.js";
import { hits } from "./components/hits.js";
import { printing } from "./components/print.js";

const AGAIN = 2000; // milliseconds until a stream that broke is asked for again
const WRITING = 11_000; // milliseconds after which somebody who writes is looked at again
const KEPT = 3000; // milliseconds between what is kept of fluent typing
const TYPED = "form :is(input:not([type=hidden], [type=checkbox], [type=radio]), textarea)";
const feed = document.getElementById("timeline");
const stream = document.getElementById("stream");

function refresh() {
  window.htmx.trigger(feed, "refresh");
  document.getElementById("news").replaceChildren();
}

function ring() {
  window.htmx.trigger("#aside", "refresh");
  const glance = document.getElementById("last_time"); // not under the hands of whoever is in it
  if (!glance.contains(document.activeElement)) window.htmx.trigger(glance, "refresh");
  const middle = document.querySelector("#newer > *"); // of the story: today is elsewhere
  // whoever wrote may have saved
  if (document.querySelector("#presence .writing")) window.htmx.trigger(document.body, "presence");
  if (stream.scrollTop < 60 && !middle) refresh();
  else window.htmx.trigger("#news", "ask"); // never insert while the reader has scrolled
}

// One stream a page, closed while it is hidden: browsers allow only six to a server. Where it ends or is refused, the
// page looks whether the server is there and its person still signed in.
function hearTheDoorbell() {
  let source = null;
  let again = false; // the page was hidden or alone: it asks to be told whatever may have happened meanwhile
  const hangUp = () => {
    source?.close();
    source = null;
    again = true;
  };

  function listen() {
    if (document.hidden) return hangUp();
    if (source) return;
    const { live, tab } = document.body.dataset;
    source = new EventSource(`${again ? live.replace(/\?.*/, "?") : `${live}&`}tab=${tab}`);
    source.addEventListener("story", ring);
    source.addEventListener("presence", () => window.htmx.trigger(document.body, "presence"));
    source.addEventListener("session", () => look());
    source.addEventListener("error", async () => {
      hangUp();
      if (await look()) setTimeout(listen, AGAIN);
    });
  }
  document.addEventListener("visibilitychange", listen);
  document.body.addEventListener("connected", listen);
  document.body.addEventListener("put-away", () => {
    hangUp();
    document.removeEventListener("visibilitychange", listen);
  });
  window.addEventListener("pagehide", () => source?.close());
  listen();
}

function answerClicks() {
  document.body.addEventListener("story", () => refresh()); // our own save
  document.body.addEventListener("saved", () => stream.scrollTo({ top: 0 }));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-refresh]")) {
      stream.scrollTo({ top: 0 });
      refresh();
    }
    if (event.target.closest("[data-retry]")) {
      const older = event.target.closest(".older");
      older.classList.remove("broken");
      window.htmx.trigger(older, "retry");
    }
    const pin = event.target.closest(".pin");
    if (pin) window.htmx.ajax("POST", `/desk/entries/${pin.id.slice(1)}/pin/`, { target: pin, swap: "outerHTML" });
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    stream.addEventListener(failure, (event) => event.target.closest?.(".older")?.classList.add("broken"));
  }
}

// Before the page goes elsewhere by itself, what was typed is kept: somebody may have merged this customer. It goes
// once, however many of its parts are told to: what the next page has to say is said to the first who asks.
function leaveOnceWithTheDraft() {
  let leaving = false;
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const where = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!where) return;
    if (leaving) return event.preventDefault();
    leaving = true;
    const keep = keptDraft(event.detail.elt);
    if (!keep) return;
    event.preventDefault();
    keep.finally(() => location.assign(where));
  });
}

// A promise that what was typed is kept; none where nothing was, or where this element has just sent it.
function keptDraft(elt) {
  const composer = document.getElementById("composer");
  const keeper = composer?.querySelector("[data-keeps-draft]");
  if (!keeper || elt === keeper || elt === composer || !typed(composer)) return null;
  return window.htmx.ajax("POST", keeper.getAttribute("hx-post"), { source: keeper, swap: "none" });
}

// What was typed last is not kept yet when somebody goes elsewhere at once: it is sent while the page ends.
function keepLastWords() {
  let unsent = false;
  const isKept = (elt) => elt.matches("#composer, [data-keeps-draft]");
  document.addEventListener("input", (event) => {
    unsent ||= event.target.closest("#composer") !== null;
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (isKept(event.detail.elt)) unsent = false;
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (isKept(event.detail.requestConfig.elt) && !event.detail.successful) unsent = true;
  });
  window.addEventListener("pagehide", () => {
    const composer = document.getElementById("composer");
    const keeper = composer?.querySelector("[data-keeps-draft]");
    if (!unsent || !keeper) return;
    const words = new FormData(composer);
    words.delete("attachments");
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const body = new URLSearchParams(words);
    fetch(keeper.getAttribute("hx-post"), { method: "POST", body, headers, keepalive: true });
  });
}

// Colleagues see at the first letter that somebody writes, and what is typed without a pause is kept as well.
function keepWhileWriting() {
  let kept = 0;
  document.addEventListener("input", (event) => {
    const keeper = event.target.closest("#composer")?.querySelector("[data-keeps-draft]");
    if (!keeper || Date.now() - kept < KEPT) return;
    kept = Date.now();
    window.htmx.trigger(keeper, "keep");
  });
}

function typed(composer) {
  return ["body", "verbatim", "read_back", "promise"].some((name) => composer.elements[name].value.trim());
}

// What does not stand any more is not read on: also where the reader has scrolled, and nothing moves.
function forgetWhatIsGone() {
  const news = document.getElementById("news");
  news.addEventListener("htmx:configRequest", (event) => {
    const shown = [...feed.querySelectorAll(".entry:not(.is-mark)")].map((entry) => entry.id.slice(1));
    event.detail.parameters.set("shown", shown.join(","));
  });
  news.addEventListener("htmx:afterSwap", () => {
    for (const gone of news.querySelectorAll("[data-gone]")) {
      const entry = document.getElementById(gone.dataset.gone);
      entry?.querySelector(".card")?.replaceChildren(gone.textContent);
      entry?.classList.add("is-mark");
      gone.remove();
    }
  });
}

// Filters that ask for nothing stay out of the URL.
function dropEmptyFilters() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { parameters } = event.detail;
    if (event.target.id !== "filters" && event.target !== feed) return;
    for (const name of [...parameters.keys()]) if (parameters.get(name) === "") parameters.delete(name);
  });
}

// What is new since the last look glows once; what had the focus keeps it.
function showWhatIsNew() {
  let known = null;
  let focused = null;
  document.body.addEventListener("saved", (event) => {
    focused = event.detail.entry;
  });
  feed.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== feed || event.detail.requestConfig.elt !== feed) return;
    known = new Set([...feed.children].map((entry) => entry.id));
    focused = document.activeElement?.closest(".entry")?.id ?? focused;
  });
  feed.addEventListener("htmx:afterSwap", () => {
    feed.setAttribute("role", feed.childElementCount ? "feed" : "group"); // a feed has articles
    if (!known) return;
    for (const entry of feed.children) if (!known.has(entry.id)) entry.classList.add("arrived");
    const free = [document.body, stream].includes(document.activeElement);
    if (focused && free) document.getElementById(focused)?.focus({ preventScroll: true });
    known = focused = null;
  });
}

// The side panel is read anew whenever something happens. Not under the hands of somebody who is correcting a value: it
// waits until they are done.
function keepWhatIsInHand(panel) {
  let late = false;
  const inHand = () =>
    panel.querySelector("form:focus-within") !== null ||
    [...panel.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);
  const catchUp = () => {
    if (!late || inHand()) return;
    late = false;
    window.htmx.trigger(panel, "refresh");
  };
  panel.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== panel || !inHand()) return;
    event.preventDefault();
    late = true;
  });
  panel.addEventListener("htmx:afterSettle", catchUp);
  panel.addEventListener("focusout", () => setTimeout(catchUp, 200)); // the focus may only move to the next field
}

// Whoever writes ceases to, and nobody rings for that.
function lookWhoWrites(presence) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    if (!presence.querySelector(".writing")) return;
    timer = setTimeout(() => window.htmx.trigger(presence, "presence"), WRITING);
  };
  presence.addEventListener("htmx:afterRequest", wait);
  wait();
}

hearTheDoorbell();
lookWhoWrites(document.getElementById("presence"));
answerClicks();
leaveOnceWithTheDraft();
keepLastWords();
forgetWhatIsGone();
keepWhileWriting();
dropEmptyFilters();
showWhatIsNew();
keepWhatIsInHand(document.getElementById("aside"));
hits();
printing();
