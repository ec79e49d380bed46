// Parts of a page that look again by themselves, and the small comforts of connecting a source.

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
    open = target.matches?.("[data-looks-again]") ? [...target.querySelectorAll("details[open][id]")].map((one) => one.id) : [];
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

export function connectSources() {
  for (const box of document.querySelectorAll("[data-narrowed-by]")) {
    document.getElementById(box.dataset.narrowedBy).addEventListener("input", (event) => narrow(box, event.target.value));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line]");
    if (button) markLine(document.getElementById("mapping-text"), Number(button.dataset.line));
  });
  const name = document.querySelector("#connect [name=name]");
  const slug = document.querySelector("#connect [name=slug]");
  if (!name || !slug) return;
  let proposed = slug.value || slugOf(name.value);
  const tell = () => {
    for (const code of document.querySelectorAll("[data-address]")) {
      code.textContent = code.dataset.address.replace(/\/in\/[^/]*\/$/, `/in/${slug.value || "…"}/`);
    }
  };
  name.addEventListener("input", () => {
    if (slug.value === proposed || !slug.value) slug.value = proposed = slugOf(name.value);
    tell();
  });
  slug.addEventListener("input", tell);
  tell();
}

function markLine(field, number) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((length, line) => length + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[number - 1] || "").length);
}

function slugOf(words) {
  const plain = words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);
}

// Only kinds whose words have all that was typed; groups without any are left out.
function narrow(box, typed) {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of box.querySelectorAll("[data-group]")) {
    const kinds = [...group.querySelectorAll("[data-words]")];
    for (const kind of kinds) kind.hidden = !wanted.every((word) => kind.dataset.words.toLowerCase().includes(word));
    const left = kinds.filter((kind) => !kind.hidden).length;
    group.hidden = !left;
    found += left;
  }
  box.querySelector("[data-nothing]").hidden = found > 0;
}
