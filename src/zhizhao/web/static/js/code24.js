// The 24 digits of a presentation code: 2 kind, 20 random, 2 check (ISO/IEC 7064 MOD 97-10; INTERFACES.md §3).
// The server tests the same again; this only keeps a reading error from becoming a request.

export const LENGTH = 24;

/** Say whether the text is 24 digits whose check digits fit: `98 - n·100 mod 97`. */
export function checksOut(text) {
  if (!/^[0-9]{24}$/.test(text)) return false;
  let rest = 0;
  for (const digit of text.slice(0, 22)) rest = (rest * 10 + Number(digit)) % 97;
  return (98 - ((rest * 100) % 97)) === Number(text.slice(22));
}

/** Return the digits of a typed or read text: blanks and hyphens dropped, full-width digits made plain. */
export function digitsOf(text) {
  return text.normalize("NFKC").replace(/[\s\u200b\ufeff-]+/g, "");
}
