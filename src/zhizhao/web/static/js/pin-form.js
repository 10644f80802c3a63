// Two entries of a new PIN: says while typing which rule is broken, and holds a form back that cannot succeed.

import { pinFault } from "./pin-rules.js";

function check(form) {
  const pin = form.elements.pin.value;
  const again = form.elements.again.value;
  const fault = pin.length < 6 ? "" : pinFault(pin, form.dataset.number);
  const differ = again.length >= 6 && again !== pin;
  for (const text of form.querySelectorAll("[data-fault]")) text.hidden = text.dataset.fault !== (fault || (differ ? "differ" : ""));
  const good = pin.length === 6 && !fault;
  form.querySelector("[data-good]").hidden = !good;
  return good && again === pin;
}

function hold(event) {
  const form = event.target;
  if (!form.matches("[data-pins]") || check(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const short = form.elements.pin.value.length < 6;
  const shown = form.querySelector("[data-fault]:not([hidden])") ?? form.querySelector(`[data-fault=${short ? "not_six_digits" : "differ"}]`);
  shown.hidden = false;
  form.elements[shown.dataset.fault === "differ" ? "again" : "pin"].focus();
}

document.addEventListener("input", (event) => event.target.form?.matches("[data-pins]") && check(event.target.form));
document.addEventListener("submit", hold, { capture: true });
