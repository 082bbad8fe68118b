// Spatial analysis: a click on the map adds a place to the form; a result is drawn over the map, coloured by the
// column that its analysis names, and explained by a legend. The table beneath says the same without a script.
import "../web/js/map.js";
import { colour } from "../web/js/colours.js";

const RAMP = ["ahead", "star", "behind", "seal", "missed"]; // none missing → many
const HEAT = ["star", "behind", "seal", "missed"];
// As many colours as are wanted along a row of tokens: what lies between two is mixed of both.
function tones(names, count) {
  const stops = names.map((name) => colour(name).match(/[\d.]+/g).slice(0, 3).map(Number));
  return Array.from({ length: count }, (_, number) => {
    const place = count > 1 ? (number / (count - 1)) * (stops.length - 1) : 0;
    const low = Math.min(Math.floor(place), stops.length - 2);
    const mixed = stops[low].map((part, channel) => Math.round(part + (stops[low + 1][channel] - part) * (place - low)));
    return `rgb(${mixed.join(", ")})`;
  });
}

const NAMES = ["name", "feature", "leg", "minutes", "part", "level"];

function swatched(list, ink, words) {
  const item = document.createElement("li");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 22 12");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("map-swatch");
  const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of Object.entries({ x: 1, y: 1, width: 20, height: 10, fill: ink })) box.setAttribute(key, value);
  svg.append(box);
  item.append(svg, words);
  list.append(item);
}

// By which colours a result is drawn: an expression of MapLibre, and the entries of the legend.
function colouring({ drawn, tones: known, kind }, features, words) {
  const values = features.map((feature) => feature.properties[drawn]).filter((value) => value !== null && value !== undefined);
  if (drawn === "missing") {
    const most = Math.max(1, ...values);
    const ramp = tones(RAMP, most + 1);
    const tone = (value) => ramp[value];
    const steps = Array.from({ length: most + 1 }, (_, value) => value);
    const say = (value) => (value ? `${value} ${words.missing}` : words.none);
    return [["match", ["coalesce", ["get", drawn], -1], ...steps.flatMap((value) => [value, tone(value)]), colour("unknown")],
      steps.map((value) => [tone(value), say(value)])];
  }
  if (Object.keys(known ?? {}).length) {
    const used = Object.entries(known).filter(([value]) => values.includes(value));
    const pairs = Object.entries(known).flatMap(([value, tone]) => [value, colour(tone)]);
    return [["match", ["to-string", ["get", drawn]], ...pairs, colour("accent")], used.map(([value, tone]) => [colour(tone), value])];
  }
  if (drawn && values.length) {
    const steps = [...new Set(values)].sort((one, other) => one - other);
    const order = kind === "service-area" ? [...HEAT].reverse() : HEAT;
    const ramp = tones(order, steps.length);
    const tone = (place) => ramp[place];
    const pairs = steps.flatMap((value, place) => [value, tone(place)]);
    return [["match", ["get", drawn], ...pairs, colour("accent")], steps.map((value, place) => [tone(place), `${drawn === "minutes" ? "≤ " : ""}${value}`])];
  }
  return [colour("accent"), [[colour("accent"), words.result]]];
}

function layers(ink) {
  const metadata = { group: "result" };
  const isArea = ["==", ["geometry-type"], "Polygon"];
  const isGap = ["==", ["get", "what"], "gap"];
  return [
    { id: "result-fill", type: "fill", metadata, filter: ["all", isArea, ["!", isGap]], paint: { "fill-color": ink, "fill-opacity": 0.5 } },
    { id: "result-edge", type: "line", metadata, filter: ["all", isArea, ["!", isGap]], paint: { "line-color": ink, "line-width": 0.8 } },
    { id: "result-line", type: "line", metadata, filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": ink, "line-width": 4 } },
    {
      id: "result-point",
      type: "circle",
      metadata,
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-color": ink, "circle-radius": 6, "circle-stroke-color": colour("surface"), "circle-stroke-width": 1.5 },
    },
  ];
}

function tell(map, feature, coordinates) {
  const note = document.createElement("div");
  const title = document.createElement("strong");
  title.textContent = NAMES.map((name) => feature.properties[name]).find((value) => value !== undefined && value !== null) ?? "";
  note.append(title);
  for (const [key, value] of Object.entries(feature.properties)) {
    if (value === null || value === "" || value === "null") continue;
    const line = document.createElement("p");
    line.textContent = `${key}: ${value}`;
    note.append(line);
  }
  new globalThis.maplibregl.Popup({ closeButton: true, maxWidth: "18rem" }).setLngLat(coordinates).setDOMContent(note).addTo(map);
}

async function draw(element) {
  const legend = document.querySelector("[data-legend]");
  const answer = await fetch(element.dataset.result);
  if (!answer.ok) return;
  const found = await answer.json();
  const drawn = JSON.parse(document.getElementById(element.dataset.drawn).textContent);
  const show = () => {
    const [ink, entries] = colouring(drawn, found.features, legend.dataset);
    const list = document.createElement("ul");
    list.className = "map-legend";
    for (const [tone, words] of entries) swatched(list, tone, words);
    legend.replaceChildren(list);
    element.overlay("result", found, layers(ink), [{ key: "result", name: legend.dataset.result, legend: [] }]);
  };
  show();
  document.addEventListener("beichen:theme", () => setTimeout(show));
}

for (const element of document.querySelectorAll("bc-map[data-result]")) {
  const listened = element.listen;
  element.listen = function listenToo() {
    listened.call(this);
    for (const layer of ["result-fill", "result-line", "result-point"]) {
      this.map.on("click", layer, (event) => {
        event.preventDefault();
        tell(this.map, event.features[0], event.lngLat);
      });
    }
  };
  draw(element);
}

const places = document.querySelector("[data-asking] [name=places]");
if (places) {
  document.addEventListener("beichen:place", ({ detail }) => {
    const known = places.value.trim();
    places.value = `${known ? `${known.replace(/;$/, "")}; ` : ""}${detail.longitude},${detail.latitude}`;
    const points = places.value.split(";").map((place) => place.split(",").map(Number));
    const features = points.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } }));
    document.querySelector("bc-map").overlay("places", { type: "FeatureCollection", features }, [
      { id: "places", type: "circle", paint: { "circle-color": colour("seal"), "circle-radius": 6, "circle-stroke-color": colour("surface"), "circle-stroke-width": 2 } },
    ]);
  });
}
