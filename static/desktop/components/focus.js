// The focus never falls to the body: where what had it is swapped, removed, closed or hidden, it goes to what stands in
// its place, else to the nearest part around it, else to where the focus was before.

const REMEMBERED = 8; // places where the focus was
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
const LIKENESS = ["id", "name", "value", "data-key", "hx-post", "hx-get", "href", "aria-label"];

let places = []; // the newest first
let chosen = false; // somebody put the focus nowhere with the mouse

export function keepFocus() {
  document.addEventListener("focusin", (event) => remember(event.target));
  document.addEventListener("pointerdown", (event) => (chosen = !event.target.closest(FOCUSABLE)), true);
  document.addEventListener("keydown", () => (chosen = false), true);
  document.addEventListener("close", soon, true); // of dialogs
  document.addEventListener("toggle", soon, true);
  for (const event of ["htmx:afterSettle", "htmx:afterRequest"]) document.body.addEventListener(event, soon);
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
}

const main = () => document.getElementById("main");
let timer = 0;

// After whoever knows better has had their turn.
function soon() {
  clearTimeout(timer);
  timer = setTimeout(restore, 0);
}

function remember(element) {
  const around = [];
  for (let part = element.parentElement; part && part !== document.body; part = part.parentElement) around.push(part);
  const at = around.map((part) => [...part.querySelectorAll(FOCUSABLE)].indexOf(element));
  const place = { element, around, at, like: LIKENESS.map((name) => element.getAttribute(name)), tag: element.tagName };
  places = [place, ...places.filter((other) => other.element !== element)].slice(0, REMEMBERED);
}

function restore() {
  if (document.activeElement !== document.body && document.activeElement) return;
  if (chosen || !places.length) return;
  for (const place of places) {
    const found = stands(place.element) ? place.element : inPlaceOf(place);
    if (found) return take(found);
    if (place.around.includes(main()) && !place.around.some((part) => part.matches("dialog"))) break;
  }
  take(document.querySelector("dialog[open]") || main());
}

// The same thing drawn anew; else what has moved up to its place; else the part itself or its heading.
function inPlaceOf({ around, at, like, tag }) {
  const level = around.findIndex((part) => part.isConnected && part.checkVisibility() && !part.closest("[inert]"));
  const part = around[level];
  if (!part || part.matches("main, .frame, .top, .toasts") || part.querySelector("dialog[open]")) return null;
  const here = [...part.querySelectorAll(FOCUSABLE)].filter(stands);
  const same = here.find((one) => one.tagName === tag && isLike(one, like));
  if (same) return same;
  const line = part.querySelector("h1, h2, h3, legend");
  return here[Math.min(Math.max(at[level], 0), here.length - 1)] || line || part;
}

function isLike(element, like) {
  return LIKENESS.every((name, index) => element.getAttribute(name) === like[index]);
}

function stands(element) {
  const away = "[inert], [disabled], dialog:not([open])";
  return element.isConnected && !element.closest(away) && element.checkVisibility({ visibilityProperty: true });
}

function take(element) {
  if (!element) return;
  if (!element.matches(FOCUSABLE)) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
