// The scanner gun as a keyboard (UX.md §9): the tail and the check digits decide, never the speed of the keys.
//
// Every key is kept; at Enter or Tab the last 24 digits are tested. A pause of 400 ms starts anew. The focus does not
// matter: each key remembers how the focused field stood before it, so the scanned digits are taken out again and the
// rest stays. With an input method on, `key` says Process and `code` still names the key.

import { LENGTH, checksOut } from "./code24.js";

const IDLE_MS = 400;
const SAME_CODE_MS = 3000;
const TRAILER_MS = 150; // some guns send CR and LF, or CR and Tab: the second one must not press a button
const GUN_MS = 35; // only for wording: keys this fast were no hand, so a code that does not fit is told
const LEAST_CUT = 12;
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "NumLock", "AltGraph", "Fn"]);

/** Return the digit that a key event means, by the place of the key where the layout or an input method hides it. */
export function digitOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  const byPlace = /^(?:Digit|Numpad)([0-9])$/.exec(event.code || "");
  if (byPlace) return byPlace[1];
  return /^[0-9\uff10-\uff19]$/.test(event.key) ? event.key.normalize("NFKC") : "";
}

/** Say whether a key ends a scan. */
export function isEnd(event) {
  const hidden = event.key === "Process" || event.keyCode === 229;
  const name = hidden ? event.code : event.key;
  return name === "Enter" || name === "Tab" || name === "NumpadEnter";
}

function standing(field) {
  if (!field || !("value" in field) || field.tagName === "BUTTON") return null;
  let caret = null;
  try {
    caret = field.selectionStart === null ? null : [field.selectionStart, field.selectionEnd];
  } catch { /* fields without a caret, such as number */ }
  return { field, value: field.value, caret };
}

function restore(before) {
  if (!before || !before.field.isConnected || before.field.value === before.value) return;
  before.field.value = before.value;
  if (before.caret) before.field.setSelectionRange(...before.caret);
  before.field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Listen for scans. `onCode(code)` gets good codes; `onBad(reason)` hears of `cut`, `check` and `no-enter` from a gun.
 * Returns a function that stops listening.
 */
export function listen({ onCode, onBad = () => {}, onKey = () => {} }) {
  let keys = [];
  let last = { code: "", at: -Infinity };
  let endedAt = -Infinity;
  let quiet = 0;

  function tail() {
    let start = keys.length;
    while (start > 0 && keys[start - 1].digit) start -= 1;
    return keys.slice(start);
  }

  function take(digits, event) {
    const scanned = digits.slice(-LENGTH);
    const code = scanned.map((key) => key.digit).join("");
    if (!checksOut(code)) return tellBad(digits, event);
    swallow(event);
    restore(scanned[0].before);
    const repeated = code === last.code && event.timeStamp - last.at < SAME_CODE_MS;
    last = { code, at: event.timeStamp };
    if (!repeated) onCode(code);
  }

  function tellBad(digits, event) {
    const fast = digits.length > 1 && (digits.at(-1).at - digits[0].at) / (digits.length - 1) < GUN_MS;
    if (digits.length < LEAST_CUT || !fast) return;
    swallow(event);
    restore(digits[0].before);
    onBad(digits.length < LENGTH ? "cut" : "check");
  }

  function swallow(event) {
    event.preventDefault();
    event.stopPropagation();
    endedAt = event.timeStamp;
  }

  function heard(event) {
    if (event.repeat || MODIFIERS.has(event.key)) return;
    onKey(event);
    clearTimeout(quiet);
    if (keys.length && event.timeStamp - keys.at(-1).at > IDLE_MS) keys = [];
    if (isEnd(event)) {
      const digits = tail();
      keys = [];
      if (digits.length) take(digits, event);
      else if (event.timeStamp - endedAt < TRAILER_MS) swallow(event);
      return;
    }
    const isLineFeed = event.ctrlKey && (event.key === "j" || event.key === "m");
    if (isLineFeed && event.timeStamp - endedAt < TRAILER_MS) return swallow(event);
    keys.push({ digit: digitOf(event), at: event.timeStamp, before: standing(document.activeElement) });
    if (keys.length > 256) keys = keys.slice(-128);
    quiet = setTimeout(() => {
      if (checksOut(tail().slice(-LENGTH).map((key) => key.digit).join(""))) onBad("no-enter");
    }, IDLE_MS);
  }

  document.addEventListener("keydown", heard, true);
  return () => {
    clearTimeout(quiet);
    document.removeEventListener("keydown", heard, true);
  };
}
