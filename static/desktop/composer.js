// Where a conversation is logged: its three kinds, text that is put in.

export function compose(mode) {
  document.querySelector("dialog[open]")?.close();
  const tab = document.getElementById(`mode-${mode}`);
  if (tab) {
    tab.checked = true;
    document.getElementById("body").focus();
  }
}

export function composer() {
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    useComposer(Boolean(at("#composer")));
    if (at("[data-insert]")) insert(at("[data-insert]").dataset.insert);
    if (at("[data-compose]")) compose(at("[data-compose]").dataset.compose);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("#composer :focus-visible")) useComposer(true);
  });
  letGoOnSaving();
  goOnWriting();
  takeWordsBack();
  document.body.addEventListener("change", (event) => {
    if (event.target.name !== "attachments") return;
    const label = event.target.closest("label").querySelector("[data-files]");
    label.textContent = [...event.target.files].map((file) => file.name).join(", ") || label.textContent;
  });
}

// What is typed while it is being saved is not for this customer any more: the composer has not the focus then. It gets
// it back where saving did not work.
function letGoOnSaving() {
  const stream = document.getElementById("stream");
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "composer") stream.focus({ preventScroll: true });
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, successful, xhr } = event.detail;
    if (requestConfig.elt.id !== "composer" || (successful && xhr.status < 400)) return;
    if (document.activeElement !== stream && document.activeElement !== document.body) return;
    document.querySelector("#composer [aria-invalid=true], #body")?.focus();
  });
}

// Whoever goes on writing while the last words are being saved goes on in the next entry: what came after those words
// is its beginning.
function goOnWriting() {
  let sent = "";
  let going = null; // what was begun meanwhile, and as what
  let unheard = false;
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "composer") sent = document.getElementById("body").value;
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig, shouldSwap, xhr } = event.detail;
    const body = document.getElementById("body");
    if (target.id !== "composer" || requestConfig.elt !== target || !shouldSwap || xhr.status >= 400) return;
    if (document.activeElement !== body || !body.value.startsWith(sent)) return;
    going = { words: body.value.slice(sent.length), mode: target.elements.mode.value };
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    if (!going) return;
    const { words, mode } = going;
    going = null;
    document.getElementById(`mode-${mode}`).checked = true;
    insert(words);
    unheard = true;
  });
  // What was put in before the new composer heard is kept, and seen by colleagues, like what is typed afterwards.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (!unheard || event.detail.elt.id !== "composer") return;
    unheard = false;
    document.getElementById("body").dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Undone, the words are here again: before what has been typed meanwhile.
function takeWordsBack() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { path, parameters } = event.detail;
    const body = document.getElementById("body");
    if (/\/entries\/\d+\/undo\/$/.test(path) && body) parameters.set("typed", body.value);
  });
  document.body.addEventListener("again", () => {
    const body = document.getElementById("body");
    body.focus();
    body.setSelectionRange(body.value.length, body.value.length);
  });
}

// On a tablet the composer unfolds after the tap, never under the finger: what a tap focuses is not :focus-visible.
function useComposer(used) {
  document.getElementById("composer")?.classList.toggle("used", used);
}

function insert(text) {
  const body = document.getElementById("body");
  const end = body.value.length;
  body.setRangeText(body.value && !body.value.endsWith("\n") ? `\n${text}` : text, end, end, "end");
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
}
