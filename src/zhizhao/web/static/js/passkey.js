// Passkeys of officials: sign in with one, add one. Without script, or without a passkey, password and number remain.
// A button [data-passkey="sign-in|register"] stands in a form that carries the CSRF token; texts are in [data-passkey-text].

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function ask(form, address, body) {
  const headers = { "content-type": "application/json", accept: "application/json", "x-csrf-token": form.elements._csrf_token.value };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  return { ok: answer.ok, body: await answer.json().catch(() => ({})) };
}

function creation(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map((key) => ({ ...key, id: bytes(key.id) })),
  };
}

function answerOf(credential) {
  const { response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text64(response[name]);
  }
  return {
    id: credential.id, rawId: text64(credential.rawId), type: credential.type, response: parts,
    clientExtensionResults: {}, authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
  };
}

async function signIn(form) {
  const options = (await ask(form, "/sign-in/passkey/options", {})).body;
  const credential = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] } });
  return ask(form, "/sign-in/passkey", { answer: answerOf(credential), next: form.elements.next?.value ?? "" });
}

async function register(form) {
  const options = (await ask(form, "/account/passkeys/options", {})).body;
  const credential = await navigator.credentials.create({ publicKey: creation(options) });
  return ask(form, "/account/passkeys", { answer: answerOf(credential), label: form.elements.label.value });
}

function say(form, name, more = "") {
  for (const line of form.querySelectorAll("[data-passkey-text]")) line.hidden = line.dataset.passkeyText !== name;
  const detail = form.querySelector("[data-passkey-detail]");
  if (detail) detail.textContent = more;
}

async function run(button) {
  const form = button.form;
  button.disabled = true;
  say(form, "waiting");
  try {
    const { ok, body } = await (button.dataset.passkey === "register" ? register : signIn)(form);
    if (ok) return location.assign(body.go);
    say(form, "refused", body.title ?? "");
  } catch (error) {
    say(form, error?.name === "InvalidStateError" ? "known" : "cancelled");
  }
  button.disabled = false;
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential || !navigator.credentials) {
    say(button.form, "unsupported");
    continue;
  }
  button.disabled = false;
  button.addEventListener("click", () => run(button));
}
