// <bc-map>: MapLibre over the drawn sheet that it contains. Without WebGL, or while there is no base map, the
// sheet stays.
//
// Attributes: bounds "west,south,east,north", region (a code), script, worker and sheet (addresses of the
// library); base (address of the style, else the house's own); layers (address of the list of further layers);
// points (id of a script with GeoJSON points, each with a colour token `tone` and an `href`); place "lng,lat" (a
// mark); tools (show layers, legend, scale and the standing view; "open": the panel of layers stands open where
// there is room); from and until (dates: a slider of days).
// A style may say in its metadata which sources are `timed` (tiles asked for a day), and of groups that they are
// `hidden` at first, `under` which heading they stand, by which `swatch` they are drawn. `beichen:map` is sent
// when the map is there.
// A click on a region sends `beichen:region`, one anywhere `beichen:place` with longitude and latitude; one on a
// point opens its page. The slider sends `beichen:moment`. `overlay()` puts features of the page over the map.
// Names are drawn from the reader's own fonts; nothing is fetched but the city's own map, or the tile server
// that the city chose.
import { colour } from "./colours.js";
import { addTools, hideGroups, ofDay, standUp, during } from "./map-tools.js";

const STYLE = "/map/style.json";
const EDGE = 24;
const AGAIN = 4_000; // when the base map is still being built
const TRIES = 30;
let loading;

const beside = (name) => new URL(`../../vendor/${name}`, import.meta.url).href;

function script(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = resolve;
    element.onerror = () => reject(new Error("the map library did not load"));
    document.head.append(element);
  });
}

function library(element) {
  loading ??= (async () => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = element.getAttribute("sheet");
    document.head.append(sheet);
    await Promise.all([script(element.getAttribute("script")), script(beside("pmtiles.js"))]);
    const { maplibregl, pmtiles } = globalThis;
    maplibregl.setWorkerUrl(new URL(element.getAttribute("worker"), location.href).href);
    maplibregl.addProtocol("pmtiles", new pmtiles.Protocol().tile);
    return maplibregl;
  })();
  return loading;
}

const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer.json();
}

