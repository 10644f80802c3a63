// Says before a session ends for want of use, and keeps it with one action (WCAG 2.2.1). Times come from the page; every
// answer of the server begins them anew (`served`).

const WARNED_MS = 120_000;
const box = document.querySelector("[data-session]");
let timer = 0;

function restart() {
  clearTimeout(timer);
  box.hidden = true;
  timer = setTimeout(warn, Number(box.dataset.session) * 1000 - WARNED_MS);
}

function warn() {
  box.hidden = false;
  timer = setTimeout(() => location.reload(), WARNED_MS + 1000);
}

async function stay() {
  const answer = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) restart();
  else location.reload();
}

if (box) {
  box.querySelector("[data-session-stay]").addEventListener("click", stay);
  document.addEventListener("served", restart);
  restart();
}
