// Without a network: the stored faces, each marked 离线 · 不可核验, and never a code (UX.md §7).

import { allFaces } from "./device-key.js";

const byId = (id) => document.getElementById(id);

function line(label, text) {
  const row = document.createElement("div");
  const dt = Object.assign(document.createElement("dt"), { textContent: label });
  const dd = Object.assign(document.createElement("dd"), { textContent: text });
  row.append(dt, dd);
  return row;
}

function faceOf(face) {
  const card = byId("offline-face").content.cloneNode(true);
  card.querySelector("[data-name]").textContent = face.name;
  card.querySelector("[data-uscc]").replaceChildren(...face.uscc.match(/.{1,4}/g).map((four) => {
    return Object.assign(document.createElement("span"), { textContent: four });
  }));
  card.querySelector("[data-registrar]").textContent = face.registrar;
  card.querySelector("[data-since]").textContent = face.downloaded_at.slice(0, 10);
  card.querySelector("[data-facts]").append(...face.face.map((item) => line(item.label, item.text)));
  return card;
}

/** Show what is stored on this phone. */
export async function showOffline(box) {
  const faces = await allFaces();
  const page = byId("offline-page").content.cloneNode(true);
  page.querySelector("[data-none]").hidden = faces.length > 0;
  page.querySelector("[data-faces]").append(...faces.map(faceOf));
  byId("actions").hidden = true;
  box.replaceChildren(page);
  box.dataset.state = "offline";
}
