// The tools of <bc-map tools>: which groups of layers are shown, with their legends; the scale; the standing
// view, in which buildings rise; the slider of days. All are buttons and fields that a keyboard reaches.
import { colour } from "./colours.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const SIGNS = {
  layers: "M12 4 3 9l9 5 9-5-9-5ZM4.5 12.5 12 16.7l7.5-4.2M4.5 16 12 20.2 19.5 16",
  standing: "M12 3 4 7.5v9L12 21l8-4.5v-9L12 3ZM4 7.5l8 4.5 8-4.5M12 12v9",
  below: "M3 8h18M7 8v5h10V8M12 13v7m0 0-3-3m3 3 3-3",
};
const DAY = 86_400_000;
const FORMS = { point: "circle", line: "line", polygon: "fill" };

// Style layers of groups that the reader switched off are not drawn.
export function hideGroups(style, hidden) {
  for (const layer of style.layers) {
    if (!hidden.has(layer.metadata?.group)) continue;
    layer.layout = { ...layer.layout, visibility: "none" };
    layer.metadata = { ...layer.metadata, isHidden: true };
  }
}

// Of what is drawn flat, standing or below the ground, that of the view; what lies flat lies so in the view from
// below too, unless it says in which views it is drawn.
export function standUp(style, view) {
  for (const layer of style.layers) {
    const { views, view: own } = layer.metadata ?? {};
    const its = views ?? (own === "flat" ? ["flat", "below"] : own && [own]);
    if (!its || (layer.layout?.visibility === "none" && its.includes("flat"))) continue;
    if (layer.metadata.isHidden) continue;
    layer.layout = { ...layer.layout, visibility: its.includes(view) ? "visible" : "none" };
  }
}

// Tiles of what was on a day (ISO 8601); without one, of the day that it is in the city's zone.
export function ofDay(source, moment, zone) {
  const day = moment || new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format();
  source.tiles = source.tiles.map((tile) => `${tile}?datetime=${day}`);
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
    none: ["path", { d: "M11 2 5 4.5v5L11 12l6-2.5v-5Z", fill: ink }],
  };
  const [tag, attributes] = shapes[form] ?? shapes.fill;
  const shape = document.createElementNS(NAMESPACE, tag);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  svg.append(shape);
  return svg;
}

function groupEntry(host, group, told) {
  const box = made("input", { type: "checkbox", checked: !host.hidden_.has(group.key) });
  box.addEventListener("change", () => {
    host.hidden_[box.checked ? "delete" : "add"](group.key);
    host.map.setStyle(host.style_());
    host.dispatchEvent(new CustomEvent("beichen:switched", { detail: group.key, bubbles: true }));
    told?.();
  });
  const sign_ = group.swatch ? [swatch(group.swatch)] : [];
  const item = made("li", {}, made("label", {}, box, ...sign_, group.name));
  if (group.legend.length) {
    const entries = group.legend.map((entry) => made("li", {}, swatch(entry), entry.name));
    item.append(made("ul", { className: "map-legend" }, ...entries));
  }
  return item;
}

// Groups of one heading below it, with a switch for all of them.
function headed(host, under, groups) {
  const all = made("input", { type: "checkbox" });
  const isOn = (group) => !host.hidden_.has(group.key);
  const tell = () => {
    all.checked = groups.every(isOn);
    all.indeterminate = !all.checked && groups.some(isOn);
  };
  const list = made("ul", { className: "map-groups" });
  const fill = () => list.replaceChildren(...groups.map((group) => groupEntry(host, group, tell)));
  all.addEventListener("change", () => {
    for (const group of groups) host.hidden_[all.checked ? "delete" : "add"](group.key);
    host.map.setStyle(host.style_());
    for (const group of groups) host.dispatchEvent(new CustomEvent("beichen:switched", { detail: group.key, bubbles: true }));
    fill();
  });
  tell();
  fill();
  return made("li", { className: "map-under" }, made("label", {}, all, made("strong", {}, under)), list);
}

function entries(host, groups) {
  const found = [];
  for (const group of groups) {
    if (!group.under) found.push(groupEntry(host, group));
    else if (found.at(-1)?.under === group.under) found.at(-1).groups.push(group);
    else found.push({ under: group.under, groups: [group] });
  }
  return found.map((one) => (one.groups ? headed(host, one.under, one.groups) : one));
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

// Whether anything is drawn in a view only.
function isDrawn(host, view) {
  return host.base.layers.some(({ metadata }) => metadata?.view === view || metadata?.views?.includes(view));
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
    const element = made("div", { className: "maplibregl-ctrl maplibregl-ctrl-group" }, this.opener);
    this.views = ["standing", "below"].filter((view) => isDrawn(host, view)).map((view) => {
      const turner = button(view, words[view], () => this.look(view));
      turner.setAttribute("aria-pressed", "false");
      element.append(turner);
      return [view, turner];
    });
    this.element = element;
    const isWide = matchMedia("(min-width: 60rem)").matches;
    if (host.getAttribute("tools") === "open" && isWide) this.turn(true, false);
    return element;
  }

  onRemove() {
    this.element.remove();
    this.panel?.remove();
  }

  // Look at the map flat, standing or from below the ground; the same button takes it back.
  look(view) {
    const { host, words } = this;
    host.view = host.view === view ? "flat" : view;
    for (const [one, turner] of this.views) {
      turner.setAttribute("aria-pressed", String(one === host.view));
      const label = one === host.view ? words.flat : words[one];
      turner.setAttribute("aria-label", label);
      turner.title = label;
    }
    const isFlat = host.view === "flat";
    host.map.dragRotate[isFlat ? "disable" : "enable"]();
    host.map.setStyle(host.style_());
    this.note?.remove();
    if (host.view === "below" && words.raised) {
      this.note = made("p", { className: "map-note" }, words.raised);
      this.note.setAttribute("role", "status");
      host.append(this.note);
    }
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 600;
    host.map.easeTo({ pitch: isFlat ? 0 : 55, bearing: 0, duration });
  }

  turn(isOpen = this.panel === undefined, isAsked = true) {
    this.panel?.remove();
    this.panel = undefined;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.open(isAsked);
    else this.opener.focus();
  }

  open(isAsked) {
    const { host, words } = this;
    const overlays = [...host.overlays.values()].flatMap((one) => one.groups ?? []);
    const list = made("ul", { className: "map-groups" });
    list.append(...entries(host, [...overlays, ...host.base.metadata.groups]));
    const close = made("button", { type: "button", className: "map-close", onclick: () => this.turn(false) }, "×");
    close.setAttribute("aria-label", words.close);
    this.panel = made("section", { className: "map-panel" }, made("h2", {}, words.layers), close, list);
    this.panel.setAttribute("aria-label", words.layers);
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.turn(false));
    host.append(this.panel);
    if (isAsked) close.focus();
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
