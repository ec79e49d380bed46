// Small comforts: a value copied, a field filled by a button, a running clock.

export function comforts() {
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-copy]")) copy(at("[data-copy]"));
    if (at("[data-fill]")) fill(document.getElementById(at("[data-fill]").dataset.fill), at("[data-fill]").value);
    if (at("[data-keypad] button")) press(at("[data-keypad]"), at("button").value);
  });
  document.body.addEventListener("htmx:afterSwap", tick);
  setInterval(tick, 1000);
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

function tick() {
  for (const time of document.querySelectorAll("time[data-timer]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    const two = (number) => String(number).padStart(2, "0");
    const rest = `${two(minutes)}:${two(seconds % 60)}`;
    time.textContent = hours ? `${hours}:${rest}` : rest;
  }
}
