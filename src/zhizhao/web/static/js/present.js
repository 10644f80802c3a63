// 出示: one code at a time on the plate, renewed a little before its end, followed until somebody redeems it; paused
// while the page is hidden.

import { call, fragment, request } from "./wallet-call.js";
import { asRefusal, hashed, leaveFor, place, showPart, tell, withUnlock } from "./wallet-page.js";

const box = document.querySelector("[data-present]");
const EARLY_SECONDS = 6; // the old code lives on while the new one is shown
const POLL_MS = 2000;
const MODULES = 187; // Code 128-C of 24 digits with both quiet zones
const still = matchMedia("(prefers-reduced-motion: reduce)");
let following = new Map(); // ticket → AbortController
let timers = [];
let awake = null;
let turn = 0;

// Bars on whole device pixels: as many to a module as the plate is wide (UX.md §7).
function fitBars() {
  const bars = box.querySelector(".zz-bars");
  const plate = bars?.closest(".zz-codeplate");
  if (!plate) return;
  const ratio = devicePixelRatio;
  const k = Math.max(1, Math.floor((plate.clientWidth * ratio + 0.01) / MODULES));
  const width = (MODULES * k) / ratio;
  bars.style.width = `${width}px`;
  bars.style.transform = "none";
  const left = bars.getBoundingClientRect().left * ratio;
  bars.style.transform = `translateX(${(Math.round(left) - left) / ratio}px)`;
  plate.querySelector(".zz-fours").style.width = `${(width * 167) / MODULES + 16}px`;
  plate.dataset.modulePixels = String(k);
}

function stop() {
  turn += 1;
  for (const control of following.values()) control.abort();
  following = new Map();
  for (const timer of timers) clearTimeout(timer);
  timers = [];
}

function tick(plate, endsAt, whole) {
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  const ring = plate.querySelector("[data-ring]");
  ring.querySelector("text").textContent = String(left);
  ring.setAttribute("aria-label", ring.dataset.label.replace("%s", String(left)));
  if (!still.matches) ring.querySelector(".zz-ring__run").setAttribute("stroke-dasharray", `${(60 * left) / whole} 60`);
  if (left > 0) timers.push(setTimeout(tick, 500, plate, endsAt, whole));
}

async function spent(record) {
  stop();
  releaseScreen();
  box.dataset.state = "spent";
  await showPart(box, `/wallet/part/record?id=${record.id}&fresh=1`);
}

async function read(stream, mine) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done || mine !== turn) return null;
    text += value;
    const events = text.split(/\r?\n\r?\n/);
    text = events.pop();
    for (const event of events) {
      const data = event.split(/\r?\n/).filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (data) {
        const news = JSON.parse(data);
        if (news.state !== "waiting") return news;
      }
    }
  }
}

async function follow(ticket, mine) {
  const control = new AbortController();
  following.set(ticket, control);
  for (;;) {
    let news = null;
    try {
      const answer = await request("GET", `/wallet/api/tickets/${ticket}/events`, { signal: control.signal });
      news = await read(answer.body, mine);
    } catch {
      news = null; // the line broke: ask again below
    }
    if (mine !== turn) return;
    news ??= await call("GET", `/wallet/api/tickets/${ticket}`).catch(() => null);
    if (mine !== turn) return;
    if (news?.state === "redeemed") return spent(news.record);
    if (news?.state === "expired") return following.delete(ticket);
    await new Promise((resolve) => timers.push(setTimeout(resolve, POLL_MS)));
  }
}

async function show() {
  const mine = turn;
  try {
    const body = { uscc: hashed() };
    const nodes = await withUnlock(() => fragment("POST", "/wallet/part/show", { level: "unlocked", body }));
    if (mine !== turn || document.hidden) return;
    const plate = nodes.querySelector("[data-ticket]");
    const { ticket, seconds } = plate.dataset;
    place(nodes, box);
    fitBars();
    const whole = Number(seconds) - EARLY_SECONDS;
    tick(plate, performance.now() + whole * 1000, whole);
    timers.push(setTimeout(show, whole * 1000));
    follow(ticket, mine);
    keepScreenOn();
  } catch (error) {
    if (mine !== turn) return;
    const refusal = asRefusal(error);
    if (refusal.code === "cancelled") return location.replace("/wallet");
    if (!leaveFor(refusal)) tell(refusal, box);
    if (refusal.code === "offline") timers.push(setTimeout(show, POLL_MS));
  }
}

async function keepScreenOn() {
  awake ??= (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  for (const chip of box.querySelectorAll("[data-awake]")) chip.hidden = !awake;
}

function releaseScreen() {
  awake?.release();
  awake = null;
}

function pause() {
  if (box.dataset.state === "spent") return;
  box.dataset.waiting = [...following.keys()].join(" ");
  stop();
  releaseScreen();
  const cover = document.getElementById("paused").content.cloneNode(true);
  const plate = box.querySelector(".zz-codeplate");
  plate?.removeAttribute("data-ticket");
  plate?.replaceChildren(cover);
  box.dataset.state = "paused";
}

// What was scanned while the page was hidden is told first.
async function resume() {
  if (box.dataset.state !== "paused") return;
  for (const ticket of box.dataset.waiting.split(" ").filter(Boolean)) {
    const news = await call("GET", `/wallet/api/tickets/${ticket}`).catch(() => null);
    if (news?.state === "redeemed") return spent(news.record);
  }
  show();
}

document.addEventListener("visibilitychange", () => (document.hidden ? pause() : resume()));
addEventListener("pagehide", pause);
addEventListener("resize", fitBars);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-renew]")) return;
  const kept = following;
  for (const timer of timers) clearTimeout(timer);
  timers = [];
  following = kept;
  show();
});
show();
