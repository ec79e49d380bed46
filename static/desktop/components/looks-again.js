// Parts of a page that look again by themselves.

const TICK = 1000; // milliseconds

export function lookAgain({ openDialog }) {
  const next = new WeakMap(); // when each part looks again

  setInterval(() => {
    const now = Date.now();
    for (const part of document.querySelectorAll("[data-looks-again]")) {
      if (!next.has(part)) next.set(part, now + part.dataset.looksAgain * 1000);
      if (now < next.get(part) || isUsed(part)) continue;
      next.set(part, now + part.dataset.looksAgain * 1000);
      window.htmx.trigger(part, "look");
    }
  }, TICK);

  // What was unfolded stays unfolded; htmx itself gives the focus back to what has the same id.
  let open = [];
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    const looking = target.matches?.("[data-looks-again]");
    open = looking ? [...target.querySelectorAll("details[open][id]")].map((one) => one.id) : [];
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    open = [];
    const opener = event.detail.target.closest?.("[data-opens]");
    if (opener) openDialog(opener.dataset.opens);
  });
}

// Nothing moves under somebody's hands: not while they type, choose, mark text or read further down.
function isUsed(part) {
  const active = document.activeElement;
  const marked = document.getSelection();
  return (
    document.hidden ||
    document.querySelector("dialog[open]") ||
    part.querySelector("details.menu[open], [data-reading]") ||
    (part.contains(active) && active.matches("input, textarea, select")) ||
    (marked && !marked.isCollapsed && part.contains(marked.anchorNode))
  );
}
