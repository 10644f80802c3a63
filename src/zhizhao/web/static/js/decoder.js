// Reads a code out of a picture: the browser's own detector where it knows QR, else zxing-wasm in a worker (UX.md §10).

const FORMATS = ["qr_code", "code_128"];

async function nativeDetector() {
  if (!("BarcodeDetector" in window)) return null;
  const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!known.includes("qr_code")) return null;
  return new window.BarcodeDetector({ formats: FORMATS.filter((format) => known.includes(format)) });
}

function workerDecoder({ worker, reader, wasm }) {
  const thread = new Worker(worker);
  const waiting = new Map();
  let next = 0;
  thread.onmessage = ({ data }) => {
    waiting.get(data.id)?.(data.text);
    waiting.delete(data.id);
  };
  thread.postMessage({ reader, wasm });
  return {
    read: (bitmap) => new Promise((resolve) => {
      next += 1;
      waiting.set(next, resolve);
      thread.postMessage({ id: next, bitmap }, [bitmap]);
    }),
    stop: () => {
      thread.terminate();
      for (const resolve of waiting.values()) resolve(null);
    },
  };
}

/** Return `{read(bitmap) → text or null, stop()}`; loads the wasm only now, after the tap. */
export async function openDecoder(addresses) {
  const detector = await nativeDetector();
  if (!detector) return workerDecoder(addresses);
  return {
    read: async (bitmap) => {
      const found = await detector.detect(bitmap).catch(() => []);
      bitmap.close();
      return found[0]?.rawValue ?? null;
    },
    stop: () => {},
  };
}
