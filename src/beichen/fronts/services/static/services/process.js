/* <bc-process data-src data-waits data-done>: a BPMN diagram with the steps marked that are done and that wait. */

/* The colours are names, so that a drawing follows the page's appearance without being drawn anew. */
const COLOURS = {
  defaultFillColor: "var(--process-fill)",
  defaultStrokeColor: "var(--process-line)",
  defaultLabelColor: "var(--process-ink)",
};

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
      canvas.zoom("fit-viewport");
      this.dataset.drawn = "";
    } catch {
      this.textContent = this.dataset.failed;
    }
  }
}

customElements.define("bc-process", Process);
