"""The heat network against known physics: how water cools in a pipe, what that costs, how a room cools."""

from __future__ import annotations

import math
from typing import Any

import pytest

from beichen.platforms.ai.tests.scenes import answered, hours, thing

SUPPLY, OUTSIDE, PRESSURE = 95.0, -15.0, 0.8
AREA, METRES, MILLIMETRES = 120_000.0, 2_000.0, 250.0
HEAT_J, DENSITY = 4186.0, 962.0


def city(inside: float, sent: float = 58.0) -> list[dict[str, Any]]:
    """A plant, a substation 2 km away, one a kilometre behind it, and a room; steady for two days."""
    return [
        thing(
            "heat-plant", "HP",
            {"supply_c": hours(lambda _h: SUPPLY, 48), "supply_mpa": hours(lambda _h: PRESSURE, 48),
             "outdoor_c": hours(lambda _h: OUTSIDE, 48)},
        ),
        thing("heat-substation", "S1", {"supply_c": hours(lambda _h: sent, 48)}, relations={"fed_by": "HP"},
              area_m2=AREA, main_m=METRES, main_mm=MILLIMETRES),
        thing("heat-substation", "S2", relations={"after": "S1"}, area_m2=AREA, main_m=1_000.0,
              main_mm=MILLIMETRES),
        thing("room-thermometer", "R1", {"indoor_c": hours(lambda _h: inside, 48)},
              relations={"heated_by": "S1"}),
    ]  # fmt: skip


def flow(substations: int) -> float:
    """kg/s that substations draw at the temperature outside, by the parameters of the model."""
    return substations * AREA * 45 * (18 - OUTSIDE) / (18 + 21) / (HEAT_J * 45)


def arriving(supply: float, kg_s: float, metres: float) -> float:
    """°C at a pipe's end: the difference to the ground dies away with its length (1.2 W/m²K, 5 °C)."""
    wall = math.pi * MILLIMETRES / 1000 * metres
    return 5 + (supply - 5) * math.exp(-1.2 * wall / (kg_s * HEAT_J))


def test_water_cools_and_loses_pressure_as_pipes_say() -> None:
    """Two substations one behind the other; and a room in balance stays as it is."""
    found = answered("heating", "rooms", city(20.5))
    first = {(one.thing, one.measure): one.value for one in reversed(found.forecasts)}
    at_first = arriving(SUPPLY, flow(2), METRES)
    assert first["S1", "primary_c"] == pytest.approx(at_first, abs=0.1)
    assert first["S2", "primary_c"] == pytest.approx(arriving(at_first, flow(1), 1_000), abs=0.2)
    diameter = MILLIMETRES / 1000
    speed = flow(2) / DENSITY / (math.pi * diameter**2 / 4)
    reynolds = speed * diameter * DENSITY / 3.0e-4
    rough = 1 / (2 * math.log10(3.71 * diameter / 0.0005)) ** 2
    lost = (rough + 64 / reynolds) * METRES / diameter * DENSITY * speed**2 / 2 / 1e6
    assert PRESSURE - first["S1", "primary_mpa"] == pytest.approx(lost, rel=0.05)
    assert [one.value for one in found.forecasts if one.thing == "R1"] == pytest.approx([20.5] * 8, abs=0.01)
    assert found.findings == []


def test_a_room_whose_heat_fails_is_foretold_before_it_is_cold() -> None:
    """The supply fell to 30 °C an hour ago: the room of 19 °C cools towards its new balance."""
    things = city(19.0)
    things[1]["relations"] = {}  # no main leads there: rooms are foretold without the network
    things[1]["series"]["supply_c"][-1][1] = 30.0
    found = answered("heating", "rooms", things)
    course = [one.value for one in found.forecasts if one.thing == "R1"]
    share = (19 + 15) / ((58 * 23 + 30) / 24 - 19)
    balance = (OUTSIDE + share * 30) / (1 + share)
    assert course[-1] == pytest.approx(balance + (19 - balance) * math.exp(-24 / 40), abs=0.05)
    (one,) = found.findings
    assert (one.thing, one.type) == ("R1", "heating.cold-expected")
    assert one.values["in_hours"] == next(3 * n for n, value in enumerate(course, 1) if value < 18)
    assert 3 <= float(one.values["in_hours"]) <= 9
