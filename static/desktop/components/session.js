// Who is signed in, and signing in over the page: nothing that was typed is lost by it.

const PATIENCE = 8000; // milliseconds for the server to say who is signed in

let answered = null; // what the open dialog tells of its end

// Rejects where the server cannot be reached, or cannot reach its database.
export async function whoIsHere() {
  const options = { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(document.body.dataset.session, options);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

export function isMine(who) {
  return who.person === document.body.dataset.person;
}

// Signing in changes the token of every form.
export function takeToken({ token }) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  document.body.setAttribute("hx-headers", JSON.stringify({ ...headers, "X-CSRFToken": token }));
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

// Have the same person sign in. A promise of whether they did; they may also put it off.
export function signIn() {
  if (document.getElementById("sign-in")) return new Promise(() => undefined); // asked once
  document.body.append(document.getElementById("sign-in-sheet").content.cloneNode(true));
  const dialog = document.getElementById("sign-in");
  const form = dialog.querySelector("form[action]");
  form.addEventListener("submit", submitted);
  dialog.showModal();
  form.elements.password.focus();
  return new Promise((resolve) => {
    answered = resolve;
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(false);
    });
  });
}

async function submitted(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("[type=submit]");
  button.setAttribute("aria-busy", "true");
  await send(form).catch(() => say(form, form.dataset.unreachable));
  button.removeAttribute("aria-busy");
}

async function send(form) {
  const { token } = await whoIsHere();
  const headers = { "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers });
  const who = answer.ok ? await whoIsHere() : { person: "" };
  if (isMine(who)) {
    takeToken(who);
    answered(true);
    document.getElementById("sign-in").close();
  } else if (who.person) {
    putAway(who.name);
  } else {
    await sayWhyNot(form, answer);
  }
}

async function sayWhyNot(form, answer) {
  const minutes = Math.ceil(Number(answer.headers.get("Retry-After")) / 60);
  if (answer.status === 429) return say(form, form.dataset.locked.replace("{n}", minutes));
  if (answer.status !== 400) return say(form, form.dataset.closed);
  const told = await answer.json();
  const fields = Object.values(told.form.fields).flatMap((field) => field.errors);
  say(form, [...told.form.errors, ...fields].join(" "));
  form.elements.password.select();
}

function say(form, words) {
  form.querySelector("[role=alert]").textContent = words;
  form.elements.password.toggleAttribute("aria-invalid", Boolean(words));
}

// Somebody else has signed in: this page was not theirs, and nothing of it is shown to them.
export function putAway(name) {
  const body = document.body;
  const page = document.getElementById("not-yours").content.cloneNode(true);
  page.querySelector("[data-who]").textContent = name;
  const home = page.querySelector("a").href;
  body.dispatchEvent(new CustomEvent("put-away"));
  for (const { name: attribute } of [...body.attributes]) body.removeAttribute(attribute);
  body.className = "put-away";
  body.replaceChildren(page);
  document.title = "Klatsch";
  history.replaceState(null, "", home);
  sessionStorage.clear(); // where htmx was
  body.querySelector("h1").focus();
}
