/* Runs only where modules do not: says so instead of failing in silence. Old syntax on purpose. */
(function () {
  function tell() {
    var box = document.querySelector("[data-old-browser]");
    if (box) { box.removeAttribute("hidden"); }
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", tell); } else { tell(); }
}());
