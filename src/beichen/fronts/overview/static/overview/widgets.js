// Widgets of a screen: what was fetched is put in; one that could not be fetched greys itself and says since when.
export const grid = document.querySelector(".screen-grid");
const shown = new Map(); // widget → when it was last fetched
const broken = new Map(); // widget → since when it is not
const digests = new Map(); // widget → what it shows

const clock = (time) => time.toLocaleTimeString(document.documentElement.lang, { hour12: false });

export const lastShown = (widget) => shown.get(widget)?.getTime() ?? 0;
export const isBroken = (widget) => broken.has(widget);
export const digestOf = (widget) => digests.get(widget) ?? "";

export function failed(widget) {
  if (!broken.has(widget)) broken.set(widget, new Date());
  widget.classList.add("is-broken");
  const last = shown.get(widget);
  const words = last ? `${grid.dataset.broken} ${clock(last)}` : `${grid.dataset.never} ${clock(broken.get(widget))}`;
  let line = widget.querySelector("[data-failure]");
  if (!line) {
    line = document.createElement("p");
    line.dataset.failure = "";
    line.className = "widget-missing";
    const body = widget.querySelector(".widget-body");
    if (last) body.prepend(line);
    else body.replaceChildren(line);
  }
  line.textContent = words;
}

export function works(widget) {
  shown.set(widget, new Date());
  broken.delete(widget);
  widget.classList.remove("is-broken");
  widget.querySelector("[data-failure]")?.remove();
}

// What the reader is in the middle of is kept: which part has the focus, what is open, how far it is scrolled.
function kept(body) {
  const open = [...body.querySelectorAll("details")].map((one) => one.open);
  const scrolled = [...body.querySelectorAll(".widget-bars, .widget-table")].map((one) => one.scrollTop);
  const focusable = "a[href], button, summary, [tabindex]";
  const focused = [...body.querySelectorAll(focusable)].indexOf(document.activeElement);
  return () => {
    body.querySelectorAll("details").forEach((one, place) => (one.open = open[place] ?? one.open));
    body.querySelectorAll(".widget-bars, .widget-table").forEach((one, place) => (one.scrollTop = scrolled[place] ?? 0));
    if (focused >= 0) body.querySelectorAll(focusable)[focused]?.focus({ preventScroll: true });
  };
}

export function put(widget, { digest, content, time }) {
  works(widget);
  const clock = time && [...widget.querySelectorAll(".widget-note time")].at(-1);
  if (clock) clock.outerHTML = time; // the same as before, found out anew
  if (content !== undefined) {
    const body = widget.querySelector(".widget-body");
    const restore = kept(body);
    body.innerHTML = content; // the house's own rendering, in which every value is escaped
    restore();
  }
  digests.set(widget, digest);
}
