// The one map and the map of a layer: a click on a feature says what it is; landmarks stand in their places.
//
// Attributes of <bc-map> beside its own: data-more (words of the link to a feature's page), data-close,
// data-refused (words for models on hosts that are not allowed).
import "../web/js/map.js";
import { landmarks } from "./landmarks.js";

const REACH = 4; // pixels about a click

function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function drawnLayers(host) {
  return host.map.getStyle().layers.filter((one) => one.metadata?.layer).map((one) => one.id);
}

function rows(properties) {
  return Object.entries(properties).filter(([name]) => name !== "id").slice(0, 30)
    .flatMap(([name, value]) => [made("dt", {}, name), made("dd", {}, String(value))]);
}

function entry(host, feature) {
  const { layer } = feature.layer.metadata;
  const known = host.base.metadata.groups.find((group) => group.key === feature.layer.metadata.group);
  const id = feature.properties.id ?? feature.id;
  const address = `/ogc/collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(id)}?f=html`;
  const title = feature.properties.name ?? id;
  const link = made("a", { href: address }, host.dataset.more);
  return made("article", {}, made("h3", {}, String(title)), made("p", { className: "quiet" }, known?.name ?? layer), made("dl", {}, ...rows(feature.properties)), made("p", {}, link));
}

// What lies at a pixel, in a box beside the map's edge.
function tell(host, point) {
  host.querySelector(".atlas-found")?.remove();
  const box = [[point.x - REACH, point.y - REACH], [point.x + REACH, point.y + REACH]];
  const seen = new Set();
  const found = host.map.queryRenderedFeatures(box, { layers: drawnLayers(host) }).filter((feature) => {
    const key = `${feature.layer.metadata.layer} ${feature.properties.id}`;
    return !seen.has(key) && seen.add(key);
  });
  if (!found.length) return;
  const close = made("button", { type: "button", className: "map-close" }, "×");
  close.setAttribute("aria-label", host.dataset.close);
  const panel = made("section", { className: "map-panel atlas-found" }, close, ...found.slice(0, 5).map((one) => entry(host, one)));
  panel.setAttribute("role", "status");
  const end = () => {
    panel.remove();
    host.map.getCanvas().focus();
  };
  close.addEventListener("click", end);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && end());
  host.append(panel);
}

document.addEventListener("beichen:map", ({ target: host }) => {
  host.map.on("click", (event) => tell(host, event.point));
  host.map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") tell(host, host.map.project(host.map.getCenter()));
  });
  host.map.once("load", () => landmarks(host));
});
