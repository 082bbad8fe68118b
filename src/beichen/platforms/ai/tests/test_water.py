"""The water network against known physics: losses of pipes by the formula, and a leak that is put in."""

from __future__ import annotations

import math
from typing import Any

import pytest

from beichen.platforms.ai.tests.scenes import answered, hours, thing

M_PER_MPA = 101.97
OUTLET, ROUGHNESS = 0.45, 110.0
# main → metres, millimetres, and the points whose water it carries
MAINS = {
    "M": (3000.0, 500.0, {"P1", "P2", "P3"}),
    "P1": (1000.0, 300.0, {"P1", "P2"}),
    "P2": (800.0, 250.0, {"P2"}),
    "P3": (1200.0, 300.0, {"P3"}),
}
WAYS = {"P1": ("M", "P1"), "P2": ("M", "P1", "P2"), "P3": ("M", "P3")}
OFF = {"P1": 0.004, "P2": -0.006, "P3": 0.002}  # of the gauges, which a model cannot know


def flow(hour: int) -> float:
    """m³/h into the district: the same each day."""
    return 240 + 80 * math.sin(2 * math.pi * hour / 24)


def pressure(point: str, drawn: dict[str, float]) -> float:
    """MPa at a point by Hazen and Williams, all heights 0, when each point draws so much (m³/h)."""
    head = OUTLET * M_PER_MPA
    for main in WAYS[point]:
        metres, millimetres, carried = MAINS[main]
        m3s = sum(drawn[each] for each in carried) / 3600
        head -= 10.667 * metres * m3s**1.852 / (ROUGHNESS**1.852 * (millimetres / 1000) ** 4.871)
    return head / M_PER_MPA


def drawn_at(hour: int, leak: float = 0.0, at: str = "P2") -> dict[str, float]:
    """What each point draws: a third of what people use, and the leak."""
    return {each: flow(hour) / 3 + (leak if each == at else 0.0) for each in WAYS}


def district(leak: float = 0.0, since: int = 0) -> list[dict[str, Any]]:
    """Things with a week of hours behind them; the leak runs for the last ``since`` hours."""

    def lost(hour: int) -> float:
        return leak if hour >= -since else 0.0

    def gauged(code: str) -> list[tuple[int, float]]:
        return hours(lambda hour: OFF[code] + pressure(code, drawn_at(hour, lost(hour))), 24)

    points = [
        thing(
            "pressure-point",
            code,
            {"pressure_mpa": gauged(code)},
            relations={"fed_by": "P1", "metered_by": "M"} if code == "P2" else {"metered_by": "M"},
            main_m=MAINS[code][0],
            main_mm=MAINS[code][1],
        )
        for code in WAYS
    ]
    return [
        thing("water-works", "W", {"outlet_mpa": hours(lambda _h: OUTLET, 168)}),
        thing(
            "district-meter", "M", {"flow_m3h": hours(lambda h: flow(h) + lost(h), 168)},
            relations={"fed_by": "W"}, households=20_000, main_m=MAINS["M"][0], main_mm=MAINS["M"][1],
        ),
        *points,
    ]  # fmt: skip


def test_pressures_are_those_of_the_formula() -> None:
    """Of every point for twelve hours, corrected by what each gauge is off; a sound network has no leak."""
    found = answered("water-supply", "pressures", district())
    assert len(found.forecasts) == 36
    assert found.findings == []
    for number, one in enumerate(found.forecasts):
        hour = number % 12
        expected = OFF[one.thing] + pressure(one.thing, drawn_at(hour))
        assert one.value == pytest.approx(expected, abs=0.0005), (one.thing, hour)
    assert found.figures["largest_residual_mpa"] < 0.0005


def test_a_leak_is_found_where_it_was_put() -> None:
    """A sixth of the district's water runs out at the far end; the meter sees it, and does not say where."""
    (one,) = answered("water-supply", "pressures", district(leak=60.0, since=2)).findings
    assert (one.thing, one.type) == ("P2", "water-supply.leak-suspected")
    assert one.values["leak_m3h"] == pytest.approx(60.0, rel=0.2)
    assert float(one.values["explained"]) > 0.9
