// The way in: a slip or a real-name check, then a PIN; also the way back after loss, a forgotten PIN or a freeze.

import { ensureKey, forgetPhone, keep, recall } from "./device-key.js";
import { call, keepToken } from "./wallet-call.js";
import { byId, hashed, tell } from "./wallet-page.js";
import "./pin-form.js";

const root = document.querySelector("[data-prove]");
const purpose = root.dataset.prove; // enrol · pin · revive · licence · refresh
const PROOF = `zz-proof-${purpose}`;

function go(step) {
  for (const section of root.querySelectorAll("[data-step]")) section.hidden = section.dataset.step !== step;
  root.dataset.at = step;
  for (const [place, item] of root.querySelectorAll(".zz-steps li").entries()) {
    const here = { way: 0, slip: 1, name: 1, pin: 2 }[step] ?? 3;
    item.toggleAttribute("aria-current", false);
    item.classList.toggle("zz-done", place < here);
    if (place === here) item.setAttribute("aria-current", "step");
  }
  const section = root.querySelector(`[data-step="${step}"]`);
  section.querySelector("input:not([type=hidden])")?.focus();
}

// An ended device leaves its key behind: a new beginning gets a new one.
async function readyKey() {
  const known = await recall("enrolled");
  await ensureKey();
  if (purpose !== "enrol" || !known) return true;
  try {
    await call("POST", "/wallet/api/token", { level: null });
    location.replace("/wallet");
    return false;
  } catch (error) {
    if (["device-retired", "device-revoked"].includes(error.code)) await forgetPhone();
    await ensureKey();
    return true;
  }
}

async function prove(form) {
  const pins = root.querySelector("[data-pins]");
  if (pins) pins.dataset.number = form.elements.id_number.value;
  const body = { kind: form.dataset.claim, ...Object.fromEntries(new FormData(form)) };
  const { proof } = await call("POST", "/wallet/api/proofs", { level: null, body });
  sessionStorage.setItem(PROOF, proof);
  if (purpose === "enrol" || purpose === "pin") return go("pin");
  const path = purpose === "licence" ? `/wallet/api/licences/${hashed()}/unfreeze` : "/wallet/api/devices/revive";
  await call("POST", path, { level: purpose === "licence" ? "device" : null, body: { proof } });
  return done();
}

function done() {
  sessionStorage.removeItem(PROOF);
  location.assign(root.dataset.done + (purpose === "licence" ? location.hash : ""));
}

async function setPin(form) {
  const proof = sessionStorage.getItem(PROOF);
  const pin = form.elements.pin.value;
  if (purpose === "pin") {
    await call("POST", "/wallet/api/pin/reset", { level: null, body: { proof, pin } });
    keepToken(await call("POST", "/wallet/api/unlock", { level: null, body: { pin } }));
  } else {
    keepToken((await call("POST", "/wallet/api/devices", { level: null, body: { proof, pin, label: labelOf() } })).token);
    await keep("enrolled", true);
  }
  done();
}

function labelOf() {
  const kinds = [["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows"], ["Mac", "Mac"]];
  const found = kinds.find(([word]) => navigator.userAgent.includes(word));
  return found ? `${root.dataset.label} · ${found[1]}` : root.dataset.label;
}

async function submit(form) {
  const said = form.querySelector("[data-said]");
  said.replaceChildren();
  form.toggleAttribute("data-busy", true);
  try {
    await (form.matches("[data-pins]") ? setPin(form) : prove(form));
  } catch (error) {
    tell(error, said);
    if (error.code === "proof-needed") go("way");
  } finally {
    form.toggleAttribute("data-busy", false);
  }
}

function takeSlip(text) {
  const code = text.includes("#") ? decodeURIComponent(text.split("#").pop()) : text;
  if (!/^[2-9A-HJKMNP-Z-]{12,14}$/i.test(code)) return false;
  root.querySelector("[data-claim=slip]").elements.slip.value = code;
  go("slip");
  root.querySelector("[data-claim=slip]").elements.id_number.focus();
  return true;
}

// the scanner comes with the first tap on it
document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-scanner-open]");
  if (!opener || opener.dataset.loaded) return;
  for (const button of document.querySelectorAll("[data-scanner-open]")) button.dataset.loaded = "yes";
  await import("./scanner.js");
  opener.click();
});
root.addEventListener("click", (event) => {
  const step = event.target.closest("[data-go]")?.dataset.go;
  if (step) go(step);
});
root.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(event.target);
});
byId("scanner").addEventListener("scanned", (event) => {
  if (!takeSlip(event.detail.text)) return;
  event.preventDefault();
  // a closing dialog gives the focus back to its opener; the next field is better
  byId("scanner").addEventListener("close", () => setTimeout(() => byId("f-id_number").focus()), { once: true });
});

if (await readyKey()) {
  if (purpose !== "licence" && hashed() && takeSlip(hashed())) history.replaceState(null, "", location.pathname + location.search);
  else go(sessionStorage.getItem(PROOF) && (purpose === "enrol" || purpose === "pin") ? "pin" : "way");
}
