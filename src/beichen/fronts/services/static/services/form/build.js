// <bc-build>: the two views of a form's declaration, "Build" and "Text". Build is Jedison, a form library for JSON
// Schema, over the outline that the server draws of the text; what is changed there the server folds back into the
// text, which stays the one truth. Without a script there is the text, as ever.
const PAUSE = 300;
const FIELD = /\/fields\/\d+$/;

const loaded = (url) =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", done);
    script.addEventListener("error", () => failed(new Error(url)));
    document.head.append(script);
  });

class Build extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[method=post]");
    this.text = this.form.elements.namedItem("text");
    this.said = this.querySelector("[data-said]");
    this.open = new Set();
    this.added = 0;
    this.querySelector("[data-views]").hidden = false;
    for (const button of this.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => this.turn(button.dataset.view));
    }
    this.form.addEventListener("submit", (event) => this.submitted(event));
    if (this.querySelector("[data-wrong]").hidden) this.turn("build");
  }

  disconnectedCallback() {
    clearTimeout(this.waiting);
  }

  get isBuilding() {
    return !this.querySelector("[data-build]").hidden;
  }

  async turn(view) {
    if (view === "text") {
      await this.fold();
      this.show(view);
      return;
    }
    if (this.isBuilding) return;
    // A text that was not touched since it was built keeps its outline, also when it is not right yet.
    if (!this.outline || this.text.value !== this.built) {
      const told = await this.ask("outline", this.text.value);
      if (!told) return;
      this.tellWrong(told.wrong ?? []);
      this.querySelector("[data-stays]").hidden = !told.wrong;
      if (told.wrong) return;
      await this.draw(told);
    }
    this.tellWrong(this.found);
    this.show(view);
  }

  show(view) {
    const isBuilding = view === "build";
    this.querySelector("[data-build]").hidden = !isBuilding;
    this.querySelector("[data-text]").hidden = isBuilding;
    this.querySelector("[data-stays]").hidden = true;
    for (const button of this.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
  }

  async ask(action, text, outline) {
    const body = new FormData(this.form);
    body.set("action", action);
    body.set("text", text);
    if (outline) body.set("outline", outline);
    try {
      const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      return await answer.json();
    } catch {
      this.said.textContent = this.dataset.failed;
      return null;
    }
  }

  tellWrong(wrong) {
    const section = this.querySelector("[data-wrong]");
    section.hidden = !wrong.length;
    this.list(section, wrong);
  }

  list(section, lines) {
    const items = lines.map((line) => Object.assign(document.createElement("li"), { textContent: line }));
    const list = document.createElement("ul");
    list.append(...items);
    section.querySelector("ul, [data-list]").replaceWith(list);
  }

  async draw(told) {
    for (const url of window.Jedison ? [] : this.dataset.vendor.split(" ")) await loaded(url);
    this.outline?.destroy();
    this.base = this.built = this.text.value;
    this.found = [];
    this.applies = told.applies;
    this.open.clear();
    const words = this.dataset;
    this.outline = new window.Jedison.Create({
      container: this.querySelector("[data-outline]"),
      theme: this.theme(),
      schema: told.schema,
      data: told.outline,
      id: "outline",
      language: "house",
      translations: {
        house: {
          arrayMoveUp: words.moveUp,
          arrayMoveDown: words.moveDown,
          arrayDrag: words.drag,
          arrayDelete: words.delete,
          arrayConfirmDelete: words.confirm,
        },
      },
      arrayFooterAdd: true,
      arrayAdd: false,
      objectAdd: false,
      showErrors: "never",
    });
    this.sent = JSON.stringify(this.outline.getValue());
    const section = this.querySelector("[data-kept]");
    section.hidden = !told.kept.length;
    this.list(section, told.kept);
    this.outline.on("item-add", (_by, item) => this.addedItem(item));
    this.outline.on("change", () => this.changed());
    if (!this.listens) this.listen();
    this.dress();
  }

  // Each field is folded away under its title; the rest is the library's own.
  theme() {
    const build = this;
    return new (class extends window.Jedison.Theme {
      getArrayItem(config) {
        const item = super.getArrayItem(config);
        const details = document.createElement("details");
        details.append(document.createElement("summary"), item.body);
        details.addEventListener("toggle", () => build.toggled(details));
        item.container.prepend(details);
        return item;
      }
    })();
  }

  listen() {
    this.listens = true;
    const place = this.querySelector("[data-outline]");
    place.addEventListener(
      "click",
      (event) => {
        const button = event.target.closest(".jedi-array-move-up, .jedi-array-move-down");
        if (!button) return;
        const item = button.closest(".jedi-array-item");
        this.moved = {
          path: item.dataset.path,
          by: button.matches(".jedi-array-move-up") ? -1 : 1,
        };
      },
      true,
    );
    // A folded field keeps its title only: Enter in a line of text is no sending.
    place.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
    });
  }

  addedItem(item) {
    const was = item?.children.find((one) => one.getKey() === "was");
    if (!was) return;
    this.added += 1;
    this.open.add(`+${this.added}`);
    was.setValue(`+${this.added}`, true, "api");
    this.dress();
    const details = this.item(item.path)?.querySelector("details");
    details?.querySelector("input:not([type=hidden])")?.focus();
  }

  changed() {
    this.dress();
    const moved = this.moved;
    this.moved = null;
    if (moved) this.follow(moved);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fold(), PAUSE);
  }

  // The one that moved keeps the focus, on the button that moved it or on its title at an end of the list.
  follow({ path, by }) {
    const now = path.replace(/\d+$/, (number) => String(Number(number) + by));
    const item = this.item(now);
    if (!item) return;
    const name = by < 0 ? ".jedi-array-move-up" : ".jedi-array-move-down";
    const button = [...item.querySelectorAll(name)].find((one) => one.closest(".jedi-array-item") === item);
    const place = Number(now.match(/\d+$/)[0]) + 1;
    setTimeout(() => (button?.disabled ? item.querySelector("summary, input") : button)?.focus(), 20);
    this.said.textContent = `${item.dataset.title} ${this.dataset.moved} ${place}`;
  }

  item(path) {
    return this.querySelector(`.jedi-array-item[data-path="${CSS.escape(path)}"]`);
  }

  toggled(details) {
    const was = details.closest(".jedi-array-item")?.dataset.was;
    if (!was || !details.isConnected) return;
    if (details.open) this.open.add(was);
    else this.open.delete(was);
  }

  // Titles, what is asked of which kind, names of buttons: what the library does not know of an outline.
  dress() {
    for (const [path, one] of this.outline.instances) {
      const parent = one.parent;
      if (!one.ui || !parent || !Array.isArray(parent.getValue())) continue;
      const item = one.ui.control.container.closest(".jedi-array-item");
      if (!item) continue;
      const value = one.getValue();
      const isField = FIELD.test(path);
      item.dataset.path = path;
      item.dataset.title = (isField ? this.titleOf(value) : value.zh || value.en || value.value) || this.dataset.untitled;
      this.name(item);
      if (isField) this.dressField(item, one, value, path);
      else this.dressChoice(item);
    }
    this.complete();
  }

  titleOf(value) {
    const [first, second] = [value.title, value.title_en];
    return (this.dataset.language.startsWith("zh") ? first || second : second || first) || value.key;
  }

  name(item) {
    for (const button of item.querySelectorAll(".jedi-array-actions-slot button, .jedi-btn-group button")) {
      if (button.closest(".jedi-array-item") !== item) continue;
      if (!button.closest("details") || button.closest("details").contains(item)) {
        button.setAttribute("aria-label", `${button.textContent.trim()}: ${item.dataset.title}`);
        if (button.matches(".jedi-array-drag")) {
          button.tabIndex = -1;
          button.setAttribute("aria-hidden", "true");
        }
      }
    }
  }

  dressField(item, one, value, path) {
    const details = item.querySelector(":scope > details");
    const kind = one.children.find((child) => child.getKey() === "kind");
    const select = kind.ui.control.input;
    item.dataset.was = `${path.replace(FIELD, "")}|${value.was}`;
    if (value.was.startsWith("+")) item.dataset.was = value.was;
    details.open = this.open.has(item.dataset.was);
    const title = document.createElement("span");
    title.textContent = item.dataset.title;
    const mark = document.createElement("span");
    mark.className = "quiet";
    mark.textContent = select?.selectedOptions?.[0]?.textContent ?? value.kind;
    details.querySelector("summary").replaceChildren(title, " ", mark);
    for (const child of one.children) {
      const kinds = this.applies[child.getKey()];
      const name = child.getKey();
      const isShown = kinds ? kinds.includes(value.kind) : !(["how", "value"].includes(name) && !value.when);
      child.ui.control.container.hidden = name === "was" || !isShown;
      child.ui.control.container.dataset.member = name;
    }
  }

  dressChoice(item) {
    item.classList.add("is-choice");
    item.querySelector(":scope > details").open = true;
  }

  // What a condition may look at: the other fields of the same list, and their choices.
  complete() {
    for (const [path, one] of this.outline.instances) {
      if (!FIELD.test(path) || !one.ui) continue;
      const siblings = one.parent.getValue();
      const part = (name) => one.children.find((child) => child.getKey() === name)?.ui.control.input;
      const value = one.getValue();
      const others = siblings.filter((other) => other !== value && other.key && other.key !== value.key);
      this.offer(part("when"), others.map((other) => [other.key, this.titleOf(other)]));
      const asked = siblings.find((other) => other.key === value.when);
      const choices = asked?.choices.map((choice) => [choice.value, choice.zh || choice.en]) ?? [];
      this.offer(part("value"), ["yes", "agree"].includes(asked?.kind) ? [["true", ""], ["false", ""]] : choices);
    }
  }

  offer(input, values) {
    if (!input) return;
    const id = `${input.id}-offered`;
    let list = document.getElementById(id);
    if (!list) {
      list = Object.assign(document.createElement("datalist"), { id });
      input.after(list);
      input.setAttribute("list", id);
      input.autocomplete = "off";
    }
    list.replaceChildren(...values.map(([value, words]) => Object.assign(document.createElement("option"), { value, label: words || value })));
  }

  // One folding at a time; what was changed meanwhile is folded after it.
  fold() {
    clearTimeout(this.waiting);
    this.folding = (this.folding ?? Promise.resolve()).then(() => this.foldNow());
    return this.folding;
  }

  async foldNow() {
    if (!this.outline || !this.isBuilding) return;
    const outline = JSON.stringify(this.outline.getValue());
    if (outline === this.sent) return;
    const told = await this.ask("fold", this.base, outline);
    if (!told) return;
    this.tellWrong(told.wrong);
    if (told.text === undefined) return;
    this.found = told.wrong;
    this.sent = outline;
    this.text.value = told.text;
    this.built = this.text.value;
    if (told.preview) this.querySelector("[data-preview-of]").innerHTML = told.preview;
  }

  async submitted(event) {
    if (!this.isBuilding || this.isFolded) {
      this.isFolded = false;
      return;
    }
    event.preventDefault();
    const by = event.submitter;
    await this.fold();
    if (by?.value !== "export" || !this.querySelector("[data-wrong]").hidden) return;
    this.isFolded = true;
    this.form.requestSubmit(by);
  }
}

customElements.define("bc-build", Build);
