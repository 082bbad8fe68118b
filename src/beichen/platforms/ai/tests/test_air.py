"""Fine dust on a real winter: forecasts from what came before beat saying that nothing changes."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import mean
from types import ModuleType

import pytest

from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.sdk import Inputs, NotEnough, Reading, Thing

DATA = Path(__file__).parent / "data/fine_dust.csv"  # its source stands beside it
HOUR, HISTORY = timedelta(hours=1), timedelta(days=45)
LEADS = (24, 48, 72)


def the_model() -> ModuleType:
    """The scene's Python, which stands on nothing but the standard library and the SDK."""
    spec = spec_from_file_location(
        "fine_dust", scenes.find_package("air-quality", PackageKind.SCENE) / "model.py"
    )
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules["fine_dust"] = made
    spec.loader.exec_module(made)
    return made


def winter() -> dict[datetime, float]:
    """What was measured, by the hour."""
    with DATA.open(encoding="utf-8") as file:
        return {
            datetime.fromisoformat(row["hour"] + ":00").replace(tzinfo=UTC): float(row["pm25_ugm3"])
            for row in csv.DictReader(file)
            if row["pm25_ugm3"]
        }


def test_a_real_winter_is_foretold_better_than_by_saying_that_nothing_changes() -> None:
    """Each forecast knows what was measured before it alone. Bounds hold about four of five."""
    foretell, measured = the_model().foretell, winter()
    errors: dict[int, list[tuple[float, float, bool]]] = {lead: [] for lead in LEADS}
    now = min(measured) + HISTORY
    while now < max(measured) - 3 * 24 * HOUR:
        past = tuple(Reading(at, measured[at]) for at in sorted(measured) if now - HISTORY <= at < now)
        last = past[-1]
        for lead, (value, low, high) in zip(LEADS, foretell(past, LEADS), strict=True):
            came = measured.get(last.at + lead * HOUR)
            if came is not None:
                errors[lead].append((abs(value - came), abs(last.value - came), low <= came <= high))
        now += 13 * HOUR
    for lead, rows in errors.items():
        assert len(rows) > 60
        skill = 1 - mean(row[0] for row in rows) / mean(row[1] for row in rows)
        assert skill > 0.1, (lead, skill)
        assert 0.65 < mean(row[2] for row in rows) < 0.95, lead


def test_the_index_of_a_day_is_that_of_the_standard() -> None:
    """Break points of HJ 633-2012, table 1, and what lies between them."""
    index = the_model().index
    known = [
        ("pm25_ugm3", 0, 0), ("pm25_ugm3", 35, 50), ("pm25_ugm3", 55, 75), ("pm25_ugm3", 150, 200),
        ("pm25_ugm3", 250, 300), ("pm25_ugm3", 900, 500), ("pm10_ugm3", 100, 75), ("o3_ugm3", 180, 75),
    ]  # fmt: skip
    for measure, value, wanted in known:
        assert index(measure, value) == wanted, (measure, value)


def test_the_warning_is_the_gravest_that_the_guidance_wants() -> None:
    warning = the_model().warning_of
    cases = {
        (90, 120, 80): "",
        (150, 400, 400): "",
        (201, 90, 90): "yellow",
        (160, 151, 90): "yellow",
        (160, 160, 151): "orange",
        (210, 201, 90): "orange",
        (210, 220, 230): "orange",
        (210, 320, 230): "red",
        (320, 220): "",
    }
    assert {days: warning(days) for days in cases} == cases


def test_the_index_of_real_days_is_foretold_better_than_by_saying_that_nothing_changes() -> None:
    """Tomorrow of each day of a real winter, against the index of the day's measured mean; a station far away
    and one of the grid are left out."""
    module, measured = the_model(), winter()
    place = Thing("F", "air-forecast", longitude=125.3, latitude=43.9)
    errors, plain, inside = [], [], []
    day = min(measured).replace(hour=0) + HISTORY
    while day < max(measured) - timedelta(days=2):
        now = day + timedelta(hours=9)
        past = tuple(Reading(at, measured[at]) for at in sorted(measured) if now - HISTORY <= at < now)
        near = Thing("S", "air-station", longitude=125.4, latitude=43.9, series={"pm25_ugm3": past})
        found = module.index_of_days([near], now, 0, 20)
        hours = [measured[at] for at in measured if day + timedelta(days=1) <= at < day + timedelta(days=2)]
        lately = [one.value for one in past[-24:]]
        day += timedelta(days=1)
        if len(hours) < 18 or not found:
            continue
        noon, (value, low, high) = found[0]
        assert noon == day.replace(hour=12)
        came = module.index("pm25_ugm3", mean(hours))
        errors.append(abs(value - came))
        plain.append(abs(module.index("pm25_ugm3", mean(lately)) - came))
        inside.append(low <= came <= high)
    assert len(errors) > 30
    assert 1 - mean(errors) / mean(plain) > 0.1
    assert mean(inside) > 0.7
    assert module.within(place, Thing("G", "air-station", longitude=125.4, latitude=43.9), 40)
    assert not module.within(place, Thing("G", "air-station", longitude=126.4, latitude=43.9), 40)


def test_a_place_is_foretold_and_warned_of_from_the_stations_round_it() -> None:
    module = the_model()
    now = datetime(2026, 1, 10, 1, tzinfo=UTC)
    dusty = tuple(Reading(now - HOUR * back, 260.0) for back in range(48, 0, -1))
    clean = tuple(Reading(at, 10.0) for at, _value in dusty)
    things = (
        Thing("F", "air-forecast", "全市", 125.3, 43.9),
        Thing("FAR", "air-forecast", "远处", 129.3, 43.9),
        Thing("S", "air-station", "站", 125.4, 43.9, {"network": "state"}, series={"pm25_ugm3": dusty}),
        Thing("G", "air-station", "微站", 125.4, 43.9, {"network": "grid"}, series={"pm25_ugm3": clean}),
    )
    parameters = {"within_km": 40, "least_hours": 20, "utc_hours": 8}
    answer = module.day_index(Inputs(now, timedelta(days=4), things, Path(), parameters))
    assert [(one.thing, one.measure) for one in answer.forecasts] == [("F", "aqi")] * 3
    assert answer.forecasts[0].at == datetime(2026, 1, 11, 4, tzinfo=UTC)
    assert all(300 < one.value < 320 for one in answer.forecasts)
    assert [(one.thing, one.type) for one in answer.findings] == [("F", "air-quality.warning-red")]
    with pytest.raises(NotEnough):
        module.day_index(Inputs(now + 5 * HOUR, timedelta(days=4), things, Path(), parameters))
