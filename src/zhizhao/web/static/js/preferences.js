// 长辈版 and 深色 at once, without a reload, so that nothing typed is lost. Without this script the buttons are a plain
// GET form. The cookie is set by the same address; a page without cookies asks itself and is left alone; language needs
// new words and reloads.
const root = document.documentElement;

/** What a button turns on, shown on the page. */
function show(name, value) {
  if (name === "size") root.toggleAttribute("data-size", value === "elder");
  if (name === "size" && value === "elder") root.dataset.size = "elder";
  if (name === "theme") root.dataset.bsTheme = value;
}

/** The button's other face: `data-other` is "value|word", the word swaps with the present one. */
function turn(button, pressed) {
  const [value, word] = button.dataset.other.split("|");
  button.dataset.other = `${button.value}|${button.textContent.trim()}`;
  button.value = value;
  button.textContent = word;
  button.setAttribute("aria-pressed", String(pressed));
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  const form = event.target;
  if (!button?.dataset.other || !form.getAttribute("action")) return;
  event.preventDefault();
  const query = new URLSearchParams(new FormData(form, button));
  const { name, value } = button;
  show(name, value);
  for (const twin of form.querySelectorAll(`[data-preference="${name}"]`)) {
    if (twin !== button) twin.remove(); // the face of the system's own theme, chosen over now
  }
  button.removeAttribute("class");
  turn(button, value === "elder" || value === "dark");
  button.focus();
  await fetch(`${form.action}?${query}`, { headers: { accept: "application/json" } });
});

// The summary of a form's errors takes the focus (UX.md §5).
document.querySelector("[data-focus]")?.focus();
