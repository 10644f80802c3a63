// The counter desk: what is scanned, typed or seen by the camera becomes one request at a time; the answer replaces the
// stage and the book, and nothing else, so that a note someone is writing keeps its place and its text.

import { beep } from "./beep.js";
import { checksOut, digitsOf } from "./code24.js";
import { watchIdle } from "./idle.js";
import { bindKeys } from "./keys.js";
import { listen } from "./wedge.js";

const form = document.getElementById("scan");
const announcer = document.getElementById("announce");
const online = document.querySelector("[data-online]");
const foot = document.querySelector("[data-keys]");
const queue = [];
let busy = false;
let last = null;

const stage = () => document.getElementById("stage");
const note = () => document.getElementById("note");
const sound = (kind) => foot.dataset.sounds === "on" && beep(kind);

function announce(words) {
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = words; }, 20);
}

function toast(words) {
  document.querySelector(".zz-toast")?.remove();
  const box = Object.assign(document.createElement("div"), { className: "zz-toast", textContent: words });
  document.body.append(box);
  setTimeout(() => box.remove(), 2500);
  announce(words);
}

/** Put the answer's stage and book in place of the present ones, told once to screen readers. */
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const next = fresh.getElementById("stage");
  if (!next) return location.assign("/desk");
  const lost = stage().contains(document.activeElement);
  stage().replaceWith(next);
  const book = fresh.getElementById("recent");
  if (book) document.getElementById("recent").replaceWith(book);
  settle(lost);
}

function settle(lost) {
  const now = stage();
  const said = now.querySelector("[data-say]") ?? now;
  announce(said.dataset.say);
  if (lost) now.querySelector("h1")?.focus({ preventScroll: true });
  document.title = document.title.replace(/^[^·]*/, `${said.dataset.say.split("：")[0]} `);
  idle.restart(now.dataset.view !== "ready");
}

function showPanel(code) {
  const lost = stage().contains(document.activeElement);
  const panel = document.querySelector(`template[data-panel="${code}"]`).content.cloneNode(true);
  const now = stage();
  now.replaceChildren(panel);
  now.dataset.view = "problem";
  settle(lost);
  sound("problem");
}

function setOnline(is) {
  online.hidden = !is;
  document.querySelector("[data-online-lost]").hidden = is;
  if (is) document.dispatchEvent(new Event("served"));
}

async function send({ body }) {
  const answer = await fetch("/desk/scan", { method: "POST", headers: { "hx-request": "true" }, body });
  setOnline(true);
  if (answer.status === 401 || answer.status === 403) return showPanel("session-ended");
  if (!answer.ok) return showPanel("internal");
  show(await answer.text());
  const { view } = stage().dataset;
  sound({ accepted: "accepted", refused: "refused" }[view] ?? "problem");
}

/** Send scans one after the other; a lost answer is asked for once more with the same key, which changes nothing. */
async function work() {
  if (busy || !queue.length) return;
  busy = true;
  last = queue.shift();
  document.body.classList.add("zz-busy");
  try {
    await send(last).catch(() => send(last));
  } catch {
    setOnline(false);
    showPanel("network");
  }
  document.body.classList.remove("zz-busy");
  busy = false;
  work();
}

function scan(code) {
  const body = new URLSearchParams(new FormData(form));
  body.set("code", code);
  body.set("note", note().value);
  body.set("key", crypto.randomUUID());
  queue.push({ code, body });
  work();
}

function hint(reason) {
  const words = document.querySelector(`[data-hint-text="${reason}"]`)?.innerHTML;
  const box = stage().querySelector("[data-hint]");
  if (!words || !box) return;
  box.querySelector("[data-hint-words]").textContent = words;
  box.hidden = false;
  announce(words);
}

async function next() {
  queue.length = 0;
  last = null;
  note().value = "";
  if (stage().dataset.view === "ready") return;
  try {
    const answer = await fetch("/desk", { headers: { "hx-request": "true" } });
    if (!answer.ok) return location.assign("/desk");
    if (location.pathname !== "/desk") history.replaceState(null, "", "/desk");
    show(await answer.text());
    sound("ready");
  } catch {
    location.assign("/desk");
  }
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  await navigator.clipboard.writeText(text).catch(() => {});
  for (const other of document.querySelectorAll(".zz-copy.zz-done")) other.classList.remove("zz-done");
  button.classList.add("zz-done");
  toast(button.dataset.copied);
}

function openDialog(link) {
  const dialog = document.getElementById(link.dataset.dialog);
  dialog.close();
  dialog.showModal();
  dialog.querySelector("input:not([type=hidden])")?.focus();
}

const acts = [
  ["[data-copy]", copy],
  ["[data-next]", next],
  ["[data-again]", next],
  ["[data-retry]", () => { queue.unshift(last); work(); }],
  ["[data-dialog]", openDialog],
  ["[data-dialog-close]", (link) => link.closest("dialog").close()],
];

document.addEventListener("click", (event) => {
  for (const [which, act] of acts) {
    const found = event.target.closest?.(which);
    if (!found || event.ctrlKey || event.metaKey) continue;
    event.preventDefault();
    return act(found);
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.querySelector("[data-manual]");
  scan(digitsOf(field?.value ?? ""));
});

document.addEventListener("scanned", (event) => {
  const code = digitsOf(event.detail.text);
  if (!checksOut(code)) return;
  event.preventDefault();
  scan(code);
});

const idle = watchIdle({ onEnd: next, announce });
listen({ onCode: scan, onBad: (reason) => (reason === "no-enter" ? hint(reason) : scan("")) });
bindKeys({ isOn: () => foot.dataset.keys === "on", stage });
addEventListener("offline", () => setOnline(false));
addEventListener("online", () => setOnline(true));
for (const dialog of document.querySelectorAll("dialog[open]")) { dialog.close(); dialog.showModal(); }
idle.restart(stage().dataset.view !== "ready");
