// The tools of <bc-map tools>: which groups of layers are shown, with their legends; the scale; the standing
// view, in which buildings rise; the slider of days. All are buttons and fields that a keyboard reaches.
import { colour } from "./colours.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const SIGNS = {
  layers: "M12 4 3 9l9 5 9-5-9-5ZM4.5 12.5 12 16.7l7.5-4.2M4.5 16 12 20.2 19.5 16",
  standing: "M12 3 4 7.5v9L12 21l8-4.5v-9L12 3ZM4 7.5l8 4.5 8-4.5M12 12v9",
};
const DAY = 86_400_000;
const FORMS = { point: "circle", line: "line", polygon: "fill" };

// Style layers of groups that the reader switched off are not drawn.
export function hideGroups(style, hidden) {
  for (const layer of style.layers) {
    if (hidden.has(layer.metadata?.group)) layer.layout = { ...layer.layout, visibility: "none" };
  }
}

// Of what is drawn flat or standing, one of the two.
export function standUp(style, isStanding) {
  for (const layer of style.layers) {
    const view = layer.metadata?.view;
    if (!view || (layer.layout?.visibility === "none" && view === "flat")) continue;
    const isShown = (view === "standing") === isStanding;
    layer.layout = { ...layer.layout, visibility: isShown ? "visible" : "none" };
  }
}

// Features with `valid_from` and `valid_to` (ISO 8601, the end excluded) are shown when they were.
export function during(layer, moment) {
  if (!moment) return layer;
  const begun = ["<=", ["to-string", ["coalesce", ["get", "valid_from"], ""]], moment];
  const over = ["all", ["has", "valid_to"], ["<=", ["to-string", ["get", "valid_to"]], moment]];
  return { ...layer, filter: ["all", ...(layer.filter ? [layer.filter] : []), begun, ["!", over]] };
}

function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function sign(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", SIGNS[name]);
  svg.append(path);
  return svg;
}

function button(name, label, act) {
  const element = made("button", { type: "button", className: "map-tool", title: label, onclick: act }, sign(name));
  element.setAttribute("aria-label", label);
  return element;
}

// A small picture of how something is drawn.
function swatch({ form, colour: ink }) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 22 12");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("map-swatch");
  const shapes = {
    fill: ["rect", { x: 1, y: 1, width: 20, height: 10, fill: ink, stroke: colour("line-strong"), "stroke-width": 0.5 }],
    line: ["path", { d: "M1 6H21", stroke: ink, "stroke-width": 3 }],
    dashed: ["path", { d: "M1 6H21", stroke: ink, "stroke-width": 2.4, "stroke-dasharray": "5 3" }],
    ring: ["circle", { cx: 11, cy: 6, r: 4, fill: colour("surface"), stroke: ink, "stroke-width": 1.6 }],
    circle: ["circle", { cx: 11, cy: 6, r: 4.4, fill: ink }],
  };
  const [tag, attributes] = shapes[form] ?? shapes.fill;
  const shape = document.createElementNS(NAMESPACE, tag);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  svg.append(shape);
  return svg;
}

function groupEntry(host, group) {
  const box = made("input", { type: "checkbox", checked: !host.hidden_.has(group.key) });
  box.addEventListener("change", () => {
    host.hidden_[box.checked ? "delete" : "add"](group.key);
    host.map.setStyle(host.style_());
  });
  const item = made("li", {}, made("label", {}, box, group.name));
  if (group.legend.length) {
    const entries = group.legend.map((entry) => made("li", {}, swatch(entry), entry.name));
    item.append(made("ul", { className: "map-legend" }, ...entries));
  }
  return item;
}

// Layers of the city that are not in the base map: read when they are switched on.
async function furtherLayers(host) {
  const address = host.getAttribute("layers");
  if (!address) return [];
  const answer = await fetch(address);
  if (!answer.ok) return [];
  const known = new Set(host.base.metadata.layers ?? []);
  return (await answer.json()).filter((layer) => !known.has(layer.key) && layer.url);
}

