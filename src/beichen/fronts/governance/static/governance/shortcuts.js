// <bc-shortcuts>: one key for what an operator does a hundred times a day; ? lists them.
//
// In the queue j and k move between rows and keep their order for the tab; on a case's page they lead to the
// next and the previous case of that order. No key does anything while somebody writes.
const ORDER = "beichen.console.order";
const WRITING = "input:not([type=checkbox]), textarea, select, dialog[open]";

const rows = () => [...document.querySelectorAll("#table-cases tbody tr")];
const codeOf = (link) => decodeURIComponent(new URL(link.href).pathname.split("/").pop());

class Shortcuts extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    const opener = this.querySelector("[data-shortcuts]");
    opener.hidden = false;
    opener.addEventListener("click", () => this.dialog.showModal());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.press = (event) => this.take(event);
    document.addEventListener("keydown", this.press);
    document.addEventListener("htmx:afterSettle", () => this.remember());
    this.remember();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
  }

  remember() {
    const links = rows().map((row) => row.querySelector("th a"));
    if (links.length) sessionStorage.setItem(ORDER, JSON.stringify(links.filter(Boolean).map(codeOf)));
  }

  take(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(WRITING)) return;
    const acts = {
      j: () => this.move(1),
      k: () => this.move(-1),
      x: () => document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
      a: () => this.open("accept"),
      d: () => this.open("dispatch"),
      "/": () => this.search(),
      "?": () => this.dialog.showModal(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  move(step) {
    const here = document.querySelector("[data-case]")?.dataset.case;
    if (here) {
      const order = JSON.parse(sessionStorage.getItem(ORDER) ?? "[]");
      const next = order[order.indexOf(here) + step];
      if (order.includes(here) && next) location.assign(location.pathname.replace(/[^/]+$/, encodeURIComponent(next)));
      return;
    }
    const all = rows();
    if (!all.length) return;
    const current = all.findIndex((row) => row.classList.contains("is-current"));
    const next = Math.max(0, Math.min(all.length - 1, current === -1 ? 0 : current + step));
    all[current]?.classList.remove("is-current");
    all[next].classList.add("is-current");
    all[next].querySelector("th a")?.focus();
  }

  // On a case's page the command's form opens; in the queue the row's case opens with it.
  open(command) {
    const form = document.querySelector(`[data-command="${command}"]`);
    if (form) {
      form.open = true;
      form.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
      return;
    }
    const link = document.querySelector("tr.is-current th a");
    if (link) location.assign(`${link.href}#${command}`);
  }

  search() {
    const field = document.querySelector("input[type=search]");
    if (field) field.focus();
    else location.assign("/console");
  }
}

customElements.define("bc-shortcuts", Shortcuts);

const asked = location.hash.slice(1);
if (/^[a-z-]+$/.test(asked)) document.querySelector(`[data-command="${asked}"]`)?.setAttribute("open", "");
