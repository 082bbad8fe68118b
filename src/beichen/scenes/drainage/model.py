"""The drains as SWMM sees them: a network of the scene's objects, run from the last hour into the next two.

Levels are metres above a manhole's bottom, rain millimetres an hour. What is not registered has the default
that `models.yaml` states. What the model says is corrected by how far it is from what is measured now.
Long because a scene has one file of Python and a SWMM project has twelve sections.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from beichen.sdk import Answer, Finding, Forecast, Inputs, NotEnough, Thing, model

WARM, STEP, GRID = timedelta(hours=1), timedelta(minutes=5), timedelta(minutes=10)
FRESH, FADES_MIN = timedelta(minutes=90), 60.0
NEAREST_M, OUTFALL_M, UNPLACED_M = 10.0, 50.0, 80.0
RAINS = (0.5, 1.0, 1.5)  # of the rain to come: lower bound, what is expected, upper bound
SUMP_DEPTH, SUMP_BELOW, PUMP_STEP, EFFICIENCY = 12.0, 1.0, 0.3, 0.7
FULL, NEARLY = 0.98, 0.8  # of a manhole's depth


@dataclass
class Network:
    """The text of a SWMM project, and which of its nodes is which manhole."""

    text: str
    nodes: dict[str, str] = field(default_factory=dict)


@dataclass
class Course:
    """A run: depths of each manhole at each step after the beginning, what came out of it since now (m³), and
    the errors of continuity in percent."""

    depths: dict[str, list[float]]
    flooded: dict[str, float]
    figures: dict[str, float]


@model
def flooding(inputs: Inputs) -> Answer:
    """Levels of every manhole for two hours, and those from which water will come."""
    manholes = [one for one in inputs.of("manhole") if one.number("depth_m", 0) > 0]
    gauges = [
        one for one in inputs.of("rain-gauge") if one.fresh("rain_mm_1h", inputs.now, FRESH) is not None
    ]
    if not manholes:
        raise NotEnough("没有登记带井深的检查井。", "No manhole with a depth is registered.")
    if not gauges:
        raise NotEnough("90分钟内没有任何雨量站报数。", "No gauge has said anything for 90 minutes.")
    courses = [run(inputs, manholes, gauges, share) for share in RAINS]
    expected = courses[1]
    now_at = WARM // STEP
    ahead = range(GRID // STEP, inputs.horizon // STEP + 1, GRID // STEP)
    forecasts, findings = [], []
    for one in manholes:
        depth = one.number("depth_m", 0)
        measured = one.fresh("level_m", inputs.now, FRESH)
        wrong = 0.0 if measured is None else measured - expected.depths[one.code][now_at]
        values = []
        for step in ahead:
            # What stands above the model is its base flow and stays; what the model overrates is forgotten.
            share = 1.0 if wrong > 0 else math.exp(-step * (STEP / timedelta(minutes=1)) / FADES_MIN)
            three = [min(depth, max(0.0, c.depths[one.code][now_at + step] + share * wrong)) for c in courses]
            values.append(three[1])
            at = inputs.now + step * STEP
            forecasts.append(Forecast(one.code, "level_m", at, three[1], min(three), max(three)))
        volume, highest = expected.flooded[one.code], max(values)
        if highest >= FULL * depth or (volume >= inputs.parameters["flood_m3"] and highest >= NEARLY * depth):
            findings.append(told(one, depth, values, volume))
    return Answer(forecasts, findings, expected.figures)


def told(one: Thing, depth: float, values: list[float], volume: float) -> Finding:
    """What is said of a manhole from which water will come."""
    first = next((n for n, value in enumerate(values) if value >= FULL * depth), values.index(max(values)))
    minutes = (first + 1) * (GRID // timedelta(minutes=1))
    name, highest = one.name or one.code, max(values)
    return Finding(
        one.code,
        "drainage.flood-expected",
        f"{name}：预计{minutes}分钟后水位{highest:.1f}米（井深{depth:.1f}米），两小时内冒溢约{volume:.0f}立方米。",
        f"{name}: a level of {highest:.1f} m (depth {depth:.1f} m) is expected in {minutes} minutes;"
        f" about {volume:.0f} m³ come out within two hours.",
        {"level_m": round(highest, 2), "depth_m": depth, "in_minutes": minutes, "flood_m3": round(volume, 1)},
    )


def run(inputs: Inputs, manholes: list[Thing], gauges: list[Thing], share: float) -> Course:
    """Let SWMM run from an hour ago to the horizon; ``share`` of the rain to come falls."""
    from pyswmm import Nodes, Simulation

    network = project(inputs, manholes, gauges, share)
    file = inputs.folder / f"drains-{share}.inp"
    file.write_text(network.text, encoding="utf-8")
    steps = (WARM + inputs.horizon) // STEP
    depths: dict[str, list[float]] = {one.code: [] for one in manholes}
    flooded = dict.fromkeys(depths, 0.0)
    with Simulation(str(file)) as simulation:
        simulation.step_advance(int(STEP.total_seconds()))
        nodes = Nodes(simulation)
        known = {code: nodes[name] for code, name in network.nodes.items()}
        for one in manholes:
            depths[one.code].append(start_depth(one, inputs.now))
        for number, _step in enumerate(simulation, start=1):
            for code, node in known.items():
                if number <= steps:
                    depths[code].append(node.depth)
                if number * STEP > WARM:
                    flooded[code] += node.flooding * STEP.total_seconds()
    for code, row in depths.items():
        row += [row[-1]] * (steps + 1 - len(row))
        depths[code] = row
    return Course(depths, flooded, continuity(file.with_suffix(".rpt").read_text(encoding="utf-8")))


def continuity(report: str) -> dict[str, float]:
    """The errors of continuity in percent that SWMM reports: of runoff, and of routing."""
    found, part = {}, ""
    for line in report.splitlines():
        for words, name in (("Runoff Quantity Continuity", "runoff"), ("Flow Routing Continuity", "routing")):
            part = name if words in line else part
        if part and line.strip().startswith("Continuity Error (%)"):
            found[f"{part}_error_pct"] = float(line.split()[-1])
    return found


def start_depth(one: Thing, now: datetime) -> float:
    """The level that was measured when the run begins, or the newest before it."""
    begins = now - WARM
    known = [reading.value for reading in one.series.get("level_m", ()) if reading.at <= begins]
    value = known[-1] if known else one.latest["level_m"].value if "level_m" in one.latest else 0.0
    return min(one.number("depth_m", 0), max(0.0, value))


def distance(one: Thing, other: Thing) -> float:
    """Metres between two things on the ground; a stated default where one of them has no place."""
    if None in (one.longitude, one.latitude, other.longitude, other.latitude):
        return UNPLACED_M
    north = math.radians(float(other.latitude or 0) - float(one.latitude or 0))
    mean = math.radians((float(other.latitude or 0) + float(one.latitude or 0)) / 2)
    east = math.radians(float(other.longitude or 0) - float(one.longitude or 0)) * math.cos(mean)
    return max(NEAREST_M, 6_371_000 * math.hypot(north, east))


def downstream(manholes: list[Thing]) -> dict[str, str]:
    """Where each manhole drains to; a circle is cut at the manhole that closes it."""
    known = {one.code for one in manholes}
    to = {one.code: one.related("drains_to") for one in manholes if one.related("drains_to") in known}
    for code in sorted(to):
        seen, at = {code}, to.get(code, "")
        while at in to:
            if at in seen:
                del to[at]
                break
            seen.add(at)
            at = to[at]
    return to


def inverts(manholes: list[Thing], to: dict[str, str], slope: float) -> dict[str, float]:
    """The heights of the bottoms: as registered, else rising upstream by the slope from the last one's 0."""
    by_code = {one.code: one for one in manholes}
    found: dict[str, float] = {}

    def height(code: str) -> float:
        path = []
        while code not in found:
            path.append(code)
            if code not in to:
                found[code] = by_code[code].number("invert_m", 0.0)
                path.pop()
                break
            code = to[code]
        for one in reversed(path):
            below = to[one]
            rise = slope * distance(by_code[one], by_code[below])
            found[one] = by_code[one].number("invert_m", found[below] + rise)
        return found[path[0]] if path else found[code]

    for code in by_code:
        height(code)
    return found


