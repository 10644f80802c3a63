// The self-test of a scanner gun: shows what arrives from the keyboard and says in words what is wrong with it.
// It reads everything that comes within one burst and judges 400 ms after the last key.

import { digitOf, isEnd } from "./wedge.js";

const QUIET_MS = 400;
const box = document.querySelector("[data-selftest]");
const wanted = box.dataset.selftest;
const raw = box.querySelector("[data-raw]");
let keys = [];
let timer = 0;

/** Name the finding of one burst: good, no-enter, cut, doubled, letters, input-method, other. */
export function judge(heard, code) {
  const ended = heard.some((key) => key.end);
  const digits = heard.map((key) => key.digit).join("");
  const shown = heard.filter((key) => !key.end);
  if (shown.some((key) => key.hidden)) return digits === code ? "input-method" : "input-method-bad";
  if (shown.some((key) => key.digit && key.key !== key.digit && !/^[\uff10-\uff19]$/.test(key.key))) return "letters";
  if (digits === code) return ended ? "good" : "no-enter";
  if (digits.length > code.length && digits.includes(code)) return "doubled";
  if (/^(.)\1(?:(.)\2)*$/.test(digits) && digits.replace(/(.)\1/g, "$1") === code) return "doubled";
  if (digits.length && digits.length < code.length) return "cut";
  return "other";
}

function tell() {
  const finding = judge(keys, wanted);
  const good = finding === "good" || finding === "input-method";
  box.dataset.finding = good ? "good" : "bad";
  for (const text of box.querySelectorAll("[data-finding-text]")) {
    text.hidden = !text.dataset.findingText.split(" ").includes(finding);
  }
  const digits = keys.map((key) => (key.end ? "⏎" : key.digit || "?")).join("");
  const times = keys.slice(1).map((key, place) => key.at - keys[place].at);
  const mean = times.length ? Math.round(times.reduce((sum, time) => sum + time, 0) / times.length) : 0;
  raw.textContent = `${digits}（${keys.length} · ${mean} ms）`;
  keys = [];
}

document.addEventListener("keydown", (event) => {
  if (["Shift", "Control", "Alt", "Meta", "CapsLock", "NumLock"].includes(event.key) || event.ctrlKey || event.altKey) return;
  if (!keys.length && !digitOf(event) && event.key.length !== 1 && event.key !== "Process") return;
  const hidden = event.key === "Process" || event.keyCode === 229;
  keys.push({ key: event.key, digit: digitOf(event), end: isEnd(event), hidden, at: event.timeStamp });
  if (digitOf(event) || isEnd(event)) event.preventDefault();
  clearTimeout(timer);
  timer = setTimeout(() => (keys.length >= 4 ? tell() : (keys = [])), QUIET_MS);
}, true);
