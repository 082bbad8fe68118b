// <bc-chart>: draws the JSON beside it with ECharts (SVG). A real table of the same figures stands below it.
//
// The document: {unit, categories: [...], series: [{name, kind: "line"|"points"|"area"|"bar"|"pie", tone, dashed,
// values: [...]}], marks: [{name, value}]}. Colours are names of design tokens; null leaves a gap.
import { colour } from "./colours.js";

const library = new URL("../../vendor/echarts.min.js", import.meta.url).href;
let loading;

function echarts() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.querySelector("link[data-echarts]")?.href ?? library;
    script.onload = () => resolve(globalThis.echarts);
    script.onerror = () => reject(new Error("the chart library did not load"));
    document.head.append(script);
  });
  return loading;
}

// A line of one point would not be seen: it gets a dot. Gaps are bridged, so that no point stands alone else.
function isAlone(values) {
  return values.filter((value) => value !== null && value !== undefined).length === 1;
}

function series(item) {
  const tint = colour(item.tone);
  const isBar = item.kind === "bar";
  return {
    name: item.name,
    type: isBar ? "bar" : "line",
    data: item.values,
    connectNulls: item.kind !== "points",
    showSymbol: item.kind === "points" || Boolean(item.dots) || isAlone(item.values),
    symbol: "circle",
    symbolSize: item.kind === "points" ? 11 : 7,
    lineStyle: { width: item.kind === "points" ? 0 : 2, type: item.dashed ? [6, 5] : "solid", color: tint },
    itemStyle: { color: tint, borderColor: colour("surface"), borderWidth: isBar ? 0 : 2 },
    areaStyle: item.kind === "area" ? { color: tint, opacity: 0.08 } : undefined,
    barMaxWidth: 28,
    label: item.labels ? { show: true, position: "top", color: colour("ink"), fontSize: 12 } : undefined,
    z: item.kind === "points" ? 5 : 2,
  };
}

const SLICES = ["accent", "ahead", "behind", "missed", "unknown", "star", "seal", "on-course"];

// The first series as parts of a whole; every slice has its name and number beside it.
function pie(spec, quiet) {
  const data = spec.categories.map((name, place) => ({ name, value: spec.series[0].values[place] }));
  const text = { color: colour("ink"), fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: !quiet,
    aria: { enabled: false },
    textStyle: text,
    color: SLICES.map(colour),
    tooltip: { trigger: "item", renderMode: "richText" },
    series: [
      {
        type: "pie",
        radius: ["38%", "66%"],
        data,
        itemStyle: { borderColor: colour("surface"), borderWidth: 2 },
        label: { ...text, formatter: "{b} {c}", overflow: "break" },
      },
    ],
  };
}

function options(spec, quiet) {
  if (spec.series[0]?.kind === "pie") return pie(spec, quiet);
  const text = { color: colour("ink-2"), fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: !quiet,
    aria: { enabled: false },
    textStyle: text,
    grid: { left: 12, right: 20, top: 62, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: text, itemWidth: 18, itemHeight: 9, icon: "roundRect" },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: colour("surface"),
      borderColor: colour("line-strong"),
      textStyle: { color: colour("ink"), fontSize: 13 },
      valueFormatter: (value) => (value == null ? "–" : `${value} ${spec.unit}`),
    },
    xAxis: {
      type: "category",
      data: spec.categories,
      boundaryGap: spec.series.some((item) => item.kind === "bar"),
      axisLine: { lineStyle: { color: colour("line-strong") } },
      axisTick: { show: false },
      // Between two edges, the first and last words end at them.
      axisLabel: spec.series.some((item) => item.kind === "bar")
        ? text
        : { ...text, alignMinLabel: "left", alignMaxLabel: "right" },
    },
    yAxis: {
      type: "value",
      scale: !spec.zero,
      name: spec.unit,
      nameLocation: "end",
      // From the edge on: a long unit that ended at the axis would be cut off at the left.
      nameTextStyle: { ...text, align: "left", padding: [0, 0, 0, -8] },
      splitLine: { lineStyle: { color: colour("line") } },
      axisLabel: text,
    },
    series: spec.series.map(series),
  };
}

class Chart extends HTMLElement {
  async connectedCallback() {
    this.spec = JSON.parse(this.querySelector("script").textContent);
    const canvas = this.querySelector("[data-canvas]");
    const { init } = await echarts();
    if (!this.isConnected) return;
    this.chart = init(canvas, null, { renderer: "svg" });
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.draw = () => this.chart.setOption(options(this.spec, quiet), true);
    this.draw();
    document.addEventListener("beichen:theme", this.draw);
    this.sizes = new ResizeObserver(() => this.chart.resize());
    this.sizes.observe(canvas);
  }

  // A screen replaces its charts for days: what one holds ends with it.
  disconnectedCallback() {
    document.removeEventListener("beichen:theme", this.draw);
    this.sizes?.disconnect();
    this.chart?.dispose();
  }
}

customElements.define("bc-chart", Chart);
