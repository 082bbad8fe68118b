// <bc-rotating-code>: shows a person's codes one after another, and fetches the next ones in time.
//
// Attribute: href (where the codes of the next minutes are fetched). Codes are kept in this page alone and are gone
// with it. Times are the house's: its clock is compared once with each fetch, and the phone's is not trusted.
const EARLY_SECONDS = 90;
const RETRY_SECONDS = 5;

class RotatingCode extends HTMLElement {
  connectedCallback() {
    this.codes = [];
    this.picture = this.querySelector("[data-picture]");
    this.left = this.querySelector("[data-left]");
    this.seconds = this.querySelector("[data-seconds]");
    this.said = this.querySelector("[data-said]");
    this.text = this.querySelector("[data-text]");
    this.triedAt = -Infinity;
    this.timer = setInterval(() => this.turn(), 250);
    this.seen = () => document.visibilityState === "visible" && this.turn();
    document.addEventListener("visibilitychange", this.seen);
    this.turn();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
  }

  say(name) {
    const words = name ? this.said.dataset[name] : "";
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  // Seconds since 1970 by the house's clock.
  now() {
    return (this.houseAt + (performance.now() - this.fetchedAt)) / 1000;
  }

  async fetchCodes() {
    this.triedAt = performance.now();
    let answer;
    try {
      answer = await fetch(this.getAttribute("href"), { headers: { Accept: "application/json" } });
    } catch {
      this.say("offline");
      return;
    }
    if (!answer.ok) {
      if (answer.status !== 429 && answer.status < 500) this.say("refused");
      return;
    }
    const found = await answer.json();
    [this.houseAt, this.fetchedAt] = [found.now, performance.now()];
    this.codes = found.codes;
    this.say("");
  }

  turn() {
    const last = this.codes.at(-1);
    const isShort = !last || last.until - this.now() < EARLY_SECONDS;
    if (isShort && performance.now() - this.triedAt > RETRY_SECONDS * 1000) this.fetchCodes().then(() => this.draw());
    this.draw();
  }

  draw() {
    if (!this.codes.length) return;
    const now = this.now();
    const code = this.codes.find((one) => one.from <= now && now < one.until);
    this.left.hidden = !code;
    this.picture.classList.toggle("is-over", !code);
    if (!code) {
      if (now >= this.codes.at(-1).until) this.say("empty");
      return;
    }
    const seconds = String(Math.ceil(code.until - now));
    if (this.seconds.textContent !== seconds) this.seconds.textContent = seconds;
    if (this.shown === code.text) return;
    this.shown = code.text;
    this.picture.innerHTML = code.svg;
    this.text.textContent = code.text;
  }
}

customElements.define("bc-rotating-code", RotatingCode);
