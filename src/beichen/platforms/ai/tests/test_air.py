"""Fine dust on a real winter: forecasts from what came before beat saying that nothing changes."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import mean
from types import ModuleType

from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.sdk import Reading

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
