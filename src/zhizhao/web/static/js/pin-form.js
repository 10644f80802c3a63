// Two entries of a new PIN: says while typing which rule is broken, and holds a form back that cannot succeed.
// The server decides: wallet/pin.py holds the same rules and a longer list.

const COMMON = ["112233", "121314", "123123", "147258", "147369", "159357", "168168", "520131", "520520", "789456"];

function isSequence(pin) {
  const steps = new Set([...pin].slice(1).map((digit, place) => (10 + Number(digit) - Number(pin[place])) % 10));
  return steps.size === 1 && (steps.has(1) || steps.has(9));
}

const isRepeated = (pin) => new Set(pin).size < 3 || pin.slice(0, 2).repeat(3) === pin || pin.slice(0, 3).repeat(2) === pin;

function birthdays(number) {
  const born = /^\d{6}(\d{2})(\d{2})(\d{2})(\d{2})\d{3}[\dX]$/i.exec(number.replaceAll(/[\s-]/g, ""));
  if (!born) return [];
  const [, century, year, month, day] = born;
  return [year + month + day, day + month + year, month + day + year, century + year + month, month + century + year];
}

/** Return the rule that a PIN breaks, or an empty text. */
export function pinFault(pin, number = "") {
  if (!/^\d{6}$/.test(pin)) return "not_six_digits";
  if (isRepeated(pin)) return "repeated";
  if (isSequence(pin)) return "sequence";
  if (COMMON.includes(pin)) return "common";
  if (birthdays(number).includes(pin)) return "birthday";
  return number.includes(pin) ? "document" : "";
}

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
