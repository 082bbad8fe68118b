// <bc-report>: a report's form on a phone, a citizen's or a grid worker's. A touch on the map, or the device's own
// place, fills the coordinates; a report that cannot be sent now (no network, or the house answers 503) is kept on the device with its
// photographs and sent as soon as it can be. The form's key makes sending it twice one report.
const STORE = "reports";
const RETRY_SECONDS = 20;

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
  return new Promise((resolve, reject) => {
    const request = act(opened.transaction(STORE, mode).objectStore(STORE));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class ReportPage extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[data-state]");
    for (const part of this.querySelectorAll(".needs-script")) part.hidden = false;
    this.addEventListener("beichen:place", (event) => this.place(event.detail.longitude, event.detail.latitude));
    this.querySelector("[data-locate]")?.addEventListener("click", () => this.locate());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    addEventListener("online", () => this.flush());
    this.flush();
  }

  field(name) {
    return this.form.elements.namedItem(name);
  }

  place(longitude, latitude) {
    this.field("longitude").value = longitude;
    this.field("latitude").value = latitude;
    this.querySelector("bc-map")?.mark(longitude, latitude);
  }

  locate() {
    const said = this.querySelector("[data-located]");
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        this.place(coords.longitude.toFixed(6), coords.latitude.toFixed(6));
        said.textContent = said.dataset.found;
      },
      () => {
        said.textContent = said.dataset.lost;
      },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  }

  say(text, action) {
    this.state.hidden = !text;
    this.state.textContent = text;
    if (!action) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button is-small";
    button.textContent = this.state.dataset.again;
    button.addEventListener("click", action);
    this.state.append(" ", button);
  }

  async send() {
    const body = new FormData(this.form);
    const report = { key: body.get("key"), address: location.pathname + location.search, fields: [...body.entries()] };
    this.say(this.state.dataset.sending);
    const answer = await this.post(report);
    if (answer === "later") {
      await stored("readwrite", (store) => store.put(report)).catch(() => {});
      this.say(this.state.dataset.offline, () => this.flush());
      this.later = setTimeout(() => this.flush(), RETRY_SECONDS * 1000);
    }
  }

  // "later" when it must be tried again; else the page goes on to the receipt, or shows what is wrong.
  async post(report) {
    const body = new FormData();
    for (const [name, value] of report.fields) body.append(name, value);
    const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1];
    body.set("csrfmiddlewaretoken", this.field("csrfmiddlewaretoken").value || token);
    let answer;
    try {
      answer = await fetch(report.address, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    } catch {
      return "later";
    }
    if (answer.status >= 500 || answer.status === 429) return "later";
    await stored("readwrite", (store) => store.delete(report.key)).catch(() => {});
    const said = await answer.json().catch(() => ({}));
    if (said.href) {
      location.assign(said.href);
      return "sent";
    }
    this.say("");
    if (report.key === this.field("key").value) this.form.submit(); // comes back with every mistake beside its field
    return "refused";
  }

  async flush() {
    clearTimeout(this.later);
    const kept = await stored("readonly", (store) => store.getAll()).catch(() => []);
    if (!kept.length) return;
    this.say(this.state.dataset.kept, () => this.flush());
    for (const report of kept) {
      if ((await this.post(report)) === "later") {
        this.say(this.state.dataset.offline, () => this.flush());
        this.later = setTimeout(() => this.flush(), RETRY_SECONDS * 1000);
        return;
      }
    }
  }
}

customElements.define("bc-report", ReportPage);
