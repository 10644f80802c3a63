// The rules of a PIN, said while it is typed; the server decides (wallet/pin.py holds the same rules and a longer list).

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
