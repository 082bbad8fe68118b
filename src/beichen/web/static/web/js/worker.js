// The house's service worker (scope /). SHELL comes before this: version, header, away, assets, pages.
//
// It keeps the pages that a room registered (beichen.web.offline) and what they load, and opens them when the house
// cannot be reached; everything else goes to the network untouched. It shows messages that are pushed and leads to
// what they are about. Reports that wait are kept and sent by the pages (outbox.js), not here.
/* global SHELL */
const PREFIX = "beichen-shell-";
const NAME = PREFIX + SHELL.version;
const RECEIPTS = "/messages/shown";
const OLD_MILLISECONDS = 60 * 60 * 1000;
const KEPT_AT = "X-Kept-At";
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

// ── Keeping ──────────────────────────────────────────────────────────────────────────────────────────────────────
const pageOf = (url) => SHELL.pages.find((page) => page.path === url.pathname);

// The address under which a page is kept: its path, and the parameters that make it another page.
function keptAs(page, url) {
  const query = new URLSearchParams();
  for (const name of page.by) if (url.searchParams.get(name)) query.set(name, url.searchParams.get(name));
  return query.size ? `${page.path}?${query}` : page.path;
}

// A page that its reader may not see is not kept, and one that was is dropped.
async function refresh(address) {
  const cache = await caches.open(NAME);
  const headers = { [SHELL.header]: "1", Accept: "text/html" };
  const answer = await fetch(address, { headers, cache: "no-store", redirect: "manual" });
  if (answer.ok) {
    const kept = { "Content-Type": "text/html; charset=utf-8", [KEPT_AT]: String(Date.now()) };
    for (const name of ["Content-Language", "Content-Security-Policy"]) {
      if (answer.headers.get(name)) kept[name] = answer.headers.get(name);
    }
    await cache.put(address, new Response(await answer.blob(), { headers: kept }));
  } else if (answer.status < 500) await cache.delete(address);
}

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll(SHELL.assets.map((address) => new Request(address, { cache: "no-cache" })));
  const addresses = new Set([SHELL.away, ...SHELL.pages.flatMap((page) => page.first)]);
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === NAME) continue;
    for (const { url } of await (await caches.open(name)).keys()) {
      const page = pageOf(new URL(url));
      if (page) addresses.add(keptAs(page, new URL(url)));
    }
  }
  await Promise.allSettled([...addresses].map(refresh));
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => {
  const drop = (names) =>
    Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

// ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────────────
const isAway = (answer) => [502, 503, 504].includes(answer.status);

async function isStale(address, answer) {
  const kept = await (await caches.open(NAME)).match(address);
  if (!kept) return true;
  const age = Date.now() - Number(kept.headers.get(KEPT_AT));
  const language = (one) => one.headers.get("Content-Language");
  return !(age < OLD_MILLISECONDS) || language(kept) !== language(answer);
}

async function kept(page, url) {
  const cache = await caches.open(NAME);
  const found = await cache.match(keptAs(page, url));
  if (found) return found;
  for (const other of page.first) if (await cache.match(other)) return Response.redirect(other);
  return cache.match(SHELL.away);
}

async function open(event, url) {
  const page = pageOf(url);
  try {
    const answer = await fetch(event.request);
    if (!page) return answer;
    if (isAway(answer)) return (await kept(page, url)) ?? answer;
    const address = keptAs(page, url);
    if (answer.ok && (await isStale(address, answer))) event.waitUntil(refresh(address).catch(() => {}));
    return answer;
  } catch (error) {
    const found = page ? await kept(page, url) : await caches.match(SHELL.away);
    if (found) return found;
    throw error;
  }
}

// A name with a hash never changes its content; any other is asked for first.
async function asset(request) {
  const cache = await caches.open(NAME);
  const found = await cache.match(request);
  if (found && HASHED.test(new URL(request.url).pathname)) return found;
  try {
    return await fetch(request);
  } catch (error) {
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(open(event, url));
  else if (SHELL.assets.includes(url.pathname)) event.respondWith(asset(request));
});

// ── Messages ─────────────────────────────────────────────────────────────────────────────────────────────────────
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
    .then((found) => found.forEach((page) => page.postMessage({ kind: "beichen:message" })));
  event.waitUntil(Promise.all([shown, heard, tell(said.token, "delivered")]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { href, token } = event.notification.data ?? {};
  const wanted = new URL(href || "/", self.location.origin);
  const address = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil(Promise.all([self.clients.openWindow(address), tell(token, "read")]));
});
