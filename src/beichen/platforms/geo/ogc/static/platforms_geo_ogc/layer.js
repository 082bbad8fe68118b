// <bc-layer>: a layer of the city as its own tiles and style draw it; without WebGL its words stay.
//
// Attributes: light and dark (addresses of styles), bounds "west,south,east,north", label; features (id of a
// script with GeoJSON features, drawn over the tiles and shown whole); script, worker and sheet (the library).
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

function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

const MARKED = "#d9480f";
const PAINTS = [
  ["marked-areas", "fill", "Polygon", { "fill-color": MARKED, "fill-opacity": 0.25 }],
  ["marked-edges", "line", "Polygon", { "line-color": MARKED, "line-width": 2 }],
  ["marked-lines", "line", "LineString", { "line-color": MARKED, "line-width": 2.5 }],
  ["marked-points", "circle", "Point", { "circle-color": MARKED, "circle-radius": 5 }],
];

function around(features, box) {
  const found = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (part) => {
    if (typeof part?.[0] === "number") {
      found[0] = Math.min(found[0], part[0]);
      found[1] = Math.min(found[1], part[1]);
      found[2] = Math.max(found[2], part[0]);
      found[3] = Math.max(found[3], part[1]);
    } else part?.forEach(visit);
  };
  features.forEach((feature) => visit(feature.geometry?.coordinates));
  return Number.isFinite(found[0]) ? found : box;
}

class LayerMap extends HTMLElement {
  async connectedCallback() {
    const canvas = document.createElement("canvas");
    if (!canvas.getContext("webgl2") && !canvas.getContext("webgl")) return;
    try {
      await this.draw();
    } catch (error) {
      console.warn(error);
    }
  }

  async draw() {
    const maplibregl = await library(this);
    const script = document.getElementById(this.getAttribute("features") ?? "");
    const features = script ? JSON.parse(script.textContent) : [];
    const place = document.createElement("div");
    place.className = "map-canvas";
    this.append(place);
    const map = new maplibregl.Map({
      container: place,
      style: this.getAttribute(isDark() ? "dark" : "light"),
      bounds: around(features, this.getAttribute("bounds").split(",").map(Number)),
      fitBoundsOptions: { padding: 24, maxZoom: 16 },
      attributionControl: false,
      dragRotate: false,
      locale: { "Map.Title": this.getAttribute("label") },
    });
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
    map.on("load", () => {
      if (features.length) this.mark(map, features);
      place.classList.add("is-ready");
    });
    map.on("idle", () => this.setAttribute("drawn", ""));
    this.map = map;
  }

  mark(map, features) {
    map.addSource("marked", { type: "geojson", data: { type: "FeatureCollection", features } });
    for (const [id, type, shape, paint] of PAINTS) {
      map.addLayer({ id, type, source: "marked", paint, filter: ["==", ["geometry-type"], shape] });
    }
  }

  disconnectedCallback() {
    this.map?.remove();
  }
}

customElements.define("bc-layer", LayerMap);
