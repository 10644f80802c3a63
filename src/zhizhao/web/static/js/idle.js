// A result is wiped from the screen after a time without a key or a movement; the end is announced and can be put off
// with one action (WCAG 2.2.1). Times come from the page.

/** Watch; `restart(on)` begins anew, `onEnd` is called when nobody stayed. */
export function watchIdle({ onEnd, announce }) {
  const box = document.querySelector("[data-idle]");
  const left = box.querySelector("[data-idle-left]");
  const whole = Number(box.dataset.idle) * 1000;
  const warned = Number(box.dataset.idleWarned);
  let timer = 0;
  let on = false;

  function restart(wanted = on) {
    on = wanted;
    clearTimeout(timer);
    box.hidden = true;
    if (on) timer = setTimeout(count, whole - warned * 1000, warned);
  }

  function count(seconds) {
    if (seconds <= 0) {
      restart(false);
      return onEnd();
    }
    left.textContent = seconds;
    if (box.hidden) {
      box.hidden = false;
      announce(box.textContent.replace(/\s+/g, " ").trim());
    }
    timer = setTimeout(count, 1000, seconds - 1);
  }

  box.querySelector("[data-idle-stay]").addEventListener("click", () => restart());
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
    // once it is announced a mere movement no longer counts: the box must not flee from the pointer that seeks it
    const counts = () => on && (box.hidden || (kind === "keydown" || (kind === "pointerdown" && !box.matches(":hover"))));
    document.addEventListener(kind, () => { if (counts()) restart(); }, { passive: true });
  }
  return { restart };
}
