"""The table of cases says what the cases say, however often it is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Classify
from beichen.hubs.events.facts import record_facts
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city
from beichen.platforms.warehouse.service import reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built(tables: object) -> None:
    """The city, and an empty place for tables."""
    city.build()


def rows() -> dict[str, dict[str, Any]]:
    """The table, by the case's code."""
    with reader() as ask:
        found: list[dict[str, Any]] = ask.sql("select * from cases order by code").to_pylist()
    return {row["code"]: row for row in found}


def test_a_case_is_written_when_it_opened_and_when_it_moved() -> None:
    received = city.report()
    assert (record_facts(), record_facts()) == (1, 0)
    row = rows()[received.case.code]
    assert (row["event"], row["scene"], row["source"]) == ("works.road-damaged", "works", "web")
    assert (row["region"], row["centre"], row["body"]) == (city.EAST, "centre", None)
    assert (row["stage"], row["opened_at"]) == ("accept", city.MONDAY)
    assert (row["accepted_in_time"], row["reports"], row["is_open"]) == (None, 1, True)

    one = city.attendant()
    case = service.act(
        received.case.code, Accept(), by=one, expected=1, now=city.MONDAY + timedelta(minutes=5)
    )
    assert (record_facts(), record_facts()) == (1, 0)
    row = rows()[case.code]
    assert (row["stage"], row["body"], row["accepted_in_time"]) == ("handle", "east", True)


def test_nothing_of_the_person_is_in_the_table() -> None:
    facts = service.ReporterFacts(name="王小明", phone="13900001111")
    city.report("西门口的路面塌了，找王小明", reporter=facts)
    record_facts()
    said = " ".join(str(value) for row in rows().values() for value in row.values())
    assert not any(word in said for word in ("王小明", "13900001111", "西门口"))


def test_a_crash_before_the_mark_writes_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is in the table, the mark is not: the next run writes it once more, and it stands once."""
    city.report()
    city.report("东边还有一个坑", region=city.STREET)
    with monkeypatch.context() as patch:
        patch.setattr(Case.objects, "bulk_update", _dies)
        with pytest.raises(KeyboardInterrupt):
            record_facts()
    assert len(rows()) == 2
    assert (record_facts(), record_facts()) == (2, 0)
    assert len(rows()) == 2


def _dies(*_arguments: object, **_options: object) -> None:
    raise KeyboardInterrupt


def test_a_case_derived_anew_is_written_anew() -> None:
    received = city.report()
    record_facts()
    Case.objects.filter(pk=received.case.pk).update(grade=1)
    service.derive(Case.objects.get(pk=received.case.pk))
    assert record_facts() == 1
    assert rows()[received.case.code]["grade"] == 4


@pytest.mark.parametrize(
    ("chosen", "first", "place"),
    [
        ("works.road-damaged", "works.road-damaged", 1),
        ("works.road-damaged", "works.tree-fallen", 2),
        ("works.internal", "works.road-damaged", None),
    ],
)
def test_what_was_suggested_stands_beside_what_was_chosen(chosen: str, first: str, place: int | None) -> None:
    code = city.report(kind="").case.code
    offered = sorted(("works.road-damaged", "works.tree-fallen"), key=lambda key: key != first)
    Case.objects.filter(code=code).update(suggested=[{"kind": key, "share": 0.5} for key in offered])
    service.act(code, Classify(kind=chosen), by=city.attendant(), now=city.MONDAY)
    record_facts()
    row = rows()[code]
    assert (row["suggested"], row["suggested_place"]) == (first, place)
