// Requests of this phone: a DPoP proof (RFC 9449) for each, tokens bound to the key, one retry where retrying is right.

import { currentKey } from "./device-key.js";

const coder = new TextEncoder();
const SKEW = "zz-clock-skew";
const TOKENS = { device: "zz-token-device", unlocked: "zz-token-unlocked" };
const EARLY_MS = 5000; // a token about to end is not used any more

function b64(bytes) {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const segment = (value) => b64(coder.encode(JSON.stringify(value)));
const skew = () => Number(sessionStorage.getItem(SKEW) ?? 0);

/** What the server refused, in its words. */
export class Refusal extends Error {
  constructor(problem, status) {
    super(problem.code);
    Object.assign(this, { code: "internal", title: "", detail: "", request_id: "" }, problem, { status });
  }
}

async function proof(pair, method, path, token) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const claims = {
    jti: b64(crypto.getRandomValues(new Uint8Array(16))),
    htm: method,
    htu: location.origin + path,
    iat: Math.floor((Date.now() + skew()) / 1000),
  };
  if (token) claims.ath = b64(await crypto.subtle.digest("SHA-256", coder.encode(token)));
  const signed = `${segment({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })}.${segment(claims)}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, coder.encode(signed));
  return `${signed}.${b64(signature)}`;
}

function keptToken(level) {
  const kept = JSON.parse(sessionStorage.getItem(TOKENS[level]) ?? "null");
  return kept && kept.until > Date.now() ? kept.token : null;
}

export function keepToken({ access_token: token, expires_in: seconds, scope }) {
  sessionStorage.setItem(TOKENS[scope], JSON.stringify({ token, until: Date.now() + seconds * 1000 - EARLY_MS }));
}

export function lock() {
  sessionStorage.removeItem(TOKENS.unlocked);
}

export const isUnlocked = () => keptToken("unlocked") !== null;

async function tokenFor(level) {
  const kept = keptToken("unlocked") ?? (level === "device" ? keptToken("device") : null);
  if (kept) return kept;
  if (level === "unlocked") throw new Refusal({ code: "unlock-needed" }, 403);
  const fresh = await call("POST", "/wallet/api/token", { level: null });
  keepToken(fresh);
  return fresh.access_token;
}

function target(path) {
  const [plain, query = ""] = path.split("?");
  const asked = new URLSearchParams(query);
  asked.set("lang", document.documentElement.lang);
  asked.set("size", document.documentElement.dataset.size ?? "standard");
  return { plain, full: `${plain}?${asked}` };
}

async function send(method, path, { body, level, signal }) {
  const pair = await currentKey();
  if (!pair) throw new Refusal({ code: "device-unknown" }, 401);
  const token = level ? await tokenFor(level) : null;
  const { plain, full } = target(path);
  const headers = { accept: "application/problem+json", dpop: await proof(pair, method, plain, token) };
  if (token) headers.authorization = `DPoP ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  return fetch(full, {
    method, headers, signal, cache: "no-store", credentials: "omit", body: body === undefined ? undefined : JSON.stringify(body),
  });
}

function learnTime(answer) {
  const theirs = Date.parse(answer.headers.get("date") ?? "");
  if (theirs) sessionStorage.setItem(SKEW, String(theirs - Date.now()));
}

/** Send one request; return the answer or throw a Refusal. A wrong clock and an old token are put right once. */
export async function request(method, path, options = {}) {
  const wanted = { level: "device", ...options };
  for (let turn = 0; ; turn += 1) {
    const answer = await send(method, path, wanted);
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    const mendable = { "dpop-out-of-time": () => learnTime(answer), "wallet-token-refused": forgetTokens }[problem.code];
    if (!mendable || turn > 0) throw new Refusal({ ...problem, retry_after: Number(answer.headers.get("retry-after")) }, answer.status);
    mendable();
  }
}

function forgetTokens() {
  for (const name of Object.values(TOKENS)) sessionStorage.removeItem(name);
}

/** Send JSON, return JSON; null for an empty answer. */
export async function call(method, path, options) {
  const answer = await request(method, path, options);
  return answer.status === 204 ? null : answer.json();
}

/** Fetch a fragment as nodes. */
export async function fragment(method, path, options) {
  const text = await (await request(method, path, options)).text();
  return document.createRange().createContextualFragment(text);
}