def project(inputs: Inputs, manholes: list[Thing], gauges: list[Thing], share: float) -> Network:
    """The project's text."""
    told_, begins = inputs.parameters, inputs.now - WARM
    ends = inputs.now + inputs.horizon
    node = {one.code: f"n{number}" for number, one in enumerate(manholes)}
    by_code = {one.code: one for one in manholes}
    to = downstream(manholes)
    bottom = inverts(manholes, to, told_["slope"])
    stations = {one.code: one for one in inputs.of("pump-station")}
    part: dict[str, list[str]] = {
        name: [] for name in ("JUNCTIONS", "OUTFALLS", "STORAGE", "CONDUITS", "PUMPS", "XSECTIONS", "CURVES",
                              "SUBCATCHMENTS", "SUBAREAS", "INFILTRATION", "RAINGAGES", "TIMESERIES")
    }  # fmt: skip
    rains = {one.code: f"r{number}" for number, one in enumerate(gauges)}
    for one in gauges:
        part["RAINGAGES"].append(f"{rains[one.code]} INTENSITY 0:05 1.0 TIMESERIES t{rains[one.code]}")
        for at, value in rain_of(one, inputs, begins, ends, share):
            part["TIMESERIES"].append(f"t{rains[one.code]} {at:%m/%d/%Y %H:%M} {value:.3f}")
    pumped: dict[str, list[Thing]] = {}
    for one in manholes:
        name, depth = node[one.code], one.number("depth_m", 0)
        part["JUNCTIONS"].append(
            f"{name} {bottom[one.code]:.3f} {depth:.3f} {start_depth(one, inputs.now):.3f} 0 0"
        )
        catchment(one, name, rains[min(gauges, key=lambda g: distance(one, g)).code], told_, part)
        if one.code in to:
            below = by_code[to[one.code]]
            pipe(name, node[below.code], distance(one, below), one, told_, part)
        elif one.related("pumped_by") in stations:
            pumped.setdefault(one.related("pumped_by"), []).append(one)
        else:
            part["OUTFALLS"].append(f"o{name} {bottom[one.code] - told_['slope'] * OUTFALL_M:.3f} FREE NO")
            pipe(name, f"o{name}", OUTFALL_M, one, told_, part)
    for number, (code, feeders) in enumerate(sorted(pumped.items())):
        sump(stations[code], f"s{number}", feeders, node, bottom, inputs, part)
    return Network(options(begins, ends) + "".join(
        f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in part.items() if lines), node)  # fmt: skip


