// <bc-cases>: hears that something happened to a case and fetches the part of the page anew, at most every
// two seconds and never while rows are chosen or somebody writes in it.
//
// Attributes: href (the stream), part (the id of what is fetched anew), live, broken, news (words). The sound is
// off until the reader turns it on, and remembered. Without the stream the page is as it was.
const PAUSE = 2000;
const SOUND = "beichen.console.sound";

class Cases extends HTMLElement {
  connectedCallback() {
    this.fresh = new Set();
    this.state = this.querySelector("[data-state]");
    this.button = this.querySelector("[data-news]");
    this.button.addEventListener("click", () => this.fetch());
    this.prepareSound();
    this.source = new EventSource(this.getAttribute("href"));
    this.source.onopen = () => this.say("live");
    this.source.onerror = () => this.say("broken");
    this.source.onmessage = (message) => this.hear(JSON.parse(message.data));
    this.colours = setInterval(() => this.colour(), 30_000);
    document.addEventListener("change", (this.count = () => this.counted()));
  }

  disconnectedCallback() {
    this.source.close();
    clearInterval(this.colours);
    clearTimeout(this.waiting);
    document.removeEventListener("change", this.count);
  }

  say(state) {
    this.state.textContent = this.getAttribute(state);
  }

  prepareSound() {
    const box = this.querySelector("[data-sound]");
    box.closest("label").hidden = false;
    box.checked = localStorage.getItem(SOUND) === "on";
    box.addEventListener("change", () => {
      localStorage.setItem(SOUND, box.checked ? "on" : "off");
      if (box.checked) this.ring();
    });
    this.sound = box;
  }

  hear(event) {
    if (!String(event.type).startsWith("events.case.")) return;
    this.changed = true;
    if (event.type === "events.case.opened") {
      this.fresh.add(event.subject);
      this.button.textContent = `${this.fresh.size} ${this.getAttribute("news")}`;
      this.button.hidden = false;
      if (this.sound.checked) this.ring();
    }
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      if (this.isFree()) this.fetch();
    }, PAUSE);
  }

  get target() {
    return document.getElementById(this.getAttribute("part"));
  }

  isFree() {
    return !this.target?.querySelector("input:checked") && !this.target?.contains(document.activeElement);
  }

  fetch() {
    if (!this.target || !globalThis.htmx) return;
    this.fresh.clear();
    this.button.hidden = true;
    const target = `#${this.getAttribute("part")}`;
    globalThis.htmx.ajax("GET", location.pathname + location.search, { target, swap: "outerHTML" });
  }

  // A deadline that passes while nobody reloads is seen all the same.
  colour() {
    const now = Date.now();
    for (const badge of document.querySelectorAll(".badge[data-due]")) {
      if (Date.parse(badge.dataset.due) < now) badge.className = "badge is-missed";
    }
  }

  counted() {
    const chosen = document.querySelectorAll("#table-cases input[name=case]:checked").length;
    const place = document.querySelector("[data-chosen]");
    if (place) place.textContent = chosen ? `(${chosen})` : "";
    const kept = document.querySelector("[data-query]");
    if (kept) kept.value = location.search.slice(1);
  }

  ring() {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = 880;
    volume.gain.setValueAtTime(0.08, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.35);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.4);
    tone.onended = () => context.close();
  }
}

customElements.define("bc-cases", Cases);
document.addEventListener("htmx:afterSettle", () => {
  const kept = document.querySelector("[data-query]");
  if (kept) kept.value = location.search.slice(1);
});
