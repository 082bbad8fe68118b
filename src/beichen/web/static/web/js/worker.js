// The house's service worker (scope /): shows messages that are pushed and leads to what they are about.
const RECEIPTS = "/messages/shown";

// What happened to a message, for the house; a failure to say so is no failure to show it.
function tell(token, state) {
  if (!token) return Promise.resolve();
  const body = JSON.stringify({ token, state });
  return fetch(RECEIPTS, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => {});
}

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch {
    // not from this house: browsers insist that something is shown
  }
  const shown = self.registration.showNotification(said.title || "北辰 Beichen", {
    body: said.body || "",
    lang: said.language === "en" ? "en" : "zh-Hans",
    tag: said.token || undefined,
    data: { href: said.href || "/", token: said.token },
  });
  const heard = self.clients
    .matchAll({ type: "window" })
    .then((pages) => pages.forEach((page) => page.postMessage({ kind: "beichen:message" })));
  event.waitUntil(Promise.all([shown, heard, tell(said.token, "delivered")]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { href, token } = event.notification.data ?? {};
  const wanted = new URL(href || "/", self.location.origin);
  const address = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil(Promise.all([self.clients.openWindow(address), tell(token, "read")]));
});