def options(begins: datetime, ends: datetime) -> str:
    """What SWMM is told of time and method."""
    return (
        "[OPTIONS]\nFLOW_UNITS CMS\nINFILTRATION HORTON\nFLOW_ROUTING DYNWAVE\nALLOW_PONDING NO\n"
        f"START_DATE {begins:%m/%d/%Y}\nSTART_TIME {begins:%H:%M:%S}\n"
        f"REPORT_START_DATE {begins:%m/%d/%Y}\nREPORT_START_TIME {begins:%H:%M:%S}\n"
        f"END_DATE {ends:%m/%d/%Y}\nEND_TIME {ends:%H:%M:%S}\n"
        "REPORT_STEP 00:05:00\nWET_STEP 00:01:00\nDRY_STEP 00:05:00\nROUTING_STEP 5\nVARIABLE_STEP 0.75\n"
        "[EVAPORATION]\nCONSTANT 0\n[REPORT]\nINPUT NO\nCONTROLS NO\n"
    )


def rain_of(
    gauge: Thing, inputs: Inputs, begins: datetime, ends: datetime, share: float
) -> list[tuple[datetime, float]]:
    """Intensities each five minutes: what the gauge said last, and from now on its last word, fading."""
    readings = gauge.series.get("rain_mm_1h", ()) or (gauge.latest["rain_mm_1h"],)
    half = inputs.parameters["rain_half_life_min"]
    found, at = [], begins
    while at <= ends:
        known = [one for one in readings if one.at <= min(at, inputs.now)]
        value = known[-1].value if known and min(at, inputs.now) - known[-1].at <= FRESH else 0.0
        if at > inputs.now:
            value *= share * 0.5 ** ((at - inputs.now) / timedelta(minutes=1) / half)
        found.append((at, max(0.0, value)))
        at += STEP
    return found


