// The camera as a scanner, in a <dialog data-scanner>. Opened by [data-scanner-open]; nothing is loaded and nothing is
// asked before that. What is read is told by a cancelable `scanned` event on the dialog: who takes it calls
// `preventDefault()`, and the dialog closes; otherwise it says that this is no code of ours and goes on.

import { openDecoder } from "./decoder.js";

const PAUSE_MS = 80; // 10–15 pictures a second
const LONGEST_SIDE = 1600;

function startScanner(dialog) {
  const video = dialog.querySelector("video");
  const torch = dialog.querySelector("[data-scanner-torch]");
  const swap = dialog.querySelector("[data-scanner-swap]");
  const photo = dialog.querySelector("[data-scanner-photo]");
  const { worker, reader, wasm } = dialog.dataset;
  let stream = null;
  let decoder = null;
  let timer = 0;
  let camera = null;
  let run = 0;

  function say(name) {
    for (const text of dialog.querySelectorAll("[data-scanner-text]")) text.hidden = text.dataset.scannerText !== name;
    dialog.dataset.state = name;
  }

  function stopCamera() {
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    torch.hidden = true;
  }

  function stopAll() {
    run += 1;
    stopCamera();
    decoder?.stop();
    decoder = null;
  }

  function whyNot(error) {
    if (!window.isSecureContext || !navigator.mediaDevices) return "insecure";
    const names = { NotAllowedError: "refused", SecurityError: "refused", NotReadableError: "busy", AbortError: "busy" };
    return names[error?.name] ?? "none";
  }

  async function start() {
    const mine = (run += 1);
    stopCamera();
    say("asking");
    try {
      const wanted = camera ? { deviceId: { exact: camera } } : { facingMode: "environment" };
      const got = await navigator.mediaDevices.getUserMedia({
        video: { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false,
      });
      if (mine !== run || !dialog.open) return got.getTracks().forEach((track) => track.stop());
      stream = got;
      video.srcObject = got;
      await video.play();
      await offerControls(got.getVideoTracks()[0]);
      say("looking");
      look(mine);
    } catch (error) {
      if (mine === run) say(whyNot(error));
    }
  }

  async function offerControls(track) {
    torch.hidden = !track.getCapabilities?.().torch;
    const devices = await navigator.mediaDevices.enumerateDevices();
    swap.hidden = devices.filter((device) => device.kind === "videoinput").length < 2;
    camera = track.getSettings().deviceId ?? null;
  }

  async function look(mine) {
    if (mine !== run || !stream) return;
    if (video.videoWidth) {
      const side = Math.min(video.videoWidth, video.videoHeight);
      const left = (video.videoWidth - side) / 2;
      const top = (video.videoHeight - side) / 2;
      await read(await createImageBitmap(video, left, top, side, side), mine);
    }
    timer = setTimeout(look, PAUSE_MS, mine);
  }

  async function read(bitmap, mine) {
    decoder ??= await openDecoder({ worker, reader, wasm });
    const text = await decoder.read(bitmap);
    if (mine !== run || text === null) return false;
    const taken = !dialog.dispatchEvent(new CustomEvent("scanned", { bubbles: true, cancelable: true, detail: { text } }));
    if (taken) dialog.close();
    else say("foreign");
    return true;
  }

  async function readPhoto() {
    const file = photo.files[0];
    photo.value = "";
    if (!file) return;
    const mine = run;
    try {
      const whole = await createImageBitmap(file);
      const scale = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
      const bitmap = await createImageBitmap(whole, { resizeWidth: Math.round(whole.width * scale), resizeHeight: Math.round(whole.height * scale) });
      if (!(await read(bitmap, mine))) say("nothing");
    } catch {
      say("nothing");
    }
  }

  async function swapCamera() {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    const place = devices.findIndex((device) => device.deviceId === camera);
    camera = devices[(place + 1) % devices.length].deviceId;
    start();
  }

  function switchTorch() {
    const on = torch.getAttribute("aria-pressed") !== "true";
    torch.setAttribute("aria-pressed", String(on));
    stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] }).catch(() => { torch.hidden = true; });
  }

  torch.addEventListener("click", switchTorch);
  swap.addEventListener("click", swapCamera);
  photo.addEventListener("change", readPhoto);
  dialog.querySelector("[data-scanner-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-scanner-again]")?.addEventListener("click", start);
  dialog.addEventListener("close", stopAll);
  document.addEventListener("visibilitychange", () => (document.hidden ? stopCamera() : dialog.open && start()));
  addEventListener("pagehide", stopAll);
  return () => {
    if (dialog.open) return;
    dialog.showModal();
    start();
  };
}

const openers = new Map();
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-scanner-open]");
  const dialog = button && document.getElementById(button.dataset.scannerOpen);
  if (!dialog) return;
  event.preventDefault();
  if (!openers.has(dialog)) openers.set(dialog, startScanner(dialog));
  openers.get(dialog)();
});
