// Small comforts: a value copied, a field filled by a button, a running clock.

export function comforts() {
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-copy]")) copy(at("[data-copy]"));
    if (at("[data-fill]")) fill(document.getElementById(at("[data-fill]").dataset.fill), at("[data-fill]").value);
    if (at("[data-keypad] button")) press(at("[data-keypad]"), at("button").value);
  });
  document.body.addEventListener("htmx:afterSwap", tick);
  setInterval(tick, 10_000);
  tick();
}

async function copy(button) {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(button.dataset.copy).catch(() => undefined);
  } else if (button.dataset.copyFrom) {
    // without HTTPS there is no clipboard: what is selected is copied with Ctrl C
    document.getSelection().selectAllChildren(document.getElementById(button.dataset.copyFrom));
  }
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1200);
}

function fill(field, text) {
  field.value = text;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function press(pad, key) {
  const field = document.getElementById(pad.dataset.keypad);
  field.value = key === "back" ? field.value.slice(0, -1) : field.value + key;
  window.htmx.trigger(field, "look");
}

// `21 min`, `2 hr 5 min`, in the page's language; what has just begun says so in the words of `data-timer`.
function tick() {
  for (const time of document.querySelectorAll("time[data-timer]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000));
    const hours = Math.floor(minutes / 60);
    const parts = [hours && spelt(hours, "hour"), minutes % 60 && spelt(minutes % 60, "minute")];
    time.textContent = parts.filter(Boolean).join(" ") || time.dataset.timer;
  }
}

function spelt(number, unit) {
  const style = { style: "unit", unit, unitDisplay: "short" };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(number);
}
