// Things on the overview's map: layers that a person switches on, coloured by how each thing stands, gathered
// where they stand close, and asked for again while the page is looked at. Without WebGL, or without a script,
// the lists that the names lead to say the same.
import "../web/js/map.js";
import { colour } from "../web/js/colours.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const PAUSE = 200;
const AGAIN = 30_000;
const APART = 13; // from this zoom on each thing stands alone
const TONES = ["unknown", "on-course", "ahead", "behind", "missed"]; // the place is the rank
const RADIUS = ["interpolate", ["linear"], ["sqrt", ["get", "point_count"]], 1, 9, 5, 14, 20, 24, 70, 34];

const byRank = (rank) => ["match", rank, ...TONES.flatMap((tone, place) => [place, colour(tone)]), colour("unknown")];

const base = customElements.get("bc-map").prototype;
const styled = base.style_;
base.style_ = function withThings() {
  const style = styled.call(this);
  if (!this.hasAttribute("things")) return style;
  style.sources.things = {
    type: "geojson",
    data: this.things ?? NOTHING,
    cluster: true,
    clusterRadius: 34,
    clusterMaxZoom: APART,
    clusterProperties: { worst: ["max", ["get", "rank"]] },
  };
  const edge = { "circle-stroke-color": colour("surface"), "circle-stroke-width": 1.5 };
  style.layers.push(
    {
      id: "things-many",
      type: "circle",
      source: "things",
      filter: ["has", "point_count"],
      paint: { "circle-radius": RADIUS, "circle-color": byRank(["get", "worst"]), "circle-opacity": 0.9, ...edge },
    },
    {
      id: "things-count",
      type: "symbol",
      source: "things",
      filter: ["has", "point_count"],
      layout: {
        "text-field": ["to-string", ["get", "point_count"]],
        "text-font": ["Noto Sans CJK SC"],
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": colour("surface") },
    },
    {
      id: "things-one",
      type: "circle",
      source: "things",
      filter: ["!", ["has", "point_count"]],
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 5, 14, 9],
        "circle-color": byRank(["get", "rank"]),
        ...edge,
      },
    },
  );
  return style;
};

function words(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

const listened = base.listen;
base.listen = function listenToo() {
  listened.call(this);
  if (!this.hasAttribute("things")) return;
  let waiting;
  const ask = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => this.gather(), PAUSE);
  };
  this.map.on("moveend", ask);
  this.map.on("click", "things-many", async (event) => {
    event.preventDefault();
    const [many] = event.features;
    const zoom = await this.map.getSource("things").getClusterExpansionZoom(many.properties.cluster_id);
    this.map.easeTo({ center: many.geometry.coordinates, zoom: zoom + 0.2 });
  });
  this.map.on("click", "things-one", (event) => {
    event.preventDefault();
    const [{ geometry, properties }] = event.features;
    const note = document.createElement("div");
    const name = words("a", properties.name);
    name.href = `/screen/objects/${encodeURIComponent(properties.code)}`;
    note.append(name, words("p", properties.standing), words("p", properties.value));
    new globalThis.maplibregl.Popup({ closeButton: false }).setLngLat(geometry.coordinates).setDOMContent(note).addTo(this.map);
  });
  for (const layer of ["things-many", "things-one"]) {
    this.map.on("mouseenter", layer, () => (this.map.getCanvas().style.cursor = "pointer"));
    this.map.on("mouseleave", layer, () => (this.map.getCanvas().style.cursor = ""));
  }
  if (pressed().length) this.gather();
  for (const button of document.querySelectorAll("[data-layer]")) button.hidden = false;
  for (const button of document.querySelectorAll("[data-layer]")) button.nextElementSibling.hidden = true;
};

const pressed = () => [...document.querySelectorAll('[data-layer][aria-pressed="true"]')];
const legends = () => document.querySelector("[data-legends]");

function legend(button, found) {
  const list = document.createElement("ul");
  list.className = "legend";
  const head = document.createElement("li");
  const link = words("a", legends().dataset.list);
  link.href = button.nextElementSibling.href;
  link.setAttribute("aria-label", `${button.textContent}: ${legends().dataset.list}`);
  head.append(words("strong", button.textContent), link);
  list.append(head);
  for (const one of found.legend.filter((entry) => entry.count)) {
    const item = document.createElement("li");
    item.className = `is-${one.tone}`;
    const dot = document.createElement("span");
    dot.className = "dot";
    item.append(dot, words("span", one.name), words("span", String(one.count)));
    list.append(item);
  }
  if (found.more) list.append(words("li", legends().dataset.more));
  return list;
}

base.gather = async function gather() {
  const chosen = pressed();
  const box = this.map.getBounds();
  const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((side) => side.toFixed(5));
  this.turn = (this.turn ?? 0) + 1;
  const turn = this.turn;
  const answers = await Promise.all(
    chosen.map(async (button) => {
      const query = new URLSearchParams({ layer: button.dataset.layer, bbox: sides.join(",") });
      try {
        const answer = await fetch(`${this.getAttribute("things")}?${query}`);
        return answer.ok ? await answer.json() : undefined;
      } catch {
        return undefined;
      }
    }),
  );
  if (turn !== this.turn) return; // the map moved on meanwhile
  const features = answers.flatMap((found, place) =>
    (found?.features ?? []).map((feature) => {
      feature.properties.layer = chosen[place].dataset.layer;
      return feature;
    }),
  );
  if (answers.includes(undefined)) {
    legends().replaceChildren(words("p", legends().dataset.failed));
    return; // what is drawn stays until there is something newer
  }
  this.things = { type: "FeatureCollection", features };
  this.map.getSource("things")?.setData(this.things);
  legends().replaceChildren(...answers.map((found, place) => legend(chosen[place], found)));
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-layer]");
  if (!button) return;
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  document.querySelector("bc-map[things]").gather();
});
setInterval(() => {
  const map = document.querySelector("bc-map[things]");
  if (map?.map && pressed().length && document.visibilityState === "visible") map.gather();
}, AGAIN);
