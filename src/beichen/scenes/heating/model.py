"""Heat on its way: from the plant to substations by pandapipes, and what rooms will have of it.

Water cools on its way by what the mains lose, the more the slower it flows; substations draw what their area
needs at the temperature outside. A room follows, with the inertia of its house, what its substation sends and
what is outside; how far it is from either it says itself by its last day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from beichen.sdk import Answer, Finding, Forecast, Inputs, NotEnough, Reading, Thing, model

HOUR = timedelta(hours=1)
LEADS = range(3, 25, 3)
FRESH, LEAST_HOURS = timedelta(hours=3), 12
KELVIN, HEAT_J, BAR_PER_MPA = 273.15, 4186.0, 10.0
WARM_C, INSIDE_C = 12.0, 18.0  # a day outside above which nothing heats; what a room must have
LEAST_W = 3.0  # W/m² that every substation draws at least, so that its main flows


@model
def rooms(inputs: Inputs) -> Answer:
    """Temperatures of rooms and of what arrives at substations, every three hours of a day."""
    plants = [one for one in inputs.of("heat-plant") if outside(one, inputs)]
    if not plants:
        raise NotEnough(
            "没有热源厂在三小时内报室外温度。",
            "No heat plant has said the outdoor temperature for three hours.",
        )
    weather = outside(plants[0], inputs)
    if sum(weather[:24]) / 24 > WARM_C:
        raise NotEnough(
            "近一日室外均温高于12℃，不在采暖期。", "The last day was warmer than 12 °C: nothing heats."
        )
    forecasts: list[Forecast] = []
    for plant in plants:
        forecasts += arrivals(inputs, plant, weather)
    stations, findings = {one.code: one for one in inputs.of("heat-substation")}, []
    for one in inputs.of("room-thermometer"):
        station = stations.get(one.related("heated_by"))
        course = room(one, station, inputs, weather) if station is not None else []
        for lead, value in zip(LEADS, course, strict=False):
            around = 0.3 + 0.5 * math.sqrt(lead / 24)
            at = inputs.now + lead * HOUR
            forecasts.append(Forecast(one.code, "indoor_c", at, value, value - around, value + around))
        if course and min(course) < inputs.parameters["least_c"]:
            findings.append(cold(one, course, inputs.parameters["least_c"]))
    if not forecasts:
        raise NotEnough("没有可推算的热力站或测温点。", "No substation or room has enough behind it.")
    return Answer(forecasts, findings, {"outdoor_c": weather[23], "coldest_c": min(weather[24:])})


def cold(one: Thing, course: Sequence[float], least: float) -> Finding:
    """What is said of a room that will be too cold."""
    value = min(course)
    hours, name = LEADS[list(course).index(value)], one.name or one.code
    first = next(lead for lead, each in zip(LEADS, course, strict=False) if each < least)
    return Finding(
        one.code,
        "heating.cold-expected",
        f"{name}：预计{first}小时后室温低于{least:.0f}℃，{hours}小时后最低{value:.1f}℃。",
        f"{name}: the room is expected below {least:.0f} °C in {first} hours; {value:.1f} °C in {hours}.",
        {"least_c": round(value, 1), "in_hours": first},
    )


def by_hour(series: Sequence[Reading], inputs: Inputs) -> dict[int, float]:
    """Means by how many hours before now they begin, below 0."""
    return {math.floor((one.at - inputs.now) / HOUR): one.value for one in series}


def outside(plant: Thing, inputs: Inputs) -> list[float]:
    """The temperature outside: 24 hours that were, 24 to come. Tomorrow is as today, and as much warmer or
    colder as now is beside yesterday, which fades in a day. Empty where it is not known."""
    known = by_hour(plant.series.get("outdoor_c", ()), inputs)
    if not any(hour >= -FRESH // HOUR for hour in known) or len(known) < LEAST_HOURS:
        return []
    past, last = [], known[min(known)]
    for hour in range(-24, 0):
        last = known.get(hour, last)
        past.append(last)
    before = known.get(-25, past[-1])
    return past + [past[hour] + (past[-1] - before) * math.exp(-(hour + 1) / 24) for hour in range(24)]


def follows(series: Sequence[Reading], weather: Sequence[float], inputs: Inputs) -> list[float]:
    """A supply temperature for 24 hours to come, as it followed the weather in the last day; or nothing."""
    known = {hour: value for hour, value in by_hour(series, inputs).items() if -24 <= hour < 0}
    if not known:
        return []
    mean = sum(known.values()) / len(known)
    out = {hour: weather[24 + hour] for hour in known}
    middle = sum(out.values()) / len(out)
    spread = sum((each - middle) ** 2 for each in out.values())
    slope = (
        sum((out[hour] - middle) * (value - mean) for hour, value in known.items()) / spread
        if spread > 5
        else 0.0
    )
    last = max(known)
    return [known[last] + slope * (weather[24 + hour] - out[last]) for hour in range(24)]


def room(one: Thing, station: Thing, inputs: Inputs, weather: Sequence[float]) -> list[float]:
    """A room's temperature at each lead; empty for one without half a day behind it."""
    inside = {h: v for h, v in by_hour(one.series.get("indoor_c", ()), inputs).items() if -24 <= h < 0}
    supply = by_hour(station.series.get("supply_c", ()), inputs)
    ahead = follows(station.series.get("supply_c", ()), weather, inputs)
    both = [hour for hour in inside if hour in supply]
    if len(both) < LEAST_HOURS or not ahead or max(inside) < -FRESH // HOUR:
        return []
    number = len(both)
    within = sum(inside[hour] for hour in both) / number
    sent = sum(supply[hour] for hour in both) / number
    out = sum(weather[24 + hour] for hour in both) / number
    # In balance what comes in goes out: share × (sent − within) = within − out.
    share = (within - out) / (sent - within) if sent - within > 3 else 0.0
    value, found = inside[max(inside)], []
    for hour in range(24):
        balance = (weather[24 + hour] + share * ahead[hour]) / (1 + share)
        value += (balance - value) * (1 - math.exp(-1 / inputs.parameters["inertia_h"]))
        if hour + 1 in LEADS:
            found.append(value)
    return found


