// The key of this phone: P-256, made here, never exportable, kept in IndexedDB; beside it the faces for offline use.
// The PIN is never kept.

const NAME = "zhizhao-wallet";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("faces", { keyPath: "uscc" });
      request.result.createObjectStore("notes");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(store, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Return the key pair, null when this phone has none yet. */
export async function currentKey() {
  return (await run("keys", "readonly", (keys) => keys.get("device"))) ?? null;
}

/** Return the key pair, made now if there is none; its private half cannot be exported. */
export async function ensureKey() {
  const known = await currentKey();
  if (known) return known;
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  await run("keys", "readwrite", (keys) => keys.put(pair, "device"));
  navigator.storage?.persist?.().catch(() => false);
  return pair;
}

/** Forget everything this phone holds: key, faces, notes. */
export async function forgetPhone() {
  for (const store of ["keys", "faces", "notes"]) await run(store, "readwrite", (rows) => rows.clear());
  sessionStorage.clear();
}

export const keep = (name, value) => run("notes", "readwrite", (notes) => notes.put(value, name));
export const recall = (name) => run("notes", "readonly", (notes) => notes.get(name));
export const drop = (name) => run("notes", "readwrite", (notes) => notes.delete(name));

export const keepFace = (face) => run("faces", "readwrite", (faces) => faces.put(face));
export const allFaces = () => run("faces", "readonly", (faces) => faces.getAll());

/** Keep the faces of these licences only: what this person may no longer hold goes. */
export async function keepOnly(usccs) {
  for (const face of await allFaces()) {
    if (!usccs.includes(face.uscc)) await run("faces", "readwrite", (faces) => faces.delete(face.uscc));
  }
}
