// Check characters while a clerk types: the credit code (GB 32100, MOD 31) and the ID number (GB 11643, MOD 11-2).
// Only a help; the server checks again and says what is wrong. Bound by data-check="uscc" or "id".

const USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const plain = (text) => text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();

/** Say whether 18 characters are a credit code: weights 3^i mod 31. */
export function usccFits(code) {
  let sum = 0;
  let weight = 1;
  for (const sign of code.slice(0, 17)) {
    const value = USCC.indexOf(sign);
    if (value < 0) return false;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return USCC[(31 - (sum % 31)) % 31] === code[17];
}

/** Say whether 18 characters are an ID number: weights 2^(17-i) mod 11. */
export function idFits(number) {
  const sum = [...number.slice(0, 17)].reduce((total, digit, place) => total + Number(digit) * (2 ** (17 - place) % 11), 0);
  return "10X98765432"[sum % 11] === number[17];
}

const KINDS = {
  uscc: { whole: /^[0-9A-Z]{18}$/, needs: /[0-9]/, fits: usccFits },
  id: { whole: /^[0-9]{17}[0-9X]$/, needs: /[0-9]/, fits: idFits },
};

for (const field of document.querySelectorAll("[data-check]")) {
  const { whole, needs, fits } = KINDS[field.dataset.check];
  const line = Object.assign(document.createElement("p"), { className: "zz-hint zz-checkhint" });
  line.setAttribute("role", "status");
  field.after(line);
  field.addEventListener("input", () => {
    const text = plain(field.value);
    const ready = whole.test(text) && needs.test(text);
    const good = ready && fits(text);
    line.textContent = ready ? (good ? field.dataset.checkGood : field.dataset.checkBad) : "";
    line.classList.toggle("zz-bad", ready && !good);
  });
}
