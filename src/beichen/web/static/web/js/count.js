// <bc-count>: a count in the page's head, asked anew at `href` when a message is pushed to this browser, when the page
// is looked at again, and every minute while it is. Without a script it is what it was when the page came.
const PAUSE_MILLISECONDS = 60_000;
const MOST = 99;

class Count extends HTMLElement {
  connectedCallback() {
    this.look = () => document.visibilityState === "visible" && this.ask();
    document.addEventListener("visibilitychange", this.look);
    navigator.serviceWorker?.addEventListener("message", (this.hear = (event) => {
      if (event.data?.kind === "beichen:message") this.ask();
    }));
    this.timer = setInterval(this.look, PAUSE_MILLISECONDS);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.look);
    navigator.serviceWorker?.removeEventListener("message", this.hear);
    clearInterval(this.timer);
  }

  async ask() {
    try {
      const answer = await fetch(this.getAttribute("href"), { headers: { Accept: "application/json" } });
      const { count } = await answer.json();
      if (Number.isInteger(count)) this.textContent = count > MOST ? `${MOST}+` : count || "";
    } catch {
      // no network, or signed out: the count stays what it was
    }
  }
}

customElements.define("bc-count", Count);
