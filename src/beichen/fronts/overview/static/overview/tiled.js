// Layers of any size on a screen's map: drawn of the tiles at /ogc, so that a million points cost what is looked at.
// `tiles` of a <bc-map> is a list of {key, name, kind, tone}; without WebGL the drawn sheet and the list stay.
import "../web/js/map.js";
import { colour } from "../web/js/colours.js";

const DEEPEST = 16; // beyond it a tile is stretched
const RADIUS = ["interpolate", ["linear"], ["zoom"], 8, 1.4, 14, 4, 18, 7];
const PAINTS = {
  point: (ink) => ["circle", { "circle-color": ink, "circle-radius": RADIUS, "circle-opacity": 0.8 }],
  line: (ink) => ["line", { "line-color": ink, "line-width": 1.6 }],
  polygon: (ink) => ["fill", { "fill-color": ink, "fill-opacity": 0.35, "fill-outline-color": ink }],
};

const base = customElements.get("bc-map").prototype;
const styled = base.style_;
base.style_ = function withTiles() {
  const style = styled.call(this);
  for (const { key, kind, tone } of JSON.parse(this.getAttribute("tiles") ?? "[]")) {
    const [type, paint] = PAINTS[kind](colour(tone));
    const address = new URL(`/ogc/collections/${encodeURIComponent(key)}/tiles/WebMercatorQuad/`, location.href).href;
    style.sources[key] = { type: "vector", tiles: [`${address}{z}/{y}/{x}?f=mvt`], maxzoom: DEEPEST };
    style.layers.push({ id: `tiled-${key}`, type, source: key, "source-layer": key, paint });
  }
  return style;
};
