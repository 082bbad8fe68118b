// <bc-scan>: reads the code on an object with the phone's camera and fills the form with what the registry knows.
//
// Attributes: href (where a scanned text is asked, ?code=), decoder (address of jsQR, for browsers without
// BarcodeDetector). Without a camera that a page may use, a photograph of the code is read instead. A code can be
// typed as well; without a network it stays in the field for the address.
const PAUSE_MILLISECONDS = 200;
const LONGEST_SIDE = 1200;
let loading;

function decoder(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(globalThis.jsQR);
    script.onerror = () => reject(new Error("the decoder did not load"));
    document.head.append(script);
  });
  return loading;
}

class Scan extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.said = this.querySelector("[data-said]");
    this.code = this.querySelector("[data-code]");
    this.video = this.querySelector("video");
    this.photo = this.querySelector("input[type=file]");
    this.querySelector("[data-scan]").addEventListener("click", () => this.start());
    this.querySelector("[data-stop]").addEventListener("click", () => this.stop());
    this.querySelector("[data-look]").addEventListener("click", () => this.look(this.code.value));
    this.code.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.look(this.code.value);
    });
    this.photo.addEventListener("change", () => this.readPhoto());
  }

  disconnectedCallback() {
    this.stop();
  }

  say(name, text = "") {
    this.said.textContent = `${name ? this.said.dataset[name] : ""} ${text}`.trim();
  }

  // The text of the code in a picture; empty for none.
  async read(source, width, height) {
    if (!width || !height) return "";
    if ("BarcodeDetector" in globalThis) {
      try {
        this.detector ??= new BarcodeDetector({ formats: ["qr_code"] });
        const [found] = await this.detector.detect(source);
        if (found) return found.rawValue;
      } catch {
        // some browsers have the name and not the thing
      }
    }
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    const decode = await decoder(this.getAttribute("decoder"));
    return decode(picture.data, picture.width, picture.height)?.data ?? "";
  }

  async start() {
    this.say("");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      this.photo.click(); // no camera that a page may use: a photograph does
      return;
    }
    this.video.srcObject = this.stream;
    this.show(true);
    await this.video.play();
    this.say("looking");
    this.watch();
  }

  show(isOn) {
    for (const part of this.querySelectorAll("[data-camera]")) part.hidden = !isOn;
  }

  async watch() {
    while (this.stream) {
      const text = await this.read(this.video, this.video.videoWidth, this.video.videoHeight).catch(() => "");
      if (text && this.stream) {
        this.stop();
        await this.look(text);
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

  async readPhoto() {
    const [file] = this.photo.files;
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    const text = picture ? await this.read(picture, picture.width, picture.height).catch(() => "") : "";
    this.photo.value = "";
    if (text) await this.look(text);
    else this.say("unread");
  }

  async look(text) {
    if (!text.trim()) return;
    this.code.value = text.trim();
    let answer;
    try {
      const address = `${this.getAttribute("href")}?code=${encodeURIComponent(text.trim())}`;
      answer = await fetch(address, { headers: { Accept: "application/json" } });
    } catch {
      this.fill("address", this.code.value);
      this.say("offline");
      return;
    }
    if (!answer.ok) {
      this.say("unknown");
      return;
    }
    const found = await answer.json();
    this.code.value = found.code;
    for (const name of ["kind", "region", "address"]) this.fill(name, found[name]);
    this.fill("channel", "patrol");
    if (found.longitude !== null) {
      const detail = { longitude: found.longitude.toFixed(6), latitude: found.latitude.toFixed(6) };
      this.dispatchEvent(new CustomEvent("beichen:place", { bubbles: true, detail }));
    }
    this.say("found", found.name);
  }

  fill(name, value) {
    const field = this.closest("form").elements.namedItem(name);
    if (field && value) field.value = value;
  }
}

customElements.define("bc-scan", Scan);
