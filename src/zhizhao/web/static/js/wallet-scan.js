// 扫一扫: acts on addresses of our own with a known path and nothing else; anything else is shown as plain text.

import { byId } from "./wallet-page.js";

const KNOWN = [/^\/d\/[\w-]{1,64}$/, /^\/v\/[\w-]{1,64}$/, /^\/wallet\/enrol$/];
const base = document.querySelector("[data-base]").dataset.base;

function ours(text) {
  try {
    const address = new URL(text);
    return address.origin === base && KNOWN.some((path) => path.test(address.pathname)) ? address : null;
  } catch {
    return null;
  }
}

byId("scanner").addEventListener("scanned", (event) => {
  event.preventDefault();
  const address = ours(event.detail.text);
  if (address) return location.assign(address.href);
  const panel = document.querySelector("[data-foreign]");
  panel.querySelector("[data-text]").textContent = event.detail.text.slice(0, 500);
  panel.hidden = false;
});
