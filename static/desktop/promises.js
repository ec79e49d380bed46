// The list of promises: what was settled leaves it, and the next one has the focus.

function keepPromises() {
  const list = document.getElementById("promises-list");
  if (!list) return;
  const lines = () => [...list.querySelectorAll("[tabindex='0']")];
  let at = -1;
  list.addEventListener("focusin", (event) => (at = lines().indexOf(event.target.closest("[tabindex='0']"))));
  list.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== list || at < 0 || document.activeElement !== document.body) return;
    const left = lines();
    left[Math.min(at, left.length - 1)]?.focus();
  });
}

keepPromises();
