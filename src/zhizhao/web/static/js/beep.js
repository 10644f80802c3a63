// Different sounds for different ends of a scan; made by WebAudio, no file to load.

const SOUNDS = {
  accepted: [[880, 0, 0.09], [1320, 0.1, 0.16]],
  refused: [[233, 0, 0.22], [175, 0.26, 0.34]],
  problem: [[392, 0, 0.12], [392, 0.2, 0.12]],
  ready: [[660, 0, 0.05]],
};
let audio = null;

/** Play one of `accepted`, `refused`, `problem`, `ready`; silent before the first key or click, as browsers want it. */
export function beep(kind) {
  if (!navigator.userActivation?.hasBeenActive || !window.AudioContext) return;
  audio ??= new AudioContext();
  const wave = kind === "refused" ? "square" : "sine";
  for (const [pitch, after, seconds] of SOUNDS[kind] ?? []) tone(pitch, audio.currentTime + after, seconds, wave);
}

function tone(pitch, at, seconds, wave) {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.type = wave;
  source.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(wave === "square" ? 0.08 : 0.25, at + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + seconds + 0.02);
}
