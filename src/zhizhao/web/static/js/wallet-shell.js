// The page that the service worker sends when there is no network: only what is stored on this phone.

import { showOffline } from "./wallet-offline.js";

await showOffline(document.querySelector("[data-shell]"));
