"""The water network as EPANET sees it: what pressures it should have, and where less is measured, a leak.

The mains of the scene's own objects: a works feeds district meters, a meter or another point feeds a pressure
point. What a meter measures is drawn at its points in equal parts. Point by point the model is corrected by
how far it was off in the last day; what deviates from that now is tried against a leak at each point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta

from beichen.sdk import Answer, Finding, Forecast, Inputs, NotEnough, Thing, model

HOUR = timedelta(hours=1)
BACK, NOW_HOURS, LEAST_HOURS = (
    24,
    2,
    8,
)  # hours: of the past, of what counts as now, of a past that says something
M_PER_MPA = 101.97  # of water
M3S = 3600.0  # m³/h in a m³/s
LEAST_M, TRIED_M3H = 5.0, 10.0
NOISE_MPA, LEAST_DROP_MPA = 0.003, 0.008
EXPLAINED = 0.6  # of the squares that a leak at one place must explain

Courses = dict[str, list[float]]


@dataclass
class Network:
    """Nodes by code, mains as (from, to, metres, millimetres), and the meter of each point."""

    works: dict[str, Thing] = field(default_factory=dict)
    meters: dict[str, Thing] = field(default_factory=dict)
    points: dict[str, Thing] = field(default_factory=dict)
    mains: list[tuple[str, str, float, float]] = field(default_factory=list)
    meter_of: dict[str, str] = field(default_factory=dict)

    def points_of(self, meter: str) -> list[str]:
        """The points at which a meter's water is drawn."""
        return [code for code, one in self.meter_of.items() if one == meter]


@model
def pressures(inputs: Inputs) -> Answer:
    """Pressures of the coming hours at each point, and where a leak explains what is missing now."""
    network = network_of(inputs)
    if not network.points or not network.works:
        raise NotEnough(
            "没有从水厂经分区计量表到测压点相连的管网。",
            "No works, meter and pressure point are joined by mains.",
        )
    ahead = inputs.horizon // HOUR
    flows = {code: course(one, "flow_m3h", inputs, ahead) for code, one in network.meters.items()}
    flows = {code: row for code, row in flows.items() if row}
    if len(flows) < len(network.meters):
        raise NotEnough("有分区计量表一天内没有流量。", "A district meter has said no flow for a day.")
    heads = {code: course(one, "outlet_mpa", inputs, ahead) or [0.4] * (BACK + ahead)
             for code, one in network.works.items()}  # fmt: skip
    computed = solved(inputs, network, flows, heads)
    bias, spread, missing = compared(inputs, network, computed)
    forecasts = []
    for code in network.points:
        for hour in range(1, ahead + 1):
            value = max(0.0, computed[code][BACK + hour - 1] + bias.get(code, 0.0))
            around = 1.2816 * spread.get(code, NOISE_MPA)
            at = inputs.now + hour * HOUR
            forecasts.append(
                Forecast(code, "pressure_mpa", at, value, max(0.0, value - around), value + around)
            )
    findings = []
    for meter in network.meters:
        findings += leak(inputs, network, meter, flows, heads, missing, spread)
    worst = max((abs(one) for one in missing.values()), default=0.0)
    return Answer(forecasts, findings, {"points": len(network.points), "largest_residual_mpa": worst})


def network_of(inputs: Inputs) -> Network:
    """What hangs together: points whose way leads over a meter to a works, without a circle."""
    by_code, found = inputs.by_code(), Network()
    for one in inputs.of("pressure-point"):
        way, at = [one], one
        while (up := by_code.get(at.related("fed_by"))) is not None and up not in way and len(way) < 1_000:
            way.append(up)
            at = up
        meter = by_code.get(at.related("metered_by"))
        works = by_code.get(meter.related("fed_by")) if meter is not None else None
        if meter is None or works is None or works.type != "water-works":
            continue
        found.works[works.code], found.meters[meter.code] = works, meter
        for each, above in zip(way, [*way[1:], meter], strict=True):
            if each.code not in found.points:
                found.points[each.code], found.meter_of[each.code] = each, meter.code
                found.mains.append((above.code, each.code, length(above, each), diameter(inputs, each)))
    for meter in found.meters.values():
        works = found.works[meter.related("fed_by")]
        found.mains.append((works.code, meter.code, length(works, meter), diameter(inputs, meter)))
    return found


