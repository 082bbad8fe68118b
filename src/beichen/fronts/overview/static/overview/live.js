// A screen that lives: it subscribes once to what concerns its widgets, is told in sums what changed, and asks anew
// for the widgets that a sum is about: gathered, a little later or sooner than others do, each no oftener than its
// pause, at most a few requests at once. Where it is told nothing (no stream, an old proxy, no network), every
// widget is asked for each minute. A page that nobody looks at asks for nothing.
import { digestOf, failed, grid, isBroken, lastShown, put } from "./widgets.js";

const MINUTE = 60_000;
const STILL = 5 * MINUTE; // figures that age without any event ("overdue") are asked for so often all the same
const JITTER = 2_000;
const EACH = 20; // milliseconds for which a house is busy with one viewer: so many viewers spread over so long
const TICK = 500;
const MEASURED = "iot.thing.measured"; // readings move no place in the stream: an answer made before may be kept
const SETTLE = 3_000; // so long, and is waited for
const AT_ONCE = 12; // widgets in one request
const MOST_REQUESTS = 2;
const SLOW = MINUTE; // who pauses so long asks the city's tables: a request of its own, so that nobody waits for it
const REOPEN = MINUTE;

const state = document.querySelector("[data-live-state]");
const widgets = [...(grid?.querySelectorAll("[data-hears]") ?? [])].map((element) => ({
  element,
  number: element.dataset.number,
  hears: element.dataset.hears.split(" "),
  pause: Number(element.dataset.pause) * 1000,
  tried: 0,
  due: Infinity,
  isAsked: false,
}));
let isLive = false;
let seen = "0";
let running = 0;
let spread = JITTER;

function say() {
  if (!state) return;
  state.textContent = isLive ? state.dataset.live : state.dataset.minute;
  state.classList.toggle("is-live", isLive);
}

const covers = (pattern, type) =>
  pattern === type || (pattern.endsWith(".>") && type.startsWith(pattern.slice(0, -1)));

// Whether a sum, {type: names}, is about what a widget listens to. No names: it may be anything of the type.
function concerns(told, hears) {
  return Object.entries(told).some(
    ([type, names]) =>
      type === "*" ||
      hears.some((word) => {
        const [pattern, name] = word.split(":");
        return covers(pattern, type) && (!name || !names.length || names.includes(name));
      }),
  );
}

const last = (widget) => Math.max(lastShown(widget.element), widget.tried);

function mark(widget, wait = 0) {
  const earliest = Math.max(Date.now() + wait, last(widget) + Math.max(widget.pause, spread));
  widget.due = Math.min(widget.due, earliest + Math.random() * spread);
}

function take(message) {
  seen = message.lastEventId || seen;
  const { changed: told, listeners } = JSON.parse(message.data);
  spread = Math.max(JITTER, listeners * EACH);
  const wait = MEASURED in told ? SETTLE : 0;
  for (const widget of widgets) if (concerns(told, widget.hears)) mark(widget, wait);
}

async function ask(several) {
  running += 1;
  for (const widget of several) Object.assign(widget, { due: Infinity, isAsked: true, tried: Date.now() });
  const of = several.map(({ number, element }) => `${number}.${isBroken(element) ? "" : digestOf(element)}`).join(",");
  const query = new URLSearchParams({ of, seen });
  try {
    const answer = await fetch(`${grid.dataset.several}&${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const { widgets: told } = await answer.json();
    for (const { element, number } of several) if (told[number]) put(element, told[number]);
  } catch {
    for (const { element } of several) failed(element);
  } finally {
    running -= 1;
    for (const widget of several) widget.isAsked = false;
  }
}

// Once in a while: those that are due, in as few requests as there may be.
function tick() {
  if (document.visibilityState !== "visible" || running >= MOST_REQUESTS) return;
  const now = Date.now();
  for (const widget of widgets) {
    const longest = isLive && !isBroken(widget.element) ? STILL : MINUTE;
    const isFirst = lastShown(widget.element) === 0 && !isBroken(widget.element); // htmx still fetches it
    if (!isFirst && !widget.isAsked && widget.due === Infinity && now - last(widget) > longest) mark(widget);
  }
  const due = widgets.filter((widget) => widget.due <= now && !widget.isAsked).sort((one, other) => one.due - other.due);
  if (!due.length) return;
  const isSlow = (widget) => widget.pause >= SLOW;
  ask(isSlow(due[0]) ? [due[0]] : due.filter((widget) => !isSlow(widget)).slice(0, AT_ONCE));
}

function listen() {
  const source = new EventSource(grid.dataset.subscription);
  source.addEventListener("open", () => {
    isLive = true;
    say();
  });
  source.addEventListener("changes", take);
  source.addEventListener("error", () => {
    isLive = false;
    say();
    if (source.readyState !== EventSource.CLOSED) return; // the browser itself tries again
    setTimeout(listen, REOPEN * (1 + Math.random()));
  });
}

if (grid && widgets.length) {
  if (grid.dataset.subscription) listen();
  say();
  setInterval(tick, TICK);
}