def catchment(one: Thing, name: str, gauge: str, told_: dict, part: dict[str, list[str]]) -> None:
    """The ground that drains into a manhole; sewers take none of the rain."""
    if one.fields.get("network") == "sewage":
        return
    area = one.number("catchment_ha", told_["catchment_ha"])
    width = math.sqrt(area * 10_000)
    paved = one.number("impervious_pct", told_["impervious_pct"])
    part["SUBCATCHMENTS"].append(f"c{name} {gauge} {name} {area:.3f} {paved:.1f} {width:.1f} 0.5 0")
    part["SUBAREAS"].append(f"c{name} 0.015 0.2 1.5 5 25 OUTLET")
    part["INFILTRATION"].append(f"c{name} 76 10 4 7 0")


def pipe(name: str, to: str, length: float, one: Thing, told_: dict, part: dict[str, list[str]]) -> None:
    """A round pipe from a manhole to another node."""
    part["CONDUITS"].append(f"p{name} {name} {to} {length:.1f} 0.013 0 0 0 0")
    part["XSECTIONS"].append(f"p{name} CIRCULAR {one.number('pipe_m', told_['pipe_m']):.3f} 0 0 0 1")


def sump(
    station: Thing,
    name: str,
    feeders: list[Thing],
    node: dict[str, str],
    bottom: dict[str, float],
    inputs: Inputs,
    part: dict[str, list[str]],
) -> None:
    """A station: its sump below the manholes that drain to it, and its pumps, which start one by one.

    Pumps that stand still although the sump is high are taken to be broken.
    """
    told_ = inputs.parameters
    start = station.number("start_level_m", 1.6)
    reach = {one.code: distance(one, station) for one in feeders}
    floor = min(bottom[one.code] - told_["slope"] * reach[one.code] for one in feeders) - start - SUMP_BELOW
    level = station.fresh("sump_level_m", inputs.now, FRESH)
    filled = min(SUMP_DEPTH, level or 0.5)
    part["STORAGE"].append(
        f"{name} {floor:.3f} {SUMP_DEPTH} {filled:.3f} FUNCTIONAL 0 0 {told_['sump_m2']} 0 0"
    )
    for one in feeders:
        part["CONDUITS"].append(
            f"p{node[one.code]} {node[one.code]} {name} {reach[one.code]:.1f} 0.013 0"
            f" {start + SUMP_BELOW:.2f} 0 0"
        )
        part["XSECTIONS"].append(
            f"p{node[one.code]} CIRCULAR {one.number('pipe_m', told_['pipe_m']):.3f} 0 0 0 1"
        )
    running = station.fresh("running", inputs.now, FRESH)
    is_broken = running == 0 and level is not None and level > start + 0.5
    pumps = 0 if is_broken else max(1, int(station.number("pumps", 1)))
    one_m3s = station.number("rated_kw", 30) * EFFICIENCY / (9.81 * told_["lift_m"])
    curve = [(start, 0.0)] + [(start + PUMP_STEP * n, one_m3s * n) for n in range(1, pumps + 1)]
    part["OUTFALLS"].append(f"o{name} {floor + told_['lift_m']:.3f} FREE NO")
    part["PUMPS"].append(f"u{name} {name} o{name} k{name} ON 0 0")
    for number, (depth, flow) in enumerate(curve or [(start, 0.0)]):
        part["CURVES"].append(f"k{name} {'PUMP2' if number == 0 else ''} {depth:.2f} {flow:.4f}")