def length(above: Thing, one: Thing) -> float:
    """Metres of the main that feeds a thing: as registered, or as the crow flies."""
    if None in (above.longitude, above.latitude, one.longitude, one.latitude):
        return one.number("main_m", 500.0)
    north = math.radians(float(one.latitude or 0) - float(above.latitude or 0))
    east = math.radians(float(one.longitude or 0) - float(above.longitude or 0))
    straight = 6_371_000 * math.hypot(north, east * math.cos(math.radians(float(one.latitude or 0))))
    return one.number("main_m", max(LEAST_M, straight))


def diameter(inputs: Inputs, one: Thing) -> float:
    """Millimetres of the main that feeds a thing."""
    return one.number("main_mm", inputs.parameters["main_mm"])


def course(one: Thing, measure: str, inputs: Inputs, ahead: int) -> list[float]:
    """Values of each hour, a day back and some ahead: as measured, then as usual at the hour. Empty for none.

    Hour ``n`` begins ``BACK - n`` hours before now; a gap is filled by what is usual at its hour.
    """
    readings = one.series.get(measure, ())
    if not readings or inputs.now - readings[-1].at > BACK * HOUR:
        return []
    known = {int((each.at - inputs.now) / HOUR // 1): each.value for each in readings}
    whole = sum(known.values()) / len(known)
    usual: dict[int, list[float]] = {}
    for hour, value in known.items():
        usual.setdefault(hour % 24, []).append(value)

    def value_of(hour: int) -> float:
        if hour < 0 and hour in known:
            return known[hour]
        at_hour = usual.get(hour % 24)
        return sum(at_hour) / len(at_hour) if at_hour else whole

    return [value_of(hour) for hour in range(-BACK, ahead)]


def solved(
    inputs: Inputs, network: Network, flows: Courses, heads: Courses, leaks: dict[str, float] | None = None
) -> Courses:
    """Pressures in MPa by hour, as EPANET computes them; a leak (m³/h) draws a part of its meter's water."""
    import wntr

    leaks = leaks or {}
    drawn = wntr.network.WaterNetworkModel()
    hours = len(next(iter(flows.values())))
    drawn.options.time.duration = (hours - 1) * 3600
    drawn.options.time.hydraulic_timestep = drawn.options.time.pattern_timestep = 3600
    drawn.options.time.report_timestep = 3600
    drawn.options.hydraulic.demand_model = "DDA"
    names = {code: f"n{n}" for n, code in enumerate([*network.works, *network.meters, *network.points])}
    for code, one in network.works.items():
        height = one.number("elevation_m", 0.0)
        pattern = [height + value * M_PER_MPA for value in heads[code]]
        drawn.add_pattern(f"h{names[code]}", pattern)
        drawn.add_reservoir(names[code], base_head=1.0, head_pattern=f"h{names[code]}")
    for code, one in network.meters.items():
        drawn.add_junction(names[code], base_demand=0.0, elevation=one.number("elevation_m", 0.0))
    for code, one in network.points.items():
        meter = network.meter_of[code]
        points = network.points_of(meter)
        lost = sum(leaks.get(each, 0.0) for each in points)
        share = [
            max(0.0, (value - lost) / len(points) + leaks.get(code, 0.0)) / M3S for value in flows[meter]
        ]
        drawn.add_pattern(f"d{names[code]}", share)
        drawn.add_junction(
            names[code],
            base_demand=1.0,
            demand_pattern=f"d{names[code]}",
            elevation=one.number("elevation_m", 0.0),
        )
    for number, (above, below, metres, millimetres) in enumerate(network.mains):
        drawn.add_pipe(
            f"p{number}", names[above], names[below], length=metres, diameter=millimetres / 1000,
            roughness=inputs.parameters["roughness"],
        )  # fmt: skip
    results = wntr.sim.EpanetSimulator(drawn).run_sim(file_prefix=str(inputs.folder / "net"))
    table = results.node["pressure"]
    return {code: [float(value) / M_PER_MPA for value in table[names[code]]] for code in network.points}


def compared(
    inputs: Inputs, network: Network, computed: Courses
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Of each point: how far the model was off, how much that varied, what is missing now beyond it (MPa)."""
    bias, spread, missing = {}, {}, {}
    for code, one in network.points.items():
        off = {
            hour: each.value - computed[code][BACK + hour]
            for each in one.series.get("pressure_mpa", ())
            if -BACK <= (hour := int((each.at - inputs.now) / HOUR // 1)) < 0
        }
        past = [value for hour, value in off.items() if hour < -NOW_HOURS]
        present = [value for hour, value in off.items() if hour >= -NOW_HOURS]
        if len(past) < LEAST_HOURS:
            continue
        bias[code] = sum(past) / len(past)
        spread[code] = max(NOISE_MPA, math.sqrt(sum((v - bias[code]) ** 2 for v in past) / len(past)))
        if present:
            missing[code] = sum(present) / len(present) - bias[code]
    return bias, spread, missing


def leak(
    inputs: Inputs,
    network: Network,
    meter: str,
    flows: Courses,
    heads: Courses,
    missing: dict[str, float],
    spread: dict[str, float],
) -> list[Finding]:
    """The point of a district at which a leak best explains what is missing; nothing where none does."""
    points = [code for code in network.points_of(meter) if code in missing]
    drops = [missing[code] / spread[code] for code in points]
    if len(points) < 2 or min(drops) > -3.0 or min(missing[code] for code in points) > -LEAST_DROP_MPA:
        return []
    last = {code: [sum(row[BACK - NOW_HOURS : BACK]) / NOW_HOURS] for code, row in flows.items()}
    now = {code: [sum(row[BACK - NOW_HOURS : BACK]) / NOW_HOURS] for code, row in heads.items()}
    base = solved(inputs, network, last, now)
    whole = sum(value**2 for value in drops)
    tried = []
    for place in points:
        with_leak = solved(inputs, network, last, now, {place: TRIED_M3H})
        slopes = [(with_leak[code][0] - base[code][0]) / TRIED_M3H / spread[code] for code in points]
        below = sum(slope**2 for slope in slopes)
        size = max(0.0, sum(s * d for s, d in zip(slopes, drops, strict=True)) / below) if below else 0.0
        size = min(size, last[meter][0])
        left = solved(inputs, network, last, now, {place: size})
        rest = sum(
            (missing[code] - (left[code][0] - base[code][0])) ** 2 / spread[code] ** 2 for code in points
        )
        tried.append((rest / whole, place, size))
    share, place, size = min(tried)
    if 1 - share < EXPLAINED or size < inputs.parameters["leak_m3h"]:
        return []
    one, district = network.points[place], network.meters[meter]
    usual = sum(flows[meter][BACK:]) / max(1, len(flows[meter][BACK:]))
    name, area, drop = one.name or place, district.name or meter, -1000 * missing[place]
    return [
        Finding(
            place,
            "water-supply.leak-suspected",
            f"{area}：{name}附近疑似漏损约{size:.0f}立方米每小时，压力比模型低{drop:.0f}千帕。",
            f"{area}: a leak of about {size:.0f} m³/h is suspected near {name}; the pressure is"
            f" {drop:.0f} kPa below the model.",
            {"leak_m3h": round(size, 1), "drop_kpa": round(drop, 1), "explained": round(1 - share, 2),
             "flow_m3h": round(last[meter][0], 1), "usual_m3h": round(usual, 1)},
        )
    ]  # fmt: skip
