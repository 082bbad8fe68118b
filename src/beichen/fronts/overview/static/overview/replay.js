// Replay of a day: the slider and the button go through its hours; each step asks the widgets that can tell the
// past for that moment, four at a time, and the next begins when all have answered. What was fetched is kept.
const form = document.querySelector("[data-replay]");
const AT_ONCE = 4;
const PAUSE = matchMedia("(prefers-reduced-motion: reduce)").matches ? 4000 : 1500;
const SETTLE = 200;
const kept = new Map(); // address → what was answered
const part = (name) => form.querySelector(`[data-${name}]`);

function addresses(moment) {
  const widgets = document.querySelectorAll(".screen-grid > .widget:not(.is-feed, .is-text, .is-video)");
  return [...widgets].map((widget) => {
    const address = new URL(widget.getAttribute("hx-get"), location.href);
    address.searchParams.set("at", moment);
    return [widget, address.href];
  });
}

async function answer(address, signal) {
  if (!kept.has(address)) {
    const found = await fetch(address, { headers: { "HX-Request": "true" }, signal });
    if (!found.ok) throw new Error(String(found.status));
    kept.set(address, await found.text());
  }
  return kept.get(address);
}

function put(widget, text) {
  const body = widget.querySelector(".widget-body");
  body.innerHTML = text;
  widget.classList.remove("is-broken");
}

let running;

async function show(step) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const moment = form.dataset.moments.split(" ")[step];
  const words = moment.replace("T", " ");
  part("moment").textContent = words;
  form.elements.step.value = step;
  form.elements.step.setAttribute("aria-valuetext", words);
  const time = document.querySelector(".page-head time");
  if (time) [time.textContent, time.dateTime] = [words, moment];
  part("state").textContent = form.dataset.loading;
  const waiting = addresses(moment);
  let failures = 0;
  const work = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const [widget, address] = next;
      try {
        put(widget, await answer(address, signal));
      } catch {
        if (signal.aborted) return;
        failures += 1;
        widget.classList.add("is-broken");
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (!signal.aborted) part("state").textContent = failures ? `${form.dataset.failed} (${failures})` : "";
  return !signal.aborted;
}

if (form) {
  const slider = form.elements.step;
  const last = Number(slider.max);
  const button = part("play");
  let isPlaying = false;
  let settling;
  const stop = () => {
    isPlaying = false;
    button.setAttribute("aria-pressed", "false");
    button.textContent = form.dataset.playWords;
  };
  const play = async () => {
    isPlaying = true;
    button.setAttribute("aria-pressed", "true");
    button.textContent = form.dataset.stopWords;
    let step = Number(slider.value) >= last ? 0 : Number(slider.value) + 1;
    while (isPlaying && step <= last) {
      if (!(await show(step))) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      step += 1;
    }
    if (isPlaying) stop();
  };
  button.hidden = false;
  part("show").hidden = true;
  button.addEventListener("click", () => (isPlaying ? stop() : play()));
  slider.addEventListener("input", () => {
    stop();
    clearTimeout(settling);
    settling = setTimeout(() => show(Number(slider.value)), SETTLE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(Number(slider.value));
  });
}
