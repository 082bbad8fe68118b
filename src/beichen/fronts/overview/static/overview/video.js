// <bc-video>: shows a source of a city: HLS by hls.js (or the browser's own), MP4, or a picture that is fetched anew.
// A source that does not answer greys its card and says since when; it is tried again. Nothing is recorded.
const library = new URL("../vendor/hls.light.min.js", import.meta.url).href;
const PICTURE = 10_000; // milliseconds between two pictures
const AGAIN = 15_000;
let loading;

function hls() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.querySelector("link[data-hls]")?.href ?? library;
    script.onload = () => resolve(globalThis.Hls);
    script.onerror = () => reject(new Error("the video library did not load"));
    document.head.append(script);
  });
  return loading;
}

const clock = (time) => time.toLocaleTimeString(document.documentElement.lang, { hour12: false });

class Video extends HTMLElement {
  connectedCallback() {
    this.screen = this.querySelector(".video-picture");
    this.screen.addEventListener("error", () => this.silent());
    for (const name of ["load", "loadeddata", "playing"]) this.screen.addEventListener(name, () => this.answers());
    if (this.getAttribute("form") === "image") {
      if (this.screen.complete && !this.screen.naturalWidth) this.silent();
      this.timer = setInterval(() => this.picture(), PICTURE);
    } else this.begin();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.again);
    this.player?.destroy();
  }

  begin() {
    if (this.getAttribute("form") === "mp4") {
      this.screen.load();
      if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.screen.play().catch(() => {});
      return;
    }
    this.stream().catch(() => this.silent());
  }

  async stream() {
    const address = this.getAttribute("address");
    const Hls = await hls();
    if (!Hls.isSupported()) {
      this.screen.src = address;
      return;
    }
    this.player?.destroy();
    this.player = new Hls({ enableWorker: false, lowLatencyMode: false, maxBufferLength: 20 });
    this.player.on(Hls.Events.ERROR, (_name, error) => {
      if (error.fatal) this.silent();
    });
    this.player.loadSource(address);
    this.player.attachMedia(this.screen);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.screen.play().catch(() => {});
  }

  picture() {
    const next = new URL(this.getAttribute("address"), location.href);
    next.searchParams.set("_", Date.now());
    this.screen.src = next.href;
  }

  silent() {
    this.since ??= new Date();
    const line = this.querySelector("[data-silence]");
    line.textContent = `${this.dataset.silent} ${clock(this.since)}`;
    line.hidden = false;
    this.classList.add("is-silent");
    this.closest(".widget")?.classList.add("is-broken");
    if (this.getAttribute("form") === "image") return;
    clearTimeout(this.again);
    this.again = setTimeout(() => this.begin(), AGAIN);
  }

  answers() {
    this.since = undefined;
    this.querySelector("[data-silence]").hidden = true;
    this.classList.remove("is-silent");
    this.closest(".widget")?.classList.remove("is-broken");
  }
}

customElements.define("bc-video", Video);
