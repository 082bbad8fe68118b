// <bc-scanner>: fills its form with the text of a QR code, from the camera or a picture, and sends it.
//
// Attributes: decoder (address of the polyfill of BarcodeDetector), engine (address of its WebAssembly), for browsers
// that have no reader of their own. Without a script or a camera the text is typed, or comes from a scanner that types.
const PAUSE_MILLISECONDS = 120;
let loading;

async function detector(element) {
  const formats = ["qr_code"];
  if ("BarcodeDetector" in globalThis) {
    const known = await globalThis.BarcodeDetector.getSupportedFormats().catch(() => []);
    if (known.includes("qr_code")) return new globalThis.BarcodeDetector({ formats });
  }
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = element.getAttribute("decoder");
    script.onload = () => {
      const { BarcodeDetector, prepareZXingModule } = globalThis.BarcodeDetectionAPI;
      const engine = new URL(element.getAttribute("engine"), location.href).href;
      prepareZXingModule({ overrides: { locateFile: () => engine } });
      resolve(new BarcodeDetector({ formats }));
    };
    script.onerror = () => reject(new Error("the decoder did not load"));
    document.head.append(script);
  });
  return loading;
}

class Scanner extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.form.elements.namedItem("text");
    this.video = this.querySelector("video");
    this.file = this.querySelector("input[type=file]");
    this.said = this.querySelector("[data-said]");
    this.querySelector("[data-tools]").hidden = false;
    this.querySelector("[data-start]").addEventListener("click", () => this.start());
    this.querySelector("[data-stop]").addEventListener("click", () => this.stop());
    this.querySelector("[data-choose]").addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => this.readPicture());
  }

  disconnectedCallback() {
    this.stop();
  }

  say(name) {
    this.said.textContent = name ? this.said.dataset[name] : "";
  }

  show(isOn) {
    for (const part of this.querySelectorAll("[data-camera]")) part.hidden = !isOn;
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      this.say("none");
      return;
    }
    this.video.srcObject = this.stream;
    this.show(true);
    await this.video.play();
    this.say("looking");
    const reader = await detector(this);
    while (this.stream) {
      const found = await reader.detect(this.video).catch(() => []);
      if (found.length && this.stream) {
        this.stop();
        this.take(found[0].rawValue);
        return;
      }
      await new Promise((done) => setTimeout(done, PAUSE_MILLISECONDS));
    }
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
    this.show(false);
  }

  async readPicture() {
    const [file] = this.file.files;
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    const reader = await detector(this);
    const found = picture ? await reader.detect(picture).catch(() => []) : [];
    this.file.value = "";
    if (found.length) this.take(found[0].rawValue);
    else this.say("unread");
  }

  take(text) {
    this.say("found");
    this.text.value = text;
    this.form.requestSubmit();
  }
}

customElements.define("bc-scanner", Scanner);
