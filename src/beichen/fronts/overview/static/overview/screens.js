// Screens: what htmx fetches first, the way of a wall to the next screen, and the key "/" to the box that asks.
import "./live.js";
import { failed, grid, works } from "./widgets.js";

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

// Paper is light: charts take their colours from the page, so that it is light before they are printed.
const root = document.documentElement;
let appearance;
const appear = (theme) => {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.dispatchEvent(new CustomEvent("beichen:theme"));
};
addEventListener("beforeprint", () => {
  appearance = root.dataset.theme;
  appear("light");
});
addEventListener("afterprint", () => appear(appearance));
