// <bc-map>: MapLibre over the drawn sheet that it contains. Without WebGL the sheet stays.
//
// Attributes: layers (address of the list), bounds "west,south,east,north", region (a code), script,
// worker and sheet (addresses of the library); points (id of a script with GeoJSON points, each with a colour
// token `tone` and an `href`); place "lng,lat" (a mark). A click on a region sends `beichen:region`, one
// anywhere `beichen:place` with longitude and latitude; one on a point opens its page.
// Chinese labels are drawn from the reader's own fonts; nothing is fetched but the city's layers.
import { colour } from "./colours.js";

const FAMILY = "Noto Sans CJK SC";
const EDGE = 24;
const NEAR = 9.4; // from here places have names of their own
const ROADS = ["match", ["get", "class"], ["motorway", "trunk"], 2.2, ["primary"], 1.4, 0.8];
let loading;

function library(element) {
  loading ??= new Promise((resolve, reject) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = element.getAttribute("sheet");
    const script = document.createElement("script");
    script.src = element.getAttribute("script");
    script.onload = () => {
      globalThis.maplibregl.setWorkerUrl(new URL(element.getAttribute("worker"), location.href).href);
      resolve(globalThis.maplibregl);
    };
    script.onerror = () => reject(new Error("the map library did not load"));
    document.head.append(sheet, script);
  });
  return loading;
}

const line = (id, source, paint, more = {}) => ({
  id,
  type: "line",
  source,
  layout: { "line-join": "round", "line-cap": "round" },
  paint,
  ...more,
});

// How each role of a layer is painted: a list of style layers for one source.
const ROLES = {
  context: (layer) => [
    { id: `${layer.key}-fill`, type: "fill", source: layer.key, paint: { "fill-color": colour("map-outside") } },
    line(layer.key, layer.key, { "line-color": colour("map-border"), "line-width": 0.6, "line-opacity": 0.5 }),
  ],
  outline: (layer) => [
    { id: `${layer.key}-fill`, type: "fill", source: layer.key, paint: { "fill-color": colour("map-land") } },
    line(layer.key, layer.key, { "line-color": colour("map-border"), "line-width": 2 }),
  ],
  boundary: (layer, region) => [
    {
      id: `${layer.key}-fill`,
      type: "fill",
      source: layer.key,
      paint: {
        "fill-color": colour("map-chosen"),
        "fill-opacity": [
          "case",
          ["==", ["get", layer.region_property], region],
          0.9,
          ["boolean", ["feature-state", "hover"], false],
          0.45,
          0,
        ],
      },
    },
    line(layer.key, layer.key, { "line-color": colour("map-border"), "line-width": 1 }),
  ],
  water: (layer) =>
    layer.kind === "polygon"
      ? [{ id: layer.key, type: "fill", source: layer.key, paint: { "fill-color": colour("map-water") } }]
      : [line(layer.key, layer.key, { "line-color": colour("map-water"), "line-width": 1.6 })],
  landuse: (layer) => [
    {
      id: layer.key,
      type: "fill",
      source: layer.key,
      paint: { "fill-color": colour("map-road"), "fill-opacity": 0.12 },
    },
  ],
  road: (layer) => [line(layer.key, layer.key, { "line-color": colour("map-road"), "line-width": ROADS })],
  railway: (layer) => [
    line(layer.key, layer.key, { "line-color": colour("map-rail"), "line-width": 1.2, "line-dasharray": [4, 2] }),
  ],
  metro: (layer) =>
    layer.kind === "point"
      ? [
          {
            id: layer.key,
            type: "circle",
            source: layer.key,
            paint: {
              "circle-radius": 3,
              "circle-color": colour("surface"),
              "circle-stroke-color": colour("map-metro"),
              "circle-stroke-width": 1.4,
            },
          },
        ]
      : [
          line(layer.key, layer.key, {
            "line-color": layer.style.colour
              ? ["coalesce", ["get", layer.style.colour], colour("map-metro")]
              : colour("map-metro"),
            "line-width": 2,
          }),
        ],
  building: (layer) => [
    {
      id: layer.key,
      type: "fill",
      source: layer.key,
      paint: { "fill-color": colour("map-metro"), "fill-opacity": 0.5 },
    },
  ],
  label: () => [],
};

function text(id, source, field, size, more = {}) {
  return {
    id,
    type: "symbol",
    source,
    layout: {
      "text-field": ["to-string", ["coalesce", ["get", field], ""]],
      "text-font": [FAMILY],
      "text-size": size,
      "text-max-width": 8,
      ...more.layout,
    },
    paint: {
      "text-color": colour("map-label"),
      "text-halo-color": colour("map-land"),
      "text-halo-width": 1.6,
    },
    ...more.rest,
  };
}

function labels(layer) {
  const field = layer.style.label;
  if (!field) return [];
  if (layer.kind === "line") {
    const along = { "symbol-placement": "line", "text-max-angle": 40 };
    return [text(`${layer.key}-label`, layer.key, field, 11, { layout: along, rest: { minzoom: 11 } })];
  }
  const below = layer.style.role === "label" ? {} : { "text-offset": [0, 1], "text-anchor": "top" };
  const rest = { minzoom: layer.style.role === "metro" ? 12.5 : Math.max(NEAR, layer.zoom[0]) };
  return [text(`${layer.key}-label`, layer.key, field, layer.style.role === "label" ? 13 : 11, { layout: below, rest })];
}