// A document of the city's own tile server below what the house draws: a style as it is, a TileJSON as pictures.
async function withOutside(style) {
  const address = style.metadata.outside;
  if (!address) return style;
  const found = await json(address);
  const [ground, ...above] = style.layers;
  if (found.layers) {
    const { glyphs, sprite } = found;
    const merged = { ...style, sources: { ...found.sources, ...style.sources }, layers: [ground, ...found.layers, ...above] };
    return { ...merged, ...(glyphs ? { glyphs } : {}), ...(sprite ? { sprite } : {}) };
  }
  const outside = { type: "raster", tiles: found.tiles, tileSize: found.tileSize ?? 256, attribution: found.attribution ?? "" };
  if (found.maxzoom) outside.maxzoom = found.maxzoom;
  const picture = { id: "outside", type: "raster", source: "outside" };
  return { ...style, sources: { outside, ...style.sources }, layers: [ground, picture, ...above] };
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

class CityMap extends HTMLElement {
  hidden_ = new Set(); // groups that the reader switched off
  overlays = new Map(); // name → { data, layers, groups }
  view = "flat"; // or standing, or below
  moment = "";

  async connectedCallback() {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))); // the picture stands first
    try {
      const [maplibre] = await Promise.all([library(this), this.readStyle()]);
      for (let turn = 0; !this.base.metadata.built && turn < TRIES; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
        if (!this.isConnected) return;
        await this.readStyle();
      }
      if (this.base.metadata.built) this.draw(maplibre);
    } catch (error) {
      console.info("the drawn map stays:", error.message);
    }
  }

  disconnectedCallback() {
    this.map?.remove();
  }

  async readStyle() {
    const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
    const query = new URLSearchParams({ theme: isDark() ? "dark" : "light", lang: language });
    const isFirst = this.base === undefined;
    this.base = await withOutside(await json(`${this.getAttribute("base") ?? STYLE}?${query}`));
    if (!isFirst) return;
    for (const group of this.base.metadata.groups) if (group.hidden) this.hidden_.add(group.key);
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
        maxPitch: 65,
        cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      });
    } catch (error) {
      canvas.remove();
      throw error;
    }
    this.dispatchEvent(new CustomEvent("beichen:map", { detail: maplibre, bubbles: true }));
    this.map.touchZoomRotate.disableRotation();
    this.map.getCanvas().setAttribute("aria-label", this.base.metadata.words.map);
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.choose(this.map.project(this.map.getCenter()));
    });
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    if (this.hasAttribute("tools")) addTools(this, maplibre);
    this.map.once("idle", () => {
      canvas.addEventListener("transitionend", () => this.classList.add("is-live"), { once: true });
      canvas.classList.add("is-ready");
    });
    this.listen();
    document.addEventListener("beichen:theme", () => this.restyle());
  }

  // After another appearance was chosen: the style is read anew.
  async restyle() {
    await this.readStyle();
    this.map.setStyle(this.style_());
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

  // Put features over the map under a name, or take them away: `layers` are MapLibre's, without their source;
  // `groups` are entries of the switcher, as the style's metadata has them.
  overlay(name, data, layers = [], groups = []) {
    if (data) this.overlays.set(name, { data, layers, groups });
    else this.overlays.delete(name);
    this.map?.setStyle(this.style_());
  }

  // Show what was valid on a day (ISO 8601), or what is now (empty).
  at(moment) {
    this.moment = moment;
    this.map?.setStyle(this.style_());
    this.dispatchEvent(new CustomEvent("beichen:moment", { detail: moment, bubbles: true }));
  }

  get bounds() {
    const [west, south, east, north] = this.getAttribute("bounds").split(",").map(Number);
    return [west, south, east, north];
  }

  style_() {
    const style = structuredClone(this.base);
    const fill = style.layers.find((layer) => layer.id === style.metadata.regions);
    if (fill) {
      const isChosen = ["==", ["get", "code"], this.getAttribute("region") ?? ""];
      fill.paint["fill-opacity"] = ["case", isChosen, 0.75, ["boolean", ["feature-state", "hover"], false], 0.4, 0];
    }
    for (const [name, { data, layers }] of this.overlays) {
      style.sources[name] = { type: "geojson", data };
      style.layers.push(...layers.map((layer) => during({ ...structuredClone(layer), source: name }, this.moment)));
    }
    for (const name of style.metadata.timed ?? []) ofDay(style.sources[name], this.moment, style.metadata.zone);
    hideGroups(style, this.hidden_);
    standUp(style, this.view);
    const { points } = this;
    if (points) {
      style.sources.points = { type: "geojson", data: points };
      style.layers.push(dots(points));
    }
    return style;
  }

  // The region at a pixel of the map is the reader's choice.
  choose(pixel) {
    const id = this.base.metadata.regions;
    const [found] = this.map.getLayer(id) ? this.map.queryRenderedFeatures(pixel, { layers: [id] }) : [];
    if (!found) return;
    this.dispatchEvent(new CustomEvent("beichen:region", { detail: String(found.properties.code), bubbles: true }));
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
    const id = this.base.metadata.regions;
    if (!this.map.getLayer(id) && !this.style_().layers.some((layer) => layer.id === id)) return;
    const region = (code) => ({ source: "base", sourceLayer: "boundary", id: code });
    let hovered;
    const hover = (code) => {
      if (code === hovered) return;
      if (hovered) this.map.setFeatureState(region(hovered), { hover: false });
      if (code) this.map.setFeatureState(region(code), { hover: true });
      hovered = code;
      this.map.getCanvas().style.cursor = code ? "pointer" : "";
    };
    this.map.on("mousemove", id, (event) => hover(event.features[0]?.id));
    this.map.on("mouseleave", id, () => hover(undefined));
    this.map.on("click", id, (event) => {
      if (!event.defaultPrevented) this.choose(event.point);
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
