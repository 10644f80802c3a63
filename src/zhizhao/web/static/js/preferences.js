// 长辈版 and 深色 at once, without a reload, so that nothing typed is lost; the cookie is set by the same address.
// Without this script the buttons are a plain GET form. Language needs new words and reloads.
const root = document.documentElement;

function swap(button) {
  const form = button.form;
  const query = new URLSearchParams(new FormData(form));
  query.set(button.name, button.value);
  if (button.name === "lang" || form.getAttribute("action") === "") return null;
  return `${form.action}?${query}`;
}

function show(name, value) {
  if (name === "size") root.toggleAttribute("data-size", false);
  if (name === "size" && value === "elder") root.dataset.size = "elder";
  if (name === "theme") root.dataset.bsTheme = value;
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.dataset.preference) return;
  const address = swap(button);
  if (!address) return;
  event.preventDefault();
  show(button.name, button.value);
  const answer = await fetch(address, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-preferences]");
  const form = button.form;
  if (!fresh) return location.assign(address);
  form.replaceChildren(...fresh.childNodes);
  form.querySelector(`[data-preference="${button.name}"]`)?.focus();
});

// the summary of a form's errors takes the focus
document.querySelector("[data-focus]")?.focus();
