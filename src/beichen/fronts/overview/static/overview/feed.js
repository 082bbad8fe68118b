// <bc-feed>: events of the city as they happen.
const MOST = 60;
const ALIKE = 8; // newest lines among which the same thing is looked for

class Feed extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.state = this.closest("section").querySelector("[data-feed-state]");
    this.names = new Map(
      [...this.querySelectorAll("[data-event-type]")].map((item) => [item.dataset.eventType, item.textContent]),
    );
    this.subjects = new Map(
      [...this.querySelectorAll("[data-subject]")].map((item) => [item.dataset.subject, item.textContent]),
    );
    this.source = new EventSource(`${this.getAttribute("href")}?last=0`);
    this.source.onopen = () => this.say("live");
    this.source.onerror = () => this.say("broken");
    this.source.onmessage = (message) => this.add(JSON.parse(message.data));
  }

  disconnectedCallback() {
    this.source.close();
  }

  say(state) {
    this.state.textContent = this.getAttribute(state);
    this.state.classList.toggle("is-live", state === "live");
  }

  // The type's own name, else that of the longest family ("plan.report.>"), else the type.
  nameOf(type) {
    const words = type.split(".");
    const families = words.map((_, place) => `${words.slice(0, place).join(".")}.>`).reverse();
    const known = [type, ...families].find((name) => this.names.has(name));
    return known ? this.names.get(known) : type;
  }

  // The same thing again and again (the indicators of a scene, one by one) is one line with a count.
  add(event) {
    const same = [...this.list.children]
      .slice(0, ALIKE)
      .find((item) => item.dataset.type === event.type && item.dataset.subject === (event.subject ?? ""));
    const times = Number(same?.dataset.times ?? 0) + 1;
    same?.remove();
    const item = document.createElement("li");
    Object.assign(item.dataset, { type: event.type, subject: event.subject ?? "", times });
    const time = document.createElement("time");
    time.dateTime = event.time;
    time.textContent = new Date(event.time).toLocaleTimeString(document.documentElement.lang, { hour12: false });
    const words = document.createElement("span");
    words.textContent = this.nameOf(event.type);
    const count = document.createElement("span");
    count.className = "count figures";
    count.textContent = times > 1 ? `× ${times}` : "";
    words.append(count);
    const subject = document.createElement("span");
    subject.className = "quiet";
    subject.textContent = this.subjects.get(event.subject) ?? event.subject ?? "";
    item.append(time, words, subject);
    this.list.prepend(item);
    while (this.list.children.length > MOST) this.list.lastElementChild.remove();
    this.querySelector("[data-feed-empty]").hidden = true;
  }
}

customElements.define("bc-feed", Feed);
