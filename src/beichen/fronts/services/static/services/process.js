/* <bc-process data-src data-waits data-done>: a BPMN diagram with the steps marked that are done and that wait. */

/* The colours are names, so that a drawing follows the page's appearance without being drawn anew. */
const COLOURS = {
  defaultFillColor: "var(--process-fill)",
  defaultStrokeColor: "var(--process-line)",
  defaultLabelColor: "var(--process-ink)",
};

const EDGE = 32;
const SMALLEST = 0.6;
const LARGEST = 1.15;

class Process extends HTMLElement {
  async connectedCallback() {
    try {
      const answer = await fetch(this.dataset.src, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const viewer = new window.BpmnJS({ container: this, bpmnRenderer: COLOURS });
      await viewer.importXML(await answer.text());
      const canvas = viewer.get("canvas");
      const elements = viewer.get("elementRegistry");
      const mark = (names, word) => {
        for (const name of names.split(" ").filter(Boolean)) {
          if (elements.get(name)) canvas.addMarker(name, word);
        }
      };
      mark(this.dataset.done, "is-done");
      mark(this.dataset.waits, "is-waiting");
      this.lead(this.fit(canvas), this.reached(elements));
      this.dataset.drawn = "";
    } catch {
      this.textContent = this.dataset.failed;
    }
  }

  /* The whole drawing in the middle, as high as it needs; one that is too wide to be read is moved sideways. */
  fit(canvas) {
    const { inner } = canvas.viewbox();
    const width = inner.width + 2 * EDGE;
    const height = inner.height + 2 * EDGE;
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.clientWidth / width));
    this.firstElementChild.style.minInlineSize = `${Math.floor(width * Math.min(scale, SMALLEST))}px`;
    this.style.blockSize = `${Math.ceil(height * scale)}px`;
    if (this.scrollWidth > this.clientWidth) this.tabIndex = 0;
    canvas.resized();
    canvas.zoom(scale, { x: 0, y: 0 });
    const outer = canvas.getSize();
    const x = inner.x - Math.max(EDGE, (outer.width / scale - inner.width) / 2);
    canvas.viewbox({ x, y: inner.y - EDGE, width: outer.width / scale, height: outer.height / scale });
    return { x, scale };
  }

  /* The first element that waits; of a process that is over the end that it came to. */
  reached(elements) {
    const found = (names) => names.split(" ").map((name) => name && elements.get(name)).filter(Boolean);
    const ends = found(this.dataset.done).filter((one) => one.type === "bpmn:EndEvent");
    return [...found(this.dataset.waits), ...ends][0];
  }

  /* A drawing that is wider than its place begins where the affair is, not where it began. */
  lead({ x, scale }, element) {
    if (!element) return;
    this.scrollLeft = (element.x + element.width / 2 - x) * scale - this.clientWidth / 2;
  }
}

customElements.define("bc-process", Process);
