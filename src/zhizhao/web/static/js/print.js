// A button that opens the browser's print window; without script people use the browser's own menu.
for (const button of document.querySelectorAll("[data-print-page]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