function furtherStyle(layer) {
  const ink = layer.style?.colour?.startsWith?.("#") ? layer.style.colour : colour("accent");
  const metadata = { group: `layer:${layer.key}` };
  const edge = { id: layer.key, type: "line", metadata, paint: { "line-color": ink, "line-width": 2 } };
  if (layer.kind === "line") return [ink, [edge]];
  if (layer.kind === "polygon") {
    const fill = { id: `${layer.key}-fill`, type: "fill", metadata, paint: { "fill-color": ink, "fill-opacity": 0.25 } };
    return [ink, [fill, edge]];
  }
  const paint = { "circle-color": ink, "circle-radius": 4, "circle-stroke-color": colour("surface"), "circle-stroke-width": 1 };
  return [ink, [{ id: layer.key, type: "circle", metadata, paint }]];
}

function furtherEntry(host, layer) {
  const [ink, drawn] = furtherStyle(layer);
  const name = `layer:${layer.key}`;
  const box = made("input", { type: "checkbox", checked: host.overlays.has(name) });
  box.addEventListener("change", () => host.overlay(name, box.checked ? layer.url : undefined, drawn));
  const isEnglish = document.documentElement.lang.startsWith("en");
  const words = (isEnglish && layer.name.en) || layer.name.zh;
  return made("li", {}, made("label", {}, box, swatch({ form: FORMS[layer.kind], colour: ink }), words));
}

class Tools {
  constructor(host) {
    this.host = host;
    this.words = host.base.metadata.words;
  }

  onAdd() {
    const { words, host } = this;
    this.opener = button("layers", words.layers, () => this.turn());
    this.opener.setAttribute("aria-expanded", "false");
    this.standing = button("standing", words.standing, () => this.stand());
    this.standing.setAttribute("aria-pressed", "false");
    const element = made("div", { className: "maplibregl-ctrl maplibregl-ctrl-group" });
    if (host.base.layers.some((layer) => layer.metadata?.view === "standing")) element.append(this.opener, this.standing);
    else element.append(this.opener);
    this.element = element;
    return element;
  }

  onRemove() {
    this.element.remove();
    this.panel?.remove();
  }

  stand() {
    const { host } = this;
    host.isStanding = !host.isStanding;
    this.standing.setAttribute("aria-pressed", String(host.isStanding));
    const label = host.isStanding ? this.words.flat : this.words.standing;
    this.standing.setAttribute("aria-label", label);
    this.standing.title = label;
    host.map.dragRotate[host.isStanding ? "enable" : "disable"]();
    host.map.setStyle(host.style_());
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 600;
    host.map.easeTo({ pitch: host.isStanding ? 55 : 0, bearing: 0, duration });
  }

  turn(isOpen = this.panel === undefined) {
    this.panel?.remove();
    this.panel = undefined;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.open();
    else this.opener.focus();
  }

  open() {
    const { host, words } = this;
    const overlays = [...host.overlays.values()].flatMap((one) => one.groups ?? []);
    const list = made("ul", { className: "map-groups" });
    list.append(...[...overlays, ...host.base.metadata.groups].map((group) => groupEntry(host, group)));
    const close = made("button", { type: "button", className: "map-close", onclick: () => this.turn(false) }, "×");
    close.setAttribute("aria-label", words.close);
    this.panel = made("section", { className: "map-panel" }, made("h2", {}, words.layers), close, list);
    this.panel.setAttribute("aria-label", words.layers);
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.turn(false));
    host.append(this.panel);
    close.focus();
    furtherLayers(host).then((found) => {
      list.prepend(...found.map((layer) => furtherEntry(host, layer)));
    });
  }
}

// A slider of days between two dates; its last place is now.
function slider(host) {
  const [from, until] = ["from", "until"].map((name) => Date.parse(host.getAttribute(name)));
  if (!(from < until)) return;
  const { words } = host.base.metadata;
  const days = Math.round((until - from) / DAY);
  const field = made("input", { type: "range", min: 0, max: days + 1, value: days + 1 });
  const said = made("output", {}, words.now);
  const dateOf = () => (Number(field.value) > days ? "" : new Date(from + field.value * DAY).toISOString().slice(0, 10));
  field.addEventListener("input", () => (said.value = dateOf() || words.now));
  field.addEventListener("change", () => host.at(dateOf()));
  host.append(made("label", { className: "map-days" }, made("span", {}, words.moment), field, said));
}

export function addTools(host, maplibre) {
  host.map.addControl(new Tools(host), "top-right");
  host.map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-right");
  slider(host);
}
