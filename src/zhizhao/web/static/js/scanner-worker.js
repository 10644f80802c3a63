// Decodes pictures with zxing-wasm away from the page; this script's own response allows WebAssembly (UX.md §3).
// First message: {reader, wasm}, hashed addresses. Then {id, bitmap} → {id, text}, text null when nothing is found.
let ready = null;

function load({ reader, wasm }) {
  importScripts(reader);
  const overrides = { locateFile: (name) => (name.endsWith(".wasm") ? wasm : name) };
  return ZXingWASM.prepareZXingModule({ overrides, fireImmediately: true });
}

function pixels(bitmap) {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function decode(bitmap) {
  await ready;
  const options = { formats: ["QRCode", "Code128"], maxNumberOfSymbols: 1, tryHarder: true };
  const found = await ZXingWASM.readBarcodes(pixels(bitmap), options);
  return found.find((code) => code.isValid)?.text ?? null;
}

self.onmessage = async ({ data }) => {
  if (data.reader) {
    ready = load(data);
    ready.then(() => self.postMessage({ ready: true }), () => self.postMessage({ failed: true }));
    return;
  }
  try {
    self.postMessage({ id: data.id, text: await decode(data.bitmap) });
  } catch {
    self.postMessage({ id: data.id, text: null });
  }
};
