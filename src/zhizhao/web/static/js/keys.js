// The desk's function keys. Each presses the button that stands on the page, so that the mouse, the keyboard and the
// screen reader do the same thing. They can be switched off; bare digits belong to the gun.

const BUTTONS = {
  F2: "[data-again], [data-next]",
  F4: "[data-print]",
  F6: "[data-scanner-open]",
  F7: "[data-edit]",
  F9: "[data-file]",
};

/** Bind the keys; `stage()` is where the buttons of the present result are. */
export function bindKeys({ isOn, stage }) {
  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]")) return;
    const act = actOf(event, stage());
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actOf(event, stage) {
  if (event.altKey) return copyOf(event, stage);
  if (event.key === "Escape") return pressed(stage.querySelector("[data-next]"));
  if (event.key === "F3") return typing(stage);
  const which = BUTTONS[event.key];
  if (!which) return null;
  return pressed(stage.querySelector(which)) ?? (event.key === "F7" ? () => location.assign("/desk?edit=1") : () => {});
}

function copyOf(event, stage) {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  return digit ? pressed(stage.querySelector(`[data-copy-key="${digit}"]`)) : null;
}

function typing(stage) {
  const field = stage.querySelector("[data-manual]");
  return field ? () => field.focus() : () => location.assign("/desk#code");
}

function pressed(button) {
  return button ? () => button.click() : null;
}
