"""Keys that an earlier fault left twice: found, merged so that the newest stays, told to what counts rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from beichen.platforms.warehouse import codes, maintenance, merging, writing
from beichen.platforms.warehouse.models import Receipt
from beichen.platforms.warehouse.service import append, compact, maintain, table, touched, upsert, verify
from beichen.platforms.warehouse.tests.conftest import BY, Declare
from beichen.platforms.warehouse.tests.test_writing import rows_of

NIGHT = datetime(2025, 1, 31, 16, 30, tzinfo=UTC)  # the first of February in the city


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Upserts look for old rows in months in which none lies."""
    monkeypatch.setattr(writing, "months_of", lambda _times: {"1999-01"})
    return monkeypatch


def put(*rows: dict[str, Any]) -> Receipt:
    return upsert("wells", list(rows), by=BY, source="test")


def levels() -> list[tuple[str, float]]:
    return [(row["code"], row["level_m"]) for row in rows_of()]


def test_the_row_that_was_written_last_stays(declare: Declare, fault: pytest.MonkeyPatch) -> None:
    declare()
    put({"code": "a", "seen_at": NIGHT, "level_m": 1.0}, {"code": "o'b", "seen_at": NIGHT, "level_m": 5.0})
    put({"code": "a", "seen_at": NIGHT, "level_m": 2.0})
    put(
        {"code": "a", "seen_at": datetime(2025, 1, 5, tzinfo=UTC), "level_m": 3.0},
        {"code": "c", "level_m": 7.0},
    )
    put({"code": "o'b", "seen_at": NIGHT, "level_m": 6.0})
    fault.undo()
    assert len(rows_of()) == 7 - 1
    before = table("wells").version
    assert maintain(by=BY) >= 1
    assert levels() == [("a", 3.0), ("c", 7.0), ("o'b", 6.0)]
    known = table("wells")
    assert known.rows == 3
    found = touched("wells", since=before)
    assert found.is_changed
    assert found.days is not None
    assert {date(2025, 2, 1), date(2025, 1, 5)} <= found.days["seen_at"]
    put({"code": "a", "seen_at": NIGHT, "level_m": 9.0})
    assert levels()[0] == ("a", 9.0)
    assert list(verify(name="wells")) == []


def test_rows_of_one_file_are_told_apart_by_their_moments(
    declare: Declare, fault: pytest.MonkeyPatch
) -> None:
    declare()
    put({"code": "a", "seen_at": NIGHT, "day": date(2025, 3, 1), "level_m": 2.0})
    put({"code": "a", "seen_at": NIGHT, "level_m": 1.0})
    fault.undo()
    fault.setattr(maintenance, "FEW", 2)
    assert compact("wells", by=BY)
    assert merging.merge_twice(table("wells"), by=BY) == 1
    assert levels() == [("a", 2.0)]


def test_it_is_told_until_it_is_merged(declare: Declare, fault: pytest.MonkeyPatch) -> None:
    declare()
    for level in (1.0, 2.0):
        put({"code": "a", "seen_at": NIGHT, "level_m": level})
    fault.undo()
    (problem,) = verify(name="wells")
    assert problem.code == codes.DAMAGED
    assert "1 keys or more stand twice" in str(problem.message)
    assert maintain(by=BY) == 1
    assert list(verify(name="wells")) == []
    assert maintain(by=BY) == 0


def test_more_keys_than_one_commit_takes(
    declare: Declare, fault: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MOST", 2)
    declare(key=("count", "day"))
    rows = [
        {"code": str(each), "count": each, "day": date(2025, 3, each), "seen_at": NIGHT}
        for each in range(1, 6)
    ]
    put(*[{**row, "level_m": 1.0} for row in rows])
    put(*[{**row, "level_m": 2.0} for row in rows])
    fault.undo()
    assert merging.merge_twice(table("wells"), by=BY) == 5
    assert {level for _code, level in levels()} == {2.0}
    assert len(levels()) == 5


def test_rows_that_were_added_on_purpose_stay(declare: Declare) -> None:
    declare()
    for load in ("1", "2"):
        append("wells", [{"code": "a", "seen_at": NIGHT}], by=BY, source="test", load=load)
    assert maintain(by=BY) == 0
    assert len(rows_of()) == 2
    assert list(verify(name="wells")) == []
