// Places in the story: a link to an entry leads to it, on the page or fetched with what is around
// it; what is fetched before the first entry leaves the reader where they are. And texts that fold after three lines.

const feed = document.getElementById("timeline");
const stream = document.getElementById("stream");
const ENTRY = /^#e\d+$/;

function goTo(entry) {
  entry.scrollIntoView({ block: "center" });
  entry.focus({ preventScroll: true });
}

function around(hash) {
  return `${location.pathname}?around=${hash.slice(2)}${hash}`;
}

// Of this story, whatever stands in its address.
function entryOf(link) {
  const here = link.origin === location.origin && link.pathname === location.pathname;
  return here && ENTRY.test(link.hash) ? link.hash : "";
}

function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const hash = link && !event.ctrlKey && !event.metaKey && !event.shiftKey ? entryOf(link) : "";
    if (!hash) return;
    event.preventDefault();
    const entry = document.getElementById(hash.slice(1));
    if (!entry) return location.assign(around(hash));
    history.replaceState(history.state, "", location.pathname + location.search);
    location.hash = hash; // marks it (:target)
    goTo(entry);
  });
}

// An address may name an entry: it has the focus once it is here.
function arrive() {
  if (!ENTRY.test(location.hash)) return;
  const entry = document.getElementById(location.hash.slice(1));
  if (entry) goTo(entry);
  else if (!new URLSearchParams(location.search).has("around")) location.replace(around(location.hash));
}

// Newer entries are put before those that are read: places are counted anew, a day is headed once, nothing moves.
function growUpwards() {
  let first = null;
  let below = 0;
  feed.addEventListener("htmx:beforeSwap", (event) => {
    const grows = event.detail.requestConfig.elt.closest?.("#newer");
    first = grows ? feed.firstElementChild : null;
    below = stream.scrollHeight - stream.scrollTop;
  });
  feed.addEventListener("htmx:afterSwap", () => {
    headDaysOnce();
    if (!first) return;
    [...feed.children].forEach((entry, place) => entry.setAttribute("aria-posinset", place + 1));
    stream.scrollTop = stream.scrollHeight - below;
    first.previousElementSibling?.focus({ preventScroll: true });
    first = null;
  });
  // The newest again: the address no longer names a place.
  feed.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== feed || !location.search.includes("around=")) return;
    const search = new URLSearchParams(location.search);
    search.delete("around");
    history.replaceState(history.state, "", location.pathname + (search.size ? `?${search}` : ""));
  });
}

function headDaysOnce() {
  let last = "";
  for (const day of feed.querySelectorAll(".day")) {
    const words = day.textContent.trim();
    if (words === last) day.remove();
    last = words;
  }
}

// A text of more than three lines ends there, with a button for the rest of it.
function fold(text) {
  const words = text.firstElementChild;
  text.classList.add("folds");
  if (words.scrollHeight <= words.clientHeight + 1) return;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "ghost fold";
  more.textContent = text.dataset.folds;
  more.setAttribute("aria-expanded", "false");
  more.addEventListener("click", () => {
    const open = text.classList.toggle("unfolded");
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? text.dataset.unfolded : text.dataset.folds;
  });
  text.append(more);
}

function foldTexts() {
  for (const text of document.querySelectorAll("[data-folds]:not(.folds)")) if (text.checkVisibility()) fold(text);
}

followLinks();
growUpwards();
arrive();
foldTexts();
document.fonts.ready.then(foldTexts);
document.body.addEventListener("htmx:load", foldTexts);
document.addEventListener("toggle", foldTexts, true); // what was folded away is measured once it is seen
