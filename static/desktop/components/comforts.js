// Small comforts: a value copied, a field filled by a button, the keyboard on the screen, a running clock.

export function comforts() {
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-copy]")) copy(at("[data-copy]"));
    if (at("[data-fill]")) fill(document.getElementById(at("[data-fill]").dataset.fill), at("[data-fill]").value);
    if (at("[data-keypad] button")) press(at("[data-keypad]"), at("button").value);
    if (at("[data-keyboard]")) switchKeyboard(at("[data-keyboard]"));
    if (at("[data-print]")) window.print();
  });
  document.addEventListener("input", (event) => {
    const button = document.querySelector(`[data-keyboard="${CSS.escape(event.target.id)}"]`);
    if (button && /\p{L}/u.test(event.target.value)) setKeyboard(button, true);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    tick();
    if (event.detail.target.id === "open-tabs") showWhereOneIs();
  });
  setInterval(tick, 10_000);
  tick();
  showWhereOneIs();
}

// Of many open customers the one of this page is in sight.
function showWhereOneIs() {
  document.querySelector("#open-tabs [aria-current]")?.scrollIntoView({ block: "nearest" });
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

// The keyboard on the screen has digits, or letters: by a button, and by itself where a letter was typed.
function switchKeyboard(button) {
  const field = document.getElementById(button.dataset.keyboard);
  setKeyboard(button, button.getAttribute("aria-pressed") !== "true");
  field.blur(); // which keyboard it is to be is asked when a field gets the focus
  field.focus();
}

function setKeyboard(button, letters) {
  document.getElementById(button.dataset.keyboard).inputMode = letters ? "text" : "tel";
  button.setAttribute("aria-pressed", String(letters));
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
