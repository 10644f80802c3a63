// The offline shell of the wallet: one page without anything personal, its styles and scripts. Everything else is asked
// from the network every time; nothing that holds personal data or a code is ever put here.

const CACHE = "zhizhao-wallet-shell-1";
const SHELL = "/wallet/offline";
const STATIC = /\/static\/[^"'()\s]+/g;

async function store(cache, address, seen) {
  if (seen.has(address)) return;
  seen.add(address);
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) return;
  await cache.put(address, answer.clone());
  if (!/html|javascript|css/.test(answer.headers.get("content-type") ?? "")) return;
  for (const [inner] of (await answer.text()).matchAll(STATIC)) await store(cache, inner, seen);
}

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => store(cache, SHELL, new Set())).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((n) => n !== CACHE).map((n) => caches.delete(n))));
  event.waitUntil(old.then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(SHELL)));
  else if (pathname.startsWith("/static/")) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
