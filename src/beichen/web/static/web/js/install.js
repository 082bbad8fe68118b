// On every page: installs the site's service worker, says when there is no connection, and sends what waits on this
// device (outbox.js). Without a service worker every page works as it did.
import { flush, waiting } from "./outbox.js";

const RETRY_MILLISECONDS = 30_000;
const bar = document.querySelector("[data-connection]");
let later;

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js").catch(() => {});

function say(text, href) {
  bar.hidden = !text;
  bar.replaceChildren(text);
  if (!href) return;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = bar.dataset.see;
  bar.append(" ", link);
}

async function tell() {
  const count = (await waiting()).length;
  const words = navigator.onLine ? "" : bar.dataset.offline;
  say(count ? `${words} ${bar.dataset.waiting} ${count}`.trim() : words);
}

async function sendWaiting() {
  clearTimeout(later);
  const results = await flush();
  const sent = results.filter((one) => one.state === "sent");
  await tell();
  if (sent.length) say(`${bar.dataset.sent} ${sent.length}`, sent.at(-1).href);
  if (results.some((one) => one.state === "blocked")) say(bar.dataset.blocked);
  for (const one of results) document.dispatchEvent(new CustomEvent("beichen:outbox", { detail: one }));
  if ((await waiting()).some((report) => !report.errors)) later = setTimeout(sendWaiting, RETRY_MILLISECONDS);
}

// On the page that says that there is no network: what only some may see is offered where it is kept.
for (const item of document.querySelectorAll("[data-kept]")) {
  globalThis.caches?.match(item.dataset.kept).then((found) => (item.hidden = !found));
}

addEventListener("offline", tell);
addEventListener("online", sendWaiting);
document.addEventListener("beichen:send", sendWaiting);
document.addEventListener("beichen:kept", () => {
  tell();
  later ??= setTimeout(sendWaiting, RETRY_MILLISECONDS);
});
sendWaiting();
