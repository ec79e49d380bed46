// What comes by itself is said, once and in words, to those who do not see it: how many lines are new in a part that
// says in `data-announces` what its lines are. Nothing is said of what somebody has just asked for themselves.

const PAUSE = 3000; // milliseconds between two sentences

const known = new WeakMap(); // by part: its lines
let own = false;
let waiting = "";
let timer = 0;

export function announcements() {
  for (const part of document.querySelectorAll("[data-announces]")) known.set(part, lines(part));
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.target.closest?.("[data-announces]");
    if (!part) return;
    const before = known.get(part);
    known.set(part, lines(part));
    const { elt, triggeringEvent } = event.detail.requestConfig;
    const theirs = own && part.id === "timeline";
    if (theirs) own = false;
    if (theirs || !before || elt !== part || triggeringEvent?.isTrusted) return;
    const fresh = [...known.get(part)].filter((line) => !before.has(line));
    if (fresh.length) announce(worded(part, fresh.length));
  });
  // What says the same as before is not read out again.
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.shouldSwap || !detail.target.matches("[role=status], [aria-live]")) return;
    const { body } = new DOMParser().parseFromString(detail.serverResponse, "text/html");
    detail.shouldSwap = body.textContent.trim() !== detail.target.textContent.trim();
  });
  document.body.addEventListener("story", () => (own = true)); // what they saved themselves
}

function lines(part) {
  const all = [...part.querySelectorAll(part.dataset.announces)];
  return new Set(all.map((line) => line.id || line.dataset.moment || line.getAttribute("href")));
}

function worded(part, number) {
  const one = new Intl.PluralRules(document.documentElement.lang).select(number) === "one";
  return (one ? part.dataset.announceOne : part.dataset.announceMany).replace("{n}", number);
}

function announce(words) {
  waiting = words;
  if (timer) return;
  say();
  timer = setTimeout(() => {
    timer = 0;
    if (waiting) announce(waiting);
  }, PAUSE);
}

// Emptied first: the same words again are news, too.
function say() {
  const place = document.getElementById("announced");
  const words = waiting;
  waiting = "";
  place.textContent = "";
  setTimeout(() => (place.textContent = words), 100);
}
