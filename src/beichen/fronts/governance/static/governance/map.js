// The map of cases: <bc-map> with clusters that the server gathers for each part and zoom, or heat.
import "../web/js/map.js";
import { colour } from "../web/js/colours.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const PAUSE = 200;
const RADIUS = ["interpolate", ["linear"], ["sqrt", ["get", "count"]], 1, 7, 5, 13, 20, 26, 70, 38];

function tones() {
  const pairs = ["missed", "behind", "on-course"].flatMap((tone) => [tone, colour(tone)]);
  return ["match", ["get", "tone"], ...pairs, colour("accent")];
}

// Heat is relative: the fullest place of the part that is shown is the hottest.
function fullest(found) {
  return Math.max(1, ...(found?.features ?? []).map((feature) => feature.properties.count));
}

// The element of map.js is made to be drawn over: what it draws stays, cases come on top.
const base = customElements.get("bc-map").prototype;
const styled = base.style_;
base.style_ = function withCases() {
  const style = styled.call(this);
  if (!this.hasAttribute("cases")) return style;
  style.sources.cases = { type: "geojson", data: this.found ?? NOTHING };
  const isHeat = this.mode === "heat";
  style.layers.push(
    {
      id: "cases-heat",
      type: "heatmap",
      source: "cases",
      layout: { visibility: isHeat ? "visible" : "none" },
      paint: {
        "heatmap-weight": ["/", ["get", "count"], fullest(this.found)],
        "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 8, 18, 14, 40],
        "heatmap-opacity": 0.75,
      },
    },
    {
      id: "cases",
      type: "circle",
      source: "cases",
      layout: { visibility: isHeat ? "none" : "visible" },
      paint: {
        "circle-radius": RADIUS,
        "circle-color": tones(),
        "circle-opacity": 0.85,
        "circle-stroke-color": colour("surface"),
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "cases-count",
      type: "symbol",
      source: "cases",
      layout: {
        visibility: isHeat ? "none" : "visible",
        "text-field": ["to-string", ["get", "count"]],
        "text-font": ["Noto Sans CJK SC"],
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": colour("surface") },
    },
  );
  return style;
};

const listened = base.listen;
base.listen = function listenToo() {
  listened.call(this);
  if (!this.hasAttribute("cases")) return;
  let waiting;
  const ask = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => this.gather(), PAUSE);
  };
  this.map.on("moveend", ask);
  this.map.once("load", ask);
  this.map.on("click", "cases", (event) => location.assign(event.features[0].properties.href));
  this.map.on("mouseenter", "cases", () => (this.map.getCanvas().style.cursor = "pointer"));
  this.map.on("mouseleave", "cases", () => (this.map.getCanvas().style.cursor = ""));
};

base.gather = async function gather() {
  const box = this.map.getBounds();
  const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((side) => side.toFixed(5));
  const answer = await fetch(`${this.getAttribute("cases")}?bbox=${sides}&zoom=${this.map.getZoom().toFixed(1)}`);
  if (!answer.ok) return;
  this.found = await answer.json();
  this.map.getSource("cases")?.setData(this.found);
  if (this.map.getLayer("cases-heat")) {
    this.map.setPaintProperty("cases-heat", "heatmap-weight", ["/", ["get", "count"], fullest(this.found)]);
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mode]");
  if (!button) return;
  const map = document.querySelector("bc-map[cases]");
  map.mode = button.dataset.mode;
  for (const one of document.querySelectorAll("[data-mode]")) {
    one.setAttribute("aria-pressed", String(one === button));
  }
  map.map?.setStyle(map.style_());
});
for (const group of document.querySelectorAll("[data-modes]")) group.hidden = false;
