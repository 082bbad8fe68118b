// Screens: a widget that cannot be fetched greys itself and says since when; a wall goes to the next screen.
// The key "/" leads to the box that asks.
const grid = document.querySelector(".screen-grid");
const shown = new Map(); // widget → when it was last fetched
const broken = new Map(); // widget → since when it is not

const clock = (time) => time.toLocaleTimeString(document.documentElement.lang, { hour12: false });

function failed(widget) {
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

function works(widget) {
  shown.set(widget, new Date());
  broken.delete(widget);
  widget.classList.remove("is-broken");
}

if (grid) {
  grid.addEventListener("htmx:afterRequest", (event) => {
    const widget = event.target.closest(".widget");
    if (!widget) return;
    if (event.detail.successful) works(widget);
    else failed(widget);
  });
}

const wall = document.querySelector("[data-next]");
if (wall) setTimeout(() => location.assign(wall.dataset.next), Number(wall.dataset.seconds) * 1000);

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  const box = document.getElementById("ask-words");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey || !box) return;
  event.preventDefault();
  box.focus();
});
