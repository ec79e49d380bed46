// What could not be sent, kept over a reload and a restart of the browser. The browser keeps it encrypted; the key is
// the person's own, comes from the server when they are signed in, and is never kept: nobody else on this device can
// read it.

const PREFIX = "klatsch.unsent.";
const locks = new Map(); // ids of what this page keeps: other pages do not send it meanwhile

let key = null;

export async function unlock(words) {
  if (key || !words || !window.crypto?.subtle) return;
  key = await crypto.subtle.importKey("raw", bytes(words), "AES-GCM", false, ["encrypt", "decrypt"]);
}

export function isLocked() {
  return !key;
}

export async function keep(id, record) {
  if (!key) return;
  hold(id);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(record));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
  if (locks.has(id)) localStorage.setItem(PREFIX + id, `${text(iv)}.${text(new Uint8Array(sealed))}`);
}

export function forget(id) {
  localStorage.removeItem(PREFIX + id);
  locks.get(id)?.();
  locks.delete(id);
}

export function ids() {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
}

// Nothing where it is somebody else's.
export async function read(id) {
  const [iv, sealed] = (localStorage.getItem(PREFIX + id) || ".").split(".").map(bytes);
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
    return JSON.parse(new TextDecoder().decode(opened));
  } catch {
    return null;
  }
}

// Do something about what no living page keeps.
export function ifAbandoned(id, act) {
  return navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => lock && act());
}

function hold(id) {
  if (locks.has(id)) return;
  locks.set(id, () => undefined);
  navigator.locks.request(PREFIX + id, () => locks.has(id) && new Promise((resolve) => locks.set(id, resolve)));
}

function bytes(words) {
  return Uint8Array.from(atob(words), (letter) => letter.charCodeAt(0));
}

function text(array) {
  return btoa(Array.from(array, (byte) => String.fromCharCode(byte)).join(""));
}
