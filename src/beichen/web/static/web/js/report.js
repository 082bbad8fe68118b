// <bc-report>: a report's form on a phone, a citizen's or a grid worker's. A touch on the map, or the device's own
// place, fills the coordinates; a report that cannot be sent now (no network, or the house is away) is kept on the
// device with its photographs and sent as soon as it can be, by whichever page is open (install.js).
//
// Attribute `fresh`: the page came from the device, so that its key and its token are of another time.
import { discard, keep, send, waiting } from "./outbox.js";

const KEPT = "#kept=";

class ReportPage extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[data-state]");
    this.list = this.querySelector("[data-kept-reports]");
    if (this.hasAttribute("fresh")) this.field("key").value = crypto.randomUUID();
    for (const part of this.querySelectorAll(".needs-script")) part.hidden = false;
    this.addEventListener("beichen:place", (event) => this.place(event.detail.longitude, event.detail.latitude));
    this.querySelector("[data-locate]")?.addEventListener("click", () => this.locate());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    document.addEventListener("beichen:outbox", (event) => this.hear(event.detail));
    this.show().then(() => this.restore());
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
    if (action) this.state.append(" ", this.button(this.state.dataset.again, action));
  }

  button(text, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button is-small";
    button.textContent = text;
    button.addEventListener("click", action);
    return button;
  }

  async send() {
    const body = new FormData(this.form);
    const report = { key: body.get("key"), address: location.pathname + location.search, fields: [...body.entries()] };
    this.say(this.state.dataset.sending);
    const token = this.hasAttribute("fresh") ? "" : this.field("csrfmiddlewaretoken").value;
    let result = await send(report, token);
    if (result.state === "blocked" && token) result = await send(report); // the session is another one by now
    if (result.state === "sent") {
      await discard(report.key);
      location.assign(result.href);
    } else if (result.state === "refused") this.refuse(result.errors);
    else await this.keep(report, result.state);
  }

  // The page of the house shows every mistake beside its field; a page from the device lists them.
  refuse(errors) {
    if (!this.hasAttribute("fresh")) {
      this.say("");
      this.form.submit();
      return;
    }
    this.say(`${this.state.dataset.refused} ${Object.values(errors).flat().join(" ")}`);
  }

  async keep(report, state) {
    try {
      await keep(report);
    } catch {
      this.say(this.state.dataset.full, () => this.send());
      return;
    }
    this.form.reset(); // kept: the form is free for the next one
    this.field("key").value = crypto.randomUUID();
    const words = state === "blocked" ? this.state.dataset.blocked : this.state.dataset.offline;
    this.say(words, () => document.dispatchEvent(new CustomEvent("beichen:send")));
    document.dispatchEvent(new CustomEvent("beichen:kept"));
    await this.show();
  }

  async hear({ report, state, href }) {
    if (state === "sent" && report.key === this.last) location.assign(href);
    if (state === "sent") this.say("");
    await this.show();
  }

  // What waits on this device, and what the house refused of it.
  async show() {
    const reports = await waiting();
    this.last = reports.at(-1)?.key ?? this.last;
    this.list.hidden = !reports.length;
    this.list.replaceChildren(...reports.map((report) => this.item(report)));
  }

  item(report) {
    const item = document.createElement("li");
    const text = report.fields.find(([name]) => name === "text")?.[1] ?? "";
    const words = this.list.dataset;
    const state = report.errors
      ? `${words.refused} ${Object.values(report.errors).flat().join(" ")}`
      : words.waits;
    const title = document.createElement("strong");
    title.textContent = text.length > 60 ? `${text.slice(0, 60)}…` : text || "–";
    item.append(title, " ", state, " ");
    item.append(this.button(words.change, () => this.change(report)), " ");
    item.append(this.button(words.discard, () => discard(report.key).then(() => this.show())));
    return item;
  }

  change(report) {
    if (report.address !== location.pathname + location.search) location.assign(report.address + KEPT + report.key);
    else this.fill(report);
  }

  async restore() {
    if (!location.hash.startsWith(KEPT)) return;
    const key = location.hash.slice(KEPT.length);
    const report = (await waiting()).find((one) => one.key === key);
    if (report) this.fill(report);
  }

  fill(report) {
    const files = new Map();
    for (const [name, value] of report.fields) {
      const field = this.field(name);
      if (!field || name === "csrfmiddlewaretoken") continue;
      if (value instanceof File) files.set(field, [...(files.get(field) ?? []), value].filter((one) => one.size));
      else if (field.type === "checkbox") field.checked = true;
      else field.value = value;
    }
    for (const [field, found] of files) {
      const data = new DataTransfer();
      for (const file of found) data.items.add(file);
      field.files = data.files;
    }
    const [longitude, latitude] = [this.field("longitude").value, this.field("latitude").value];
    if (longitude && latitude) this.place(longitude, latitude);
    this.form.scrollIntoView();
  }
}

customElements.define("bc-report", ReportPage);
