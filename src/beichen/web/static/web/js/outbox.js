// Reports that wait on this device (IndexedDB) until the house can be reached, and how one is sent.
//
// A report: key (which makes sending it twice one), address (the form's page), fields (name, value or file), and,
// once the house has refused it, errors by field. It is removed when the house has it or its writer discards it.
const STORE = "reports";
const HEADERS = { "X-Requested-With": "fetch", Accept: "application/json, text/html;q=0.5" };

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("beichen", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function stored(mode, act) {
  const opened = await database();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = opened.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
    });
  } finally {
    opened.close();
  }
}

// Rejects where the device does not let us keep anything; its writer must know.
export const keep = (report) => stored("readwrite", (store) => store.put(report));
export const discard = (key) => stored("readwrite", (store) => store.delete(key)).catch(() => {});
export const waiting = () => stored("readonly", (store) => store.getAll()).catch(() => []);

// The token of a page that is fetched now: the one that was kept with the page may be of another session.
async function freshToken(address) {
  const answer = await fetch(address, { headers: { "X-Beichen-Shell": "1" }, cache: "no-store" });
  if (answer.status >= 500 || answer.status === 429) return { state: "later" };
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = answer.ok && !answer.redirected && page.querySelector("bc-report [name=csrfmiddlewaretoken]")?.value;
  return token ? { token } : { state: "blocked" };
}

// What became of it: sent (href), refused (errors by field), blocked (sign in first), or later.
export async function send(report, token) {
  try {
    if (!token) {
      const found = await freshToken(report.address);
      if (found.state) return found;
      token = found.token;
    }
    const body = new FormData();
    for (const [name, value] of report.fields) body.append(name, value);
    body.set("csrfmiddlewaretoken", token);
    const answer = await fetch(report.address, { method: "POST", body, headers: HEADERS });
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return { state: "later" };
    if (answer.status === 401 || answer.status === 403) return { state: "blocked" };
    const said = await answer.json().catch(() => ({}));
    if (answer.ok && said.href) return { state: "sent", href: said.href };
    return { state: "refused", errors: said.errors ?? {} };
  } catch {
    return { state: "later" };
  }
}

// Sends everything that waits and was not refused; one page at a time does so. Returns what became of each.
export async function flush() {
  const work = async (lock) => {
    const results = [];
    if (lock === null) return results;
    for (const report of await waiting()) {
      if (report.errors) continue;
      const result = await send(report);
      results.push({ report, ...result });
      if (result.state === "sent") await discard(report.key);
      else if (result.state === "refused") await keep({ ...report, errors: result.errors }).catch(() => {});
      else break;
    }
    return results;
  };
  return navigator.locks ? navigator.locks.request("beichen.reports", { ifAvailable: true }, work) : work();
}
