// What every page of the wallet does: fetch its personal part, say refusals in words, ask for the PIN, leave for the
// page that helps.

import { Refusal, call, fragment, keepToken } from "./wallet-call.js";

const HELP = {
  "device-unknown": "/wallet/enrol",
  "device-frozen": "/wallet/stopped?why=frozen",
  "device-retired": "/wallet/stopped?why=retired",
  "device-revoked": "/wallet/stopped?why=revoked",
};
export const byId = (id) => document.getElementById(id);
export const hashed = () => decodeURIComponent(location.hash.slice(1));

/** Go to the page that helps with this refusal; say whether there is one. */
export function leaveFor(refusal) {
  const page = HELP[refusal?.code];
  if (page) location.replace(page);
  return Boolean(page);
}

/** Turn whatever was thrown into a Refusal; a request that found no server is `offline`. */
export function asRefusal(error) {
  if (error instanceof Refusal) return error;
  if (error instanceof TypeError && !navigator.onLine) return new Refusal({ code: "offline" }, 0);
  if (error?.name === "TypeError" || error?.name === "NetworkError") return new Refusal({ code: "offline" }, 0);
  throw error;
}

/** Say a refusal in a box, with its words, its next step and the number of the request; move the focus there. */
export function tell(error, box) {
  const refusal = asRefusal(error);
  const panel = byId(refusal.code === "offline" ? "offline-problem" : "problem").content.cloneNode(true).firstElementChild;
  panel.dataset.problem = refusal.code;
  if (refusal.code !== "offline") {
    panel.querySelector("[data-title]").textContent = refusal.title;
    panel.querySelector("[data-detail]").textContent = refusal.detail;
    panel.querySelector("[data-request]").textContent = refusal.request_id;
  }
  for (const help of panel.querySelectorAll("[data-for]")) help.hidden = !help.dataset.for.split(" ").includes(refusal.code);
  box.replaceChildren(panel);
  panel.tabIndex = -1;
  panel.focus();
}

/** Ask for the PIN; resolves when the phone is unlocked, rejects with `cancelled`. */
export function askPin() {
  const dialog = byId("unlock");
  const form = dialog.querySelector("form");
  const said = form.querySelector("[data-said]");
  return new Promise((resolve, reject) => {
    form.reset();
    said.replaceChildren();
    form.onsubmit = async (event) => {
      event.preventDefault();
      form.toggleAttribute("data-busy", true);
      try {
        keepToken(await call("POST", "/wallet/api/unlock", { level: null, body: { pin: form.elements.pin.value } }));
        dialog.onclose = null;
        dialog.close();
        resolve();
      } catch (error) {
        form.reset();
        if (!leaveFor(error)) tell(error, said);
      } finally {
        form.toggleAttribute("data-busy", false);
      }
    };
    dialog.onclose = () => reject(new Refusal({ code: "cancelled" }, 0));
    dialog.showModal();
    form.elements.pin.focus();
  });
}

/** Do something that needs the unlock; ask for the PIN as often as it is refused for want of it. */
export async function withUnlock(act) {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (error?.code !== "unlock-needed") throw error;
      await askPin();
    }
  }
}

/** Put a fragment into the page: its main part, and its actions below the scrolling part. */
export function place(nodes, box) {
  const actions = byId("actions");
  const row = nodes.querySelector("[data-slot=actions]");
  actions.replaceChildren(...(row?.childNodes ?? []));
  actions.hidden = !row;
  row?.remove();
  box.replaceChildren(nodes);
  box.dataset.state = "ready";
}

/** Fetch the part of a page and show it; what cannot be shown is said. */
export async function showPart(box, address = box.dataset.part) {
  box.dataset.state = "loading";
  try {
    place(await fragment("GET", address), box);
    return true;
  } catch (error) {
    const refusal = asRefusal(error);
    if (leaveFor(refusal)) return false;
    if (refusal.code === "offline") {
      const { showOffline } = await import("./wallet-offline.js");
      await showOffline(box);
    } else {
      tell(refusal, box);
    }
    box.dataset.state = "refused";
    return false;
  }
}