def needed_kw(station: Thing, outdoor: float, told: dict) -> float:
    """What a substation draws at a temperature outside."""
    cold_ = max(0.05, (INSIDE_C - outdoor) / (INSIDE_C - told["design_c"]))
    return station.number("area_m2", 0.0) * told["design_w_m2"] * cold_ / 1000


def arrivals(inputs: Inputs, plant: Thing, weather: Sequence[float]) -> list[Forecast]:
    """Temperature and pressure of the water that arrives at the substations of a plant."""
    stations = {one.code: one for one in inputs.of("heat-substation")}
    fed = [
        one for one in stations.values() if root(one, stations) == plant.code and one.number("area_m2", 0) > 0
    ]
    supply = follows(plant.series.get("supply_c", ()), weather, inputs)
    if not fed or not supply:
        return []
    pressure = plant.fresh("supply_mpa", inputs.now, FRESH) or 0.8
    found = []
    for lead in LEADS:
        outdoor, at = weather[24 + lead - 1], inputs.now + lead * HOUR
        for code, (celsius, mpa) in solved(inputs, fed, supply[lead - 1], pressure, outdoor).items():
            found += [Forecast(code, "primary_c", at, celsius), Forecast(code, "primary_mpa", at, mpa)]
    return found


def root(one: Thing, stations: dict[str, Thing]) -> str:
    """The plant that feeds a substation, itself or over others before it; empty for none."""
    seen: set[str] = set()
    while one.related("after") in stations and one.code not in seen:
        seen.add(one.code)
        one = stations[one.related("after")]
    return "" if one.code in seen else one.related("fed_by")


def solved(
    inputs: Inputs, fed: Sequence[Thing], supply: float, pressure: float, outdoor: float
) -> dict[str, tuple[float, float]]:
    """What arrives at each substation: °C and MPa, when the plant sends ``supply`` °C at ``pressure`` MPa."""
    import pandapipes as pp

    told = inputs.parameters
    net = pp.create_empty_network(fluid="water")
    warm = {"pn_bar": pressure * BAR_PER_MPA, "tfluid_k": supply + KELVIN}
    begins, ends = (pp.create_junction(net, **warm) for _each in range(2))
    pp.create_circ_pump_const_pressure(
        net,
        ends,
        begins,
        p_flow_bar=pressure * BAR_PER_MPA,
        plift_bar=told["lift_bar"],
        t_flow_k=supply + KELVIN,
    )
    there = {one.code: pp.create_junction(net, **warm) for one in fed}
    back = {one.code: pp.create_junction(net, **warm) for one in fed}
    for one in fed:
        above, before = one.related("after"), one.related("after") in there
        main = {
            "length_km": one.number("main_m", told["main_m"]) / 1000,
            "diameter_m": one.number("main_mm", told["main_mm"]) / 1000,
            "k_mm": told["rough_mm"],
            "u_w_per_m2k": told["loss_w_m2k"],
            "text_k": told["ground_c"] + KELVIN,
            "sections": 5,
        }
        pp.create_pipe_from_parameters(net, there[above] if before else begins, there[one.code], **main)
        pp.create_pipe_from_parameters(net, back[one.code], back[above] if before else ends, **main)
        watts = max(needed_kw(one, outdoor, told) * 1000, one.number("area_m2", 0.0) * LEAST_W)
        flow = watts / (HEAT_J * told["spread_k"])
        pp.create_heat_consumer(
            net, there[one.code], back[one.code], qext_w=watts, controlled_mdot_kg_per_s=flow
        )
    pp.pipeflow(net, mode="bidirectional", iter=100, use_numba=False)
    table = net.res_junction
    return {
        code: (float(table.t_k[number]) - KELVIN, float(table.p_bar[number]) / BAR_PER_MPA)
        for code, number in there.items()
    }
