"""Readings as instances of temporal entities, through NGSI-LD."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from beichen.kernel.org.models import random_code
from beichen.platforms.iot import histories
from beichen.platforms.iot.tests import ground
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.tests.clients import Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
NOW = timezone.now().replace(microsecond=0)
WELL = "urn:ngsi-ld:well:MH-1"


def at(minutes: int) -> str:
    """So many minutes ago, as NGSI-LD writes it."""
    return (NOW - timedelta(minutes=minutes)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def keep(measure: str = "level_m", thing: str = "MH-1", **values: float) -> None:
    """Readings by how many minutes ago they were measured: ``m5=3.9``."""
    rows: list[dict[str, Any]] = [
        {
            "thing": thing,
            "measure": measure,
            "device": "D-1",
            "measured_at": NOW - timedelta(minutes=int(name[1:])),
            "received_at": NOW - timedelta(minutes=int(name[1:])) + timedelta(seconds=1),
            "value": value,
            "quality": "accepted",
        }
        for name, value in values.items()
    ]
    warehouse.append("readings", rows, by=ground.BY, source="test", load=random_code())


@pytest.fixture
def program(tables: Path) -> Program:
    ground.town()
    ground.well()
    return Program()


def values(found: Any, measure: str = "level_m") -> list[Any]:
    return [one["value"] for one in found.get(measure, [])]


def test_readings_are_instances_with_unit_and_time(program: Program) -> None:
    keep(m9=3.5, m5=3.9)
    keep("lid_open", m5=1.0)
    found = program.get(f"temporal/entities/{WELL}").json()
    assert values(found) == [3.5, 3.9]
    assert found["level_m"][1]["unitCode"] == "MTR"
    assert datetime.fromisoformat(found["level_m"][1]["observedAt"]) == NOW - timedelta(minutes=5)
    assert values(found, "lid_open") == [True]
    again = program.get(f"temporal/entities/{WELL}").json()
    assert [one["instanceId"] for one in again["level_m"]] == [one["instanceId"] for one in found["level_m"]]


def test_a_window_and_the_last_ones(program: Program) -> None:
    keep(m90=1.0, m60=2.0, m30=3.0, m5=4.0)
    between = {"timerel": "between", "timeAt": at(61), "endTimeAt": at(29)}
    assert values(program.get(f"temporal/entities/{WELL}", **between).json()) == [2.0, 3.0]
    assert sorted(values(program.get(f"temporal/entities/{WELL}", lastN="2").json())) == [3.0, 4.0]
    came = {"timerel": "after", "timeAt": at(31), "timeproperty": "createdAt"}
    assert values(program.get(f"temporal/entities/{WELL}", **came).json()) == [3.0, 4.0]


def test_values_are_asked_and_aggregated(program: Program) -> None:
    keep(m30=1.0, m5=4.0)
    ever = {"timerel": "after", "timeAt": at(600), "type": "well"}
    assert len(program.get("temporal/entities", q="level_m>3", **ever).json()) == 1
    assert program.get("temporal/entities", q="level_m>9", **ever).json() == []
    mean = {"options": "aggregatedValues", "aggrMethods": "max", "aggrPeriodDuration": "PT1H"}
    found = program.get("temporal/entities", **mean, **ever).json()
    assert max(one[0] for one in found[0]["level_m"]["max"]) == 4.0


def test_what_is_not_seen_has_no_readings(program: Program) -> None:
    keep(m5=4.0)
    nobody = Program("monitor", key="nobody")
    assert nobody.get(f"temporal/entities/{WELL}").status_code in (403, 404)


def test_more_than_is_told_is_cut(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "MOST", 2)
    keep(m9=1.0, m7=2.0, m5=3.0)
    found = program.get(f"temporal/entities/{WELL}")
    assert values(found.json()) == [2.0, 3.0]
    assert found.status_code == 206
    assert found["Content-Range"].startswith("date-time ")
    summed = program.get(
        f"temporal/entities/{WELL}", options="aggregatedValues", aggrMethods="sum", aggrPeriodDuration="PT0S"
    )
    assert (summed.status_code, "Content-Range" in summed) == (206, True)
    assert program.get(f"temporal/entities/{WELL}", lastN="2").status_code == 200
    assert program.get(f"temporal/entities/{WELL}", lastN="3").status_code == 206


def test_one_question_however_many_entities(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    real = warehouse.reader

    def counted() -> Any:
        nonlocal asked
        asked += 1
        return real()

    monkeypatch.setattr(warehouse, "reader", counted)
    for number in range(2, 5):
        ground.well(f"MH-{number}")
        keep(thing=f"MH-{number}", m5=float(number))
    found = program.get("temporal/entities", type="well", timerel="after", timeAt=at(60)).json()
    assert [values(one) for one in found] == [[2.0], [3.0], [4.0]]
    assert asked == 1
