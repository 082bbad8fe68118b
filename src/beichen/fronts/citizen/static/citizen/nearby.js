// <bc-nearby>: where the device is, for the list of what is near; without a script one types a place.
class Nearby extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("[data-locate]");
    const form = this.querySelector("form");
    const said = this.querySelector("[data-located]");
    if (!navigator.geolocation) return;
    button.hidden = false;
    // A typed name is meant, not the place before it.
    form.elements.place.addEventListener("input", () => (form.elements.at.value = ""));
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          form.elements.at.value = `${coords.longitude.toFixed(5)},${coords.latitude.toFixed(5)}`;
          form.elements.place.value = "";
          form.requestSubmit();
        },
        () => {
          said.hidden = false;
          said.textContent = said.dataset.lost;
        },
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
  }
}

customElements.define("bc-nearby", Nearby);
