// The wallet's pages: load the part, send its small forms, reveal a code, export records, register the offline shell.

import { drop, forgetPhone, keepFace, keepOnly } from "./device-key.js";
import { call, request } from "./wallet-call.js";
import { byId, hashed, leaveFor, showPart, tell, withUnlock } from "./wallet-page.js";

const box = document.querySelector("[data-part]");

function addressOf(part) {
  const [path, query = ""] = part.split("?");
  const asked = new URLSearchParams(query);
  const name = box.dataset.hash;
  if (name && hashed()) asked.set(name, hashed());
  for (const [key, value] of new FormData(document.querySelector("[data-filter]") ?? undefined)) if (value) asked.set(key, value);
  return `${path}?${asked}`;
}

async function load() {
  if (!box || box.hasAttribute("data-later")) return;
  const shown = await showPart(box, addressOf(box.dataset.part));
  const held = box.querySelector("[data-held]");
  if (!shown || !held) return;
  await keepOnly(held.dataset.held.split(" ").filter(Boolean));
  navigator.serviceWorker?.register("/wallet/sw.js", { scope: "/wallet" }).catch(() => undefined);
}

function valuesOf(form) {
  const body = Object.fromEntries(new FormData(form));
  delete body.again;
  return body;
}

async function sendForm(form) {
  const said = form.querySelector("[data-said]");
  said?.replaceChildren();
  form.toggleAttribute("data-busy", true);
  try {
    const level = form.dataset.level ?? "device";
    await withUnlock(() => call("POST", `/wallet/api${form.dataset.api}`, { level, body: valuesOf(form) }));
    if (form.hasAttribute("data-forget")) await forgetPhone();
    if (form.dataset.done) location.assign(form.dataset.done);
    else await load();
  } catch (error) {
    if (error?.code === "proof-needed" && form.dataset.prove) location.assign(form.dataset.prove);
    else if (error?.code !== "cancelled" && !leaveFor(error)) tell(error, said);
  } finally {
    form.toggleAttribute("data-busy", false);
  }
}

async function download(form) {
  const said = form.querySelector("[data-said]");
  const wanted = new FormData(form).getAll("uscc");
  said.replaceChildren();
  form.toggleAttribute("data-busy", true);
  try {
    for (const uscc of wanted) {
      const body = { declaration: form.dataset.declaration };
      const path = `/wallet/api/licences/${uscc}/download`;
      const done = await withUnlock(() => call("POST", path, { level: "unlocked", body }));
      await keepFace({ ...done.licence, credential: done.credential });
    }
    await drop("chosen");
    location.assign(`/wallet#${wanted[0]}`);
  } catch (error) {
    if (error?.code !== "cancelled" && !leaveFor(error)) tell(error, said);
  } finally {
    form.toggleAttribute("data-busy", false);
  }
}

async function saveFile(link) {
  const answer = await request("GET", addressOf(link.dataset.save));
  const address = URL.createObjectURL(await answer.blob());
  const anchor = Object.assign(document.createElement("a"), { href: address, download: link.dataset.name });
  anchor.click();
  URL.revokeObjectURL(address);
}

function reveal(button) {
  const digits = button.closest(".zz-licence__code").querySelector("[data-masked]");
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  digits.querySelector("[data-mask]").hidden = open;
  digits.querySelector("[data-full]").hidden = !open;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-api], [data-download]")) event.preventDefault();
  if (form.matches("[data-api]")) sendForm(form);
  if (form.matches("[data-download]")) download(form);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal], [data-save], [data-dialog-open], [data-dialog-close]");
  if (!button) return;
  if (button.matches("[data-reveal]")) reveal(button);
  if (button.matches("[data-save]")) saveFile(button).catch((error) => tell(error, byId("said")));
  if (button.matches("[data-dialog-open]")) byId(button.dataset.dialogOpen).showModal();
  if (button.matches("[data-dialog-close]")) button.closest("dialog").close();
});
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-filter]")) load();
});
addEventListener("hashchange", load);
addEventListener("online", load);

const base = document.querySelector("[data-base]")?.dataset.base;
if (base && base !== location.origin) location.replace(base + location.pathname + location.search + location.hash);
else load();
