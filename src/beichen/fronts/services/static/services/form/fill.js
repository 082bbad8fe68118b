// <bc-fill>: a form of an application as it is filled in. It shows and hides what rules say, tells what is wrong with
// what was touched, by the declaration that the server judges by too, and keeps the draft as one goes. The page is whole
// without it.
import { demanded, faults, hidden, pruned, read, sentenceOf } from "./answers.js";

const PAUSE = 800;

class Fill extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[data-state]");
    this.schema = this.json("form-schema");
    this.sentences = this.json("form-sentences");
    this.touched = new Set();
    for (const part of this.querySelectorAll("[data-part]")) {
      if (part.querySelector(".field-error")) this.touched.add(part.dataset.part);
    }
    this.form.addEventListener("input", (event) => this.changed(event));
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.isPreview = this.hasAttribute("data-preview");
    for (const input of this.querySelectorAll("[data-address]")) this.suggest(input);
    this.look();
  }

  // The city's addresses and places, as one types.
  suggest(input) {
    const list = document.createElement("datalist");
    list.id = `${input.id}-found`;
    input.setAttribute("list", list.id);
    input.after(list);
    input.addEventListener("input", async () => {
      const words = input.value.trim();
      if (words.length < 2) return;
      try {
        const answer = await fetch(`/api/geo/places?limit=8&q=${encodeURIComponent(words)}`);
        const told = answer.ok ? await answer.json() : { places: [] };
        if (input.value.trim() !== words) return;
        const options = told.places.map((place) => {
          const option = document.createElement("option");
          option.value = place.text ?? place.name;
          return option;
        });
        list.replaceChildren(...options);
      } catch {
        list.replaceChildren();
      }
    });
  }

  json(id) {
    return JSON.parse(this.querySelector(`#${id}`).textContent);
  }

  answers() {
    const given = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string") (given[name] ??= []).push(value);
      else if (value.size) given[name.replace("upload:", "")] = [value.name];
    }
    for (const part of this.querySelectorAll(".form-file[data-part]")) {
      if (part.querySelector(".form-brought")) given[part.dataset.part] ??= ["brought"];
    }
    return pruned(this.schema, read(this.schema, given));
  }

  changed(event) {
    const part = event.target.closest("[data-part]");
    if (part && event.type === "change") this.touched.add(part.dataset.part);
    this.look();
    if (this.isPreview || event.target.type === "file") return; // files come with the next sending
    clearTimeout(this.waiting);
    this.wait();
  }

  // One keeping at a time: each needs the version that the one before it gave.
  wait() {
    this.waiting = setTimeout(() => {
      if (this.saving) {
        this.wait();
        return;
      }
      this.saving = this.keep().finally(() => {
        this.saving = null;
      });
    }, PAUSE);
  }

  look() {
    const answers = this.answers();
    this.arrange(this.schema, answers, "");
    this.wrong = new Map(faults(this.schema, answers).map((fault) => [fault.path, fault]));
    for (const part of this.querySelectorAll("[data-part]")) this.tell(part);
  }

  arrange(schema, answers, before) {
    const [gone, needed] = [hidden(schema, answers), demanded(schema, answers)];
    for (const [name, field] of Object.entries(schema.properties)) {
      const part = this.part(before + name);
      if (part) {
        part.hidden = gone.has(name);
        this.mark(part, needed.has(name));
      }
      const value = answers[name];
      if (field.type === "object") this.arrange(field, value ?? {}, `${before}${name}.`);
      else if (field.type === "array" && field.items.type === "object") {
        (value ?? []).forEach((row, number) => this.arrange(field.items, row, `${before}${name}.${number}.`));
      }
    }
  }

  part(name) {
    return this.querySelector(`[data-part="${CSS.escape(name)}"]`);
  }

  // “(optional)” follows what rules demand now.
  mark(part, isNeeded) {
    if (part.querySelector("[data-part]") || part.querySelector(".field-check")) return;
    const label = part.matches("fieldset") ? part.querySelector(":scope > legend") : part.querySelector("label");
    if (!label || part.matches(".form-rows")) return;
    const optional = label.querySelector(".quiet");
    if (isNeeded) optional?.remove();
    else if (!optional) {
      const mark = document.createElement("span");
      mark.className = "quiet";
      mark.textContent = this.dataset.optional;
      label.append(" ", mark);
    }
  }

  tell(part) {
    const fault = this.wrong.get(part.dataset.part);
    const isShown = fault && !part.hidden && this.touched.has(part.dataset.part);
    const direct = [...part.querySelectorAll(".field-error")].filter((one) => one.closest("[data-part]") === part);
    for (const error of direct) error.remove();
    const inputs = [...part.querySelectorAll("input, select, textarea")].filter(
      (one) => one.closest("[data-part]") === part && one.type !== "hidden",
    );
    const id = `error-${part.dataset.part}`;
    for (const input of inputs) {
      input.removeAttribute("aria-invalid");
      if (isShown) input.setAttribute("aria-invalid", "true");
      const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
      if (isShown) described.push(id);
      if (described.length) input.setAttribute("aria-describedby", described.join(" "));
      else input.removeAttribute("aria-describedby");
    }
    if (!isShown) return;
    const error = document.createElement("p");
    error.className = "field-error";
    error.id = id;
    error.textContent = sentenceOf(this.schema, fault, this.sentences);
    const field = [...part.querySelectorAll(".field")].find((one) => one.closest("[data-part]") === part);
    (field ?? part).append(error);
  }

  async keep() {
    this.state.textContent = this.dataset.saving;
    const body = new FormData(this.form);
    for (const name of [...body.keys()]) if (body.get(name) instanceof File) body.delete(name);
    body.set("action", "save");
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
      });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.said ?? told.detail ?? String(answer.status));
      this.form.elements.namedItem("version").value = told.version;
      this.state.textContent = this.dataset.saved;
    } catch (error) {
      this.state.textContent = `${this.dataset.lost} ${error.message}`;
    }
  }

  submitted(event) {
    clearTimeout(this.waiting);
    if (this.isPreview) event.preventDefault();
    if (this.saving) {
      // What is being kept moves the draft's version on: the page is sent with the new one.
      event.preventDefault();
      this.saving.finally(() => this.form.requestSubmit(event.submitter));
      return;
    }
    if (event.submitter?.value !== "next") return;
    for (const name of this.wrong.keys()) this.touched.add(name);
    this.look();
    const first = [...this.querySelectorAll("[data-part]")].find(
      (part) => this.wrong.has(part.dataset.part) && !part.closest("[hidden]"),
    );
    if (!first) return;
    event.preventDefault();
    first.scrollIntoView({ block: "center" });
    first.querySelector("input:not([type=hidden]), select, textarea, button")?.focus({ preventScroll: true });
  }
}

customElements.define("bc-fill", Fill);
