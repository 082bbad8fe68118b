// <bc-send>: sends once. A second press while the first is under way does nothing; the server would give the same
// receipt anyway.
class Send extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    form.addEventListener("submit", (event) => {
      if (this.sent) {
        event.preventDefault();
        return;
      }
      this.sent = true;
      this.querySelector("[data-state]").textContent = this.dataset.sending;
    });
    addEventListener("pageshow", () => {
      this.sent = false;
    });
  }
}

customElements.define("bc-send", Send);
