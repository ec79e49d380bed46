// A story on paper: what is folded is unfolded, and who printed how much of it is said on it, and noted.

export function printing() {
  const sheet = document.querySelector("[data-printed]");
  let folded = [];
  window.addEventListener("beforeprint", () => {
    const here = [...document.querySelectorAll("#timeline details:not([open])")];
    for (const details of here) details.open = true;
    folded = [...folded, ...here];
    sheet.querySelector("[data-printed-at]").textContent = now();
    sheet.querySelector("[data-printed-whole]").textContent = extent(sheet.querySelector("[data-printed-whole]"));
    note(sheet.dataset.printed);
  });
  window.addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
    folded = [];
  });
}

function now() {
  const style = { dateStyle: "long", timeStyle: "short" };
  return new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date());
}

function entries() {
  return document.querySelectorAll("#timeline > .entry").length;
}

function extent({ dataset }) {
  const words = document.querySelector("#tail .older") ? dataset.printedPart : dataset.printedWhole;
  return (location.search ? dataset.printedFiltered : words).replace("{}", entries());
}

function note(address) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const body = new URLSearchParams({ entries: entries() });
  fetch(address, { method: "POST", body, headers, keepalive: true });
}
