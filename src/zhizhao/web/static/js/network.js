// What htmx needs from us: the CSRF token on every request, and a visible word when the network is lost.
const said = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["x-csrf-token"] = said("csrf-token");
});

function banner() {
  let box = document.getElementById("network-lost");
  if (!box) {
    box = document.createElement("p");
    box.id = "network-lost";
    box.className = "zz-network";
    box.setAttribute("role", "alert");
    document.querySelector("main").prepend(box);
  }
  return box;
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    banner().textContent = said("network-lost");
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("network-lost")?.remove();
});
