// <bc-dialog>: a button that opens the dialog beside it; Escape and the backdrop close it, focus returns.
class Dialog extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    this.querySelector("[data-open]").addEventListener("click", () => dialog.showModal());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    if (dialog.querySelector("[aria-invalid=true], .field-error")) dialog.showModal();
  }
}

customElements.define("bc-dialog", Dialog);
