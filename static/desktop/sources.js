// The small comforts of connecting a source.

function connectSources() {
  for (const box of document.querySelectorAll("[data-narrowed-by]")) {
    const field = document.getElementById(box.dataset.narrowedBy);
    field.addEventListener("input", () => narrow(box, field.value));
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

connectSources();
