"""The drains against known physics: no water is lost, and what a pipe cannot carry comes out."""

from __future__ import annotations

from typing import Any

import pytest

from beichen.platforms.ai.tests.scenes import answered, minutes, thing

HECTARES = 3.0


def street(rain: float, pipe_m: float = 0.6) -> list[dict[str, Any]]:
    """Three manholes in a row, 100 m apart; so much rain (mm/h) for the last hour, none before it."""
    gauge = thing("rain-gauge", "G", {"rain_mm_1h": minutes(lambda at: rain if at >= -60 else 0.0, 240)},
                  (125.330, 43.880))  # fmt: skip
    holes = [
        thing(
            "manhole", f"M{n}", {"level_m": minutes(lambda _at: 0.0, 180)}, (125.330, 43.880 + 0.0009 * n),
            {"drains_to": f"M{n - 1}"} if n else {}, depth_m=3.0, pipe_m=pipe_m, catchment_ha=HECTARES,
            network="rain",
        )
        for n in range(3)
    ]  # fmt: skip
    return [gauge, *holes]


def test_no_water_is_lost_in_a_cloudburst() -> None:
    """SWMM's own balance of what falls, runs, flows out and comes out closes within two percent."""
    found = answered("drainage", "flooding", street(60.0))
    assert abs(found.figures["runoff_error_pct"]) < 1
    assert abs(found.figures["routing_error_pct"]) < 2
    assert len(found.forecasts) == 3 * 12


def test_what_a_pipe_cannot_carry_comes_out() -> None:
    """The last pipe of half a metre carries about 0.2 m³/s: nine hectares under 100 mm/h bring more.

    A pipe of two metres carries it, and nothing is foretold.
    """
    found = answered("drainage", "flooding", street(100.0, pipe_m=0.5))
    worst = max(found.findings, key=lambda one: float(one.values["flood_m3"]))
    fallen = 3 * HECTARES * 10_000 * 0.1 * 2.5  # m³ in the hour before and, fading, after
    assert worst.type == "drainage.flood-expected"
    assert 500 < float(worst.values["flood_m3"]) < fallen
    assert answered("drainage", "flooding", street(100.0, pipe_m=2.0)).findings == []


def test_without_rain_a_level_stays_where_it_is() -> None:
    """What stands in a manhole on a dry day is its base flow, which the model does not drain away."""
    things = street(0.0)
    for one in things[1:]:
        one["series"]["level_m"] = [list(pair) for pair in minutes(lambda _at: 0.5, 180)]
        one["latest"]["level_m"] = one["series"]["level_m"][-1]
    found = answered("drainage", "flooding", things)
    assert [one.value for one in found.forecasts] == pytest.approx([0.5] * 36, abs=0.06)
    assert found.findings == []
