// Making a screen: widgets are dragged by their sign (Sortable) and sized by their corner; arrows do the same.
// What is done stands in the fields of the form (place, columns, rows), which is what is sent.
const form = document.querySelector("[data-editor]");
const grid = form?.querySelector("[data-grid]");
const COLUMNS = 12;
const ROWS = 12;
const isQuiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
const widgets = () => [...grid.querySelectorAll(":scope > [data-widget]")];
const field = (widget, name) => widget.querySelector(`[name="${name}-${widget.dataset.widget}"]`);

function changed() {
  form.querySelector("[data-unsaved]").hidden = false;
  form.dataset.changed = "";
}

function tell(widget, words) {
  form.querySelector("[data-told]").textContent = `${widget.querySelector(".widget-title").textContent}: ${words}`;
}

function number() {
  widgets().forEach((widget, place) => {
    field(widget, "order").value = place + 1;
  });
}

function move(widget, by) {
  const all = widgets();
  const place = all.indexOf(widget);
  const beside = all[place + by];
  if (!beside) return;
  if (by < 0) beside.before(widget);
  else beside.after(widget);
  number();
  changed();
  tell(widget, `${grid.dataset.moved} ${place + by + 1} / ${all.length}`);
}

function size(widget, name, wanted) {
  const input = field(widget, name);
  const most = name === "width" ? COLUMNS : ROWS;
  const now = Math.max(1, Math.min(most, Math.round(wanted) || 1));
  const sign = name === "width" ? "w" : "h";
  for (const one of [...widget.classList]) if (one.startsWith(`${sign}-`)) widget.classList.remove(one);
  widget.classList.add(`${sign}-${now}`);
  if (Number(input.value) !== now) input.value = now;
  changed();
  tell(widget, `${grid.dataset.sized} ${field(widget, "width").value} × ${field(widget, "height").value}`);
}

function drag(widget, corner, begun) {
  const wide = Number(field(widget, "width").value);
  const high = Number(field(widget, "height").value);
  const box = widget.getBoundingClientRect();
  const column = grid.clientWidth / COLUMNS;
  const row = box.height / high;
  corner.setPointerCapture(begun.pointerId);
  const follow = (event) => {
    const columns = Math.round((box.width + event.clientX - begun.clientX) / column);
    const rows = Math.round((box.height + event.clientY - begun.clientY) / row);
    if (columns !== Number(field(widget, "width").value)) size(widget, "width", columns);
    if (rows !== Number(field(widget, "height").value)) size(widget, "height", rows);
  };
  const end = () => corner.removeEventListener("pointermove", follow);
  corner.addEventListener("pointermove", follow);
  corner.addEventListener("pointerup", end, { once: true });
  corner.addEventListener("pointercancel", end, { once: true });
  tell(widget, `${grid.dataset.sized} ${wide} × ${high}`);
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

if (grid) {
  new globalThis.Sortable(grid, {
    draggable: "[data-widget]",
    handle: "[data-grip]",
    animation: isQuiet ? 0 : 150,
    forceFallback: true,
    ghostClass: "is-lifted",
    onUpdate: (event) => {
      number();
      changed();
      tell(event.item, `${grid.dataset.moved} ${event.newDraggableIndex + 1} / ${widgets().length}`);
    },
  });
  grid.addEventListener("pointerdown", (event) => {
    const corner = event.target.closest("[data-corner]");
    if (corner) drag(corner.closest("[data-widget]"), corner, event);
  });
  grid.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const handle = event.target.closest("[data-grip], [data-corner]");
    if (!step || !handle || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const widget = handle.closest("[data-widget]");
    if (handle.matches("[data-grip]")) move(widget, step[0] + step[1]);
    else if (step[0]) size(widget, "width", Number(field(widget, "width").value) + step[0]);
    else size(widget, "height", Number(field(widget, "height").value) + step[1]);
    handle.focus();
  });
  form.addEventListener("change", (event) => {
    const widget = event.target.closest("[data-widget]");
    const name = event.target.name?.split("-")[0];
    if (widget && (name === "width" || name === "height")) size(widget, name, Number(event.target.value));
    changed();
  });
  form.addEventListener("submit", () => delete form.dataset.changed);
  addEventListener("beforeunload", (event) => {
    if ("changed" in form.dataset) event.preventDefault();
  });
}
