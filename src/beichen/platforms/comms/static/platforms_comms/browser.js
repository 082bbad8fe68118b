// <bc-browser>: turns notifications of this browser on and off (web push). Hidden where the browser has none.
//
// Attributes: key (the house's public key), action (where the subscription is sent, as JSON; with `off` to end it).
// Each receiver is remembered on the device, so that a browser may follow one report and not another.
const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const same = (one, other) =>
  one && one.byteLength === other.length && new Uint8Array(one).every((value, at) => value === other[at]);

class Browser extends HTMLElement {
  async connectedCallback() {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
    this.said = this.querySelector("[data-said]");
    this.querySelector("[data-turn-on]").addEventListener("click", () => this.turn(true));
    this.querySelector("[data-turn-off]").addEventListener("click", () => this.turn(false));
    this.hidden = false;
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    this.show(Boolean(subscription) && localStorage.getItem(this.mark) === subscription.endpoint);
  }

  get mark() {
    return `beichen.browser.${this.getAttribute("action")}`;
  }

  show(isOn) {
    for (const [name, hidden] of [["on", !isOn], ["off", isOn], ["turn-on", isOn], ["turn-off", !isOn]]) {
      this.querySelector(`[data-${name}]`).hidden = hidden;
    }
  }

  async turn(isOn) {
    this.said.textContent = "";
    try {
      if (isOn) await this.begin();
      else await this.end();
      this.show(isOn);
    } catch {
      this.said.textContent = Notification.permission === "denied" ? this.said.dataset.denied : this.said.dataset.failed;
    }
  }

  async begin() {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
    const registration = await navigator.serviceWorker.ready;
    const key = bytes(this.getAttribute("key"));
    let subscription = await registration.pushManager.getSubscription();
    if (subscription && !same(subscription.options.applicationServerKey, key)) {
      await subscription.unsubscribe(); // of another house, or of a key that was changed
      subscription = null;
    }
    subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    await this.send(subscription.toJSON());
    localStorage.setItem(this.mark, subscription.endpoint);
  }

  async end() {
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    if (subscription) await this.send({ endpoint: subscription.endpoint, off: true });
    localStorage.removeItem(this.mark);
  }

  async send(document) {
    const token = this.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" };
    const answer = await fetch(this.getAttribute("action"), { method: "POST", headers, body: JSON.stringify(document) });
    if (!answer.ok) throw new Error(String(answer.status));
  }
}

customElements.define("bc-browser", Browser);