// Points of the page itself, coloured by the token that each names.
function dots(points) {
  const tones = [...new Set(points.features.map((feature) => feature.properties.tone))];
  const match = ["match", ["get", "tone"], ...tones.flatMap((tone) => [tone, colour(tone)]), colour("accent")];
  return {
    id: "points",
    type: "circle",
    source: "points",
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 5, 13, 9],
      "circle-color": tones.length ? match : colour("accent"),
      "circle-stroke-color": colour("surface"),
      "circle-stroke-width": 1.5,
    },
  };
}

function style(layers, region, regions, points) {
  const sources = {};
  const painted = [];
  const named = [];
  for (const layer of layers) {
    sources[layer.key] = { type: "geojson", data: layer.url, promoteId: layer.region_property || undefined };
    const range = { minzoom: layer.zoom[0], maxzoom: Math.min(24, layer.zoom[1] + 1) };
    for (const item of ROLES[layer.style.role]?.(layer, region) ?? []) painted.push({ ...range, ...item });
    named.push(...labels(layer));
  }
  sources.regions = { type: "geojson", data: regions };
  if (points) {
    sources.points = { type: "geojson", data: points };
    painted.push(dots(points));
  }
  named.push(text("regions-name", "regions", "name", 14, { rest: { maxzoom: NEAR } }));
  const ground = { id: "ground", type: "background", paint: { "background-color": colour("map-outside") } };
  return { version: 8, sources, layers: [ground, ...painted, ...named] };
}

class CityMap extends HTMLElement {
  async connectedCallback() {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))); // the picture stands first
    try {
      const [maplibre, answer] = await Promise.all([library(this), fetch(this.getAttribute("layers"))]);
      this.layers = await answer.json();
      this.draw(maplibre);
    } catch (error) {
      console.info("the drawn map stays:", error.message);
    }
  }

  draw(maplibre) {
    const canvas = document.createElement("div");
    canvas.className = "map-canvas";
    this.append(canvas);
    try {
      this.map = new maplibre.Map({
        container: canvas,
        style: this.style_(),
        bounds: this.bounds,
        fitBoundsOptions: { padding: EDGE },
        attributionControl: false,
        localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
        fadeDuration: 0,
        dragRotate: false,
        pitchWithRotate: false,
        cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      });
    } catch (error) {
      canvas.remove();
      throw error;
    }
    this.map.touchZoomRotate.disableRotation();
    this.map.getCanvas().setAttribute("aria-hidden", "true");
    this.map.getCanvas().tabIndex = -1;
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    this.map.once("idle", () => {
      canvas.addEventListener("transitionend", () => this.classList.add("is-live"), { once: true });
      canvas.classList.add("is-ready");
    });
    this.listen();
    document.addEventListener("beichen:theme", () => this.map.setStyle(this.style_()));
  }

  // Names and their places, as the drawn sheet has them: one for a region, however many parts it has.
  get regions() {
    const features = [...this.querySelectorAll("[data-spot]")].map((link) => ({
      type: "Feature",
      properties: { name: link.getAttribute("aria-label") },
      geometry: { type: "Point", coordinates: link.dataset.spot.split(",").map(Number) },
    }));
    return { type: "FeatureCollection", features };
  }

  get points() {
    const mark = this.getAttribute("place");
    if (mark) {
      const geometry = { type: "Point", coordinates: mark.split(",").map(Number) };
      return { type: "FeatureCollection", features: [{ type: "Feature", properties: { tone: "seal" }, geometry }] };
    }
    const source = document.getElementById(this.getAttribute("points") ?? "");
    return source ? JSON.parse(source.textContent) : undefined;
  }

  // Mark a place: called by the page when its coordinates change.
  mark(longitude, latitude) {
    this.setAttribute("place", `${longitude},${latitude}`);
    this.map?.setStyle(this.style_());
  }

  get bounds() {
    const [west, south, east, north] = this.getAttribute("bounds").split(",").map(Number);
    return [west, south, east, north];
  }

  style_() {
    return style(this.layers, this.getAttribute("region"), this.regions, this.points);
  }

  listen() {
    this.map.on("click", (event) => {
      const { lng, lat } = event.lngLat;
      const detail = { longitude: lng.toFixed(6), latitude: lat.toFixed(6) };
      this.dispatchEvent(new CustomEvent("beichen:place", { detail, bubbles: true }));
    });
    if (this.hasAttribute("points")) {
      this.map.on("click", "points", (event) => {
        event.preventDefault();
        location.assign(event.features[0].properties.href);
      });
    }
    const base = this.layers.find((layer) => layer.region_property && layer.kind === "polygon");
    if (!base) return;
    const id = `${base.key}-fill`;
    let hovered;
    const hover = (code) => {
      if (code === hovered) return;
      if (hovered) this.map.setFeatureState({ source: base.key, id: hovered }, { hover: false });
      if (code) this.map.setFeatureState({ source: base.key, id: code }, { hover: true });
      hovered = code;
      this.map.getCanvas().style.cursor = code ? "pointer" : "";
    };
    this.map.on("mousemove", id, (event) => hover(event.features[0]?.id));
    this.map.on("mouseleave", id, () => hover(undefined));
    this.map.on("click", id, (event) => {
      if (event.defaultPrevented) return;
      const code = String(event.features[0].properties[base.region_property]);
      this.dispatchEvent(new CustomEvent("beichen:region", { detail: code, bubbles: true }));
    });
  }

  // Move to a region, or to the whole city: called by the page after a drill-down.
  show(bounds, region) {
    this.setAttribute("bounds", bounds);
    this.setAttribute("region", region);
    if (!this.map) return;
    this.map.setStyle(this.style_());
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 700;
    this.map.fitBounds(this.bounds, { padding: EDGE, duration });
  }
}

customElements.define("bc-map", CityMap);
