"""Rows in: exactly once, by key like a dictionary, with what does not fit put aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.files.models import StoredFile
from beichen.kernel.files.service import open_stored
from beichen.platforms.warehouse import codes, storage, writing
from beichen.platforms.warehouse.models import Receipt
from beichen.platforms.warehouse.rows import read_rows
from beichen.platforms.warehouse.schema import MONTH, months_of, with_month
from beichen.platforms.warehouse.service import TableFacts, append, reader, table, touched, upsert
from beichen.platforms.warehouse.tests.conftest import BY, COLUMNS, Declare
from beichen.problem import ProblemError

MORNING = datetime(2025, 3, 1, 0, 30, tzinfo=UTC)  # half past eight in the city


def rows_of(name: str = "wells") -> list[dict[str, Any]]:
    with reader() as ask:
        found: list[dict[str, Any]] = ask.sql(f"select * from {name} order by code").to_pylist()
    return found


def add(rows: Any, load: str = "1", name: str = "wells") -> Receipt:
    return append(name, rows, by=BY, source="test", load=load)


def put(rows: Any, load: str = "") -> Receipt:
    return upsert("wells", rows, by=BY, source="test", load=load)


def test_a_row_comes_back_as_it_was(declare: Declare) -> None:
    """Every type; times in the city's zone, at the same moment; what is not given is empty."""
    declare()
    row = {"code": "W1", "region": "220102", "level_m": 1.5, "count": 2**62, "is_wet": True,
           "day": date(2025, 3, 1), "seen_at": MORNING, "more": {"水": [1]}}  # fmt: skip
    receipt = add([row, {"code": "W2"}])
    assert (receipt.read, receipt.accepted, receipt.refused, receipt.changed) == (2, 2, 0, 2)
    first, second = rows_of()
    assert orjson.loads(first.pop("more")) == row.pop("more")
    assert first == row
    assert first["seen_at"].utcoffset() == timedelta(hours=8)
    assert set(second.values()) == {"W2", None}


def test_the_same_load_comes_in_once(declare: Declare) -> None:
    """With one receipt, one audit record, one event."""
    declare()
    first = add([{"code": "a"}])
    assert add([{"code": "b"}]) == first
    assert len(rows_of()) == 1
    assert AuditRecord.objects.filter(action="tables.append").count() == 1
    assert OutboxEvent.objects.filter(type="warehouse.table.loaded").count() == 1
    assert (first.table.name, table("wells").version, table("wells").rows) == ("wells", first.version, 1)


def test_a_load_that_was_committed_and_has_no_receipt_gets_it(declare: Declare) -> None:
    """As after a crash between the two."""
    declare()
    first = put([{"code": "a", "seen_at": MORNING}], load="x")
    Receipt.objects.all().delete()
    again = put([{"code": "a", "seen_at": MORNING}], load="x")
    same = ("version", "read", "accepted", "changed", "touched", "load")
    assert [getattr(first, name) for name in same] == [getattr(again, name) for name in same]
    assert storage.opened("wells").version() == first.version  # type: ignore[union-attr]


def test_rows_that_do_not_fit_are_put_aside_with_their_reasons(declare: Declare) -> None:
    declare()
    bad: list[dict[str, Any]] = [
        {"region": "x"},
        {"code": "b", "count": 1.5},
        {"code": "c", "level_m": float("nan")},
        {"code": "d", "cuont": 1},
        {"code": "e", "seen_at": datetime(2025, 1, 1)},
        {"code": "f", "seen_at": "yesterday", "day": "31.3.2025", "is_wet": "perhaps", "more": "{"},
        {"code": 7, "count": 2**63},
        {"code": "\ud800"},
    ]
    receipt = add([{"code": "a"}, *bad])
    assert (receipt.accepted, receipt.refused) == (1, len(bad))
    file = StoredFile.objects.get(code=receipt.refused_file)
    assert file.level == table("wells").level
    aside = orjson.loads(b"".join(open_stored(file)))
    assert [one["row"] for one in aside] == list(range(2, 10))
    assert {problem["code"] for one in aside for problem in one["problems"]} == {codes.BAD_ROW}
    assert aside[3]["problems"][0]["hint"] == "did you mean 'count'?"
    assert len(aside[5]["problems"]) == 4
    assert [row["code"] for row in rows_of()] == ["a"]


def test_arrow_is_read_as_mappings_are(declare: Declare) -> None:
    """Narrow numbers and other units of time are widened; single values that do not fit are put aside."""
    declare()
    rows = pa.table(
        {
            "code": pa.array(["a", "b", None, "d"]).dictionary_encode(),
            "count": pa.array([1, 2, 3, 4], pa.int8()),
            "level_m": pa.array([1.0, float("inf"), 2.0, None], pa.float32()),
            "seen_at": pa.array([MORNING] * 4, pa.timestamp("s", "Asia/Shanghai")),
        }
    )
    receipt = add(rows)
    assert (receipt.accepted, receipt.refused) == (2, 2)
    assert [(row["code"], row["count"], row["seen_at"]) for row in rows_of()] == [
        ("a", 1, MORNING),
        ("d", 4, MORNING),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pa.table({"name": ["x"], "code": ["y"]}),
        pa.table({"region": ["x"]}),
        [{"nmae": 1}, {"nmae": 2}],
        pa.table([pa.array(["x"]), pa.array(["x"])], names=["code", "code"]),
        pa.table({"code": ["x"], "seen_at": pa.array([2**62], pa.timestamp("us", "UTC"))}),
    ],
)
def test_an_upload_of_another_table_is_refused_whole(declare: Declare, rows: Any) -> None:
    declare()
    with pytest.raises(ProblemError) as error:
        add(rows)
    assert {problem.code for problem in error.value.problems} == {codes.DOES_NOT_FIT}
    assert not Receipt.objects.exists()


def test_what_cannot_be_written_is_said(declare: Declare) -> None:
    declare(key=())
    refused: list[tuple[Callable[[], Receipt], str]] = [
        (lambda: add([], name="welsl"), codes.NO_TABLE),
        (lambda: add([{"code": "a"}], load=""), codes.NO_LOAD),
        (lambda: add([{"code": "a"}], load="x" * 201), codes.NO_LOAD),
        (lambda: put([{"code": "a"}]), codes.NO_KEY),
    ]
    for act, code in refused:
        with pytest.raises(ProblemError) as error:
            act()
        assert [problem.code for problem in error.value.problems] == [code]
    with pytest.raises(ProblemError, match="did you mean 'wells'"):
        table("welsl")


def test_rows_that_change_nothing_make_no_version(declare: Declare) -> None:
    declare()
    first = put([{"code": "a", "count": 1}, {"code": "b"}])
    again = put([{"code": "b"}, {"code": "a", "count": 7}, {"code": "a", "count": 1}])
    assert (again.version, again.is_written, again.changed) == (first.version, False, 0)
    assert touched("wells", since=first.version).days == {}


CODES = st.sampled_from("abcdef")
MOMENT = (
    st.none()
    | st.datetimes(datetime(2024, 12, 1), datetime(2025, 3, 1), timezones=st.just(UTC))
    | st.sampled_from(
        [datetime(2025, month, 1, tzinfo=UTC) - timedelta(hours=8, seconds=1) for month in (1, 2)]
    )
    | st.sampled_from([datetime(2025, 1, 31, 17, tzinfo=UTC), datetime(2025, 1, 31, 23, 59, tzinfo=UTC)])
)
REST: dict[str, st.SearchStrategy[Any]] = {
    "count": st.none() | st.integers(-3, 3),
    "region": st.text("甲乙'\\", max_size=2),
    "level_m": st.floats(-1, 1),
    "seen_at": MOMENT,
    "is_wet": st.booleans(),
}
ROW = st.fixed_dictionaries({"code": CODES}, optional=REST)
PROPERTY = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@PROPERTY
@given(batches=st.lists(st.lists(ROW, max_size=6), min_size=1, max_size=5))
def test_upsert_is_a_dictionary(declare: Declare, folder: Path, batches: list[list[dict[str, Any]]]) -> None:
    """The table holds the last row of each key and can be read as it was; touched are the days of all rows
    that came, changed or went.
    """
    name = f"w{abs(hash(str(batches)))}"
    declare(name)
    model: dict[str, dict[str, Any]] = {}
    states: dict[int, list[dict[str, Any]]] = {}
    since, days = -1, set()
    for number, batch in enumerate(batches):
        before = dict(model)
        for row in batch:
            model[row["code"]] = dict.fromkeys(column.name for column in COLUMNS) | row
        receipt = upsert(name, batch, by=BY, source="test")
        changed = [key for key in model if model[key] != before.get(key)]
        assert receipt.changed == len(changed)
        assert receipt.is_written == bool(changed)
        assert rows_of(name) == [model[key] for key in sorted(model)]
        assert table(name).rows == len(model)
        states[receipt.version] = rows_of(name)
        if number == 0:
            since = receipt.version
            continue
        moments = [side[key]["seen_at"] for key in changed for side in (before, model) if key in side]
        days |= {_day(moment) for moment in moments if moment is not None}
    found = touched(name, since=since)
    assert found.days is not None
    assert found.days.get("seen_at", frozenset()) == days
    for version, state in states.items():
        with reader({name: version}) as ask:
            assert ask.sql(f"select * from {name} order by code").to_pylist() == state
            assert ask.versions == {name: version}


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(django_settings.TIME_ZONE)).date()


NIGHT = datetime(2025, 3, 31, 17, tzinfo=UTC)  # one o'clock of the first of April in the city


def test_a_row_of_a_month_s_first_hours_is_replaced(declare: Declare) -> None:
    """In the city another month has begun than that in UTC, where the row lies."""
    declare()
    put([{"code": "a", "seen_at": NIGHT}])
    put([{"code": "a", "seen_at": NIGHT, "count": 1}])
    put([{"code": "a", "count": 2}])
    assert [(row["code"], row["count"]) for row in rows_of()] == [("a", 2)]


def test_a_row_is_replaced_where_an_earlier_release_wrote_it_anew(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever widened a table laid its rows by the city's months."""
    declare()

    def by_the_city(_facts: TableFacts, rows: Any) -> Any:
        return rows.append_column(MONTH, pa.array(["2025-04"]))

    with monkeypatch.context() as patch:
        patch.setattr(writing, "with_month", by_the_city)
        put([{"code": "a", "seen_at": NIGHT}])
    put([{"code": "a", "count": 1}])
    assert [(row["code"], row["count"]) for row in rows_of()] == [("a", 1)]


def test_rows_of_one_key_that_were_added_are_replaced_alike(declare: Declare) -> None:
    declare()
    add([{"code": "a", "count": 1}], "1")
    add([{"code": "a", "count": 2}], "2")
    assert put([{"code": "a", "count": 3}]).changed == 1
    assert [(row["code"], row["count"]) for row in rows_of()] == [("a", 3), ("a", 3)]


def test_a_version_without_a_receipt_may_have_changed_everything(declare: Declare) -> None:
    declare()
    first = put([{"code": "a", "seen_at": MORNING}])
    put([{"code": "b", "seen_at": MORNING}])
    last = put([{"code": "c", "day": date(2025, 2, 2)}])
    found = touched("wells", since=first.version)
    assert (found.version, found.days) == (
        last.version,
        {"seen_at": frozenset({date(2025, 3, 1)}), "day": frozenset({date(2025, 2, 2)})},
    )
    assert touched("wells", since=-1).days is None
    Receipt.objects.filter(version=last.version).delete()
    assert touched("wells", since=first.version).days is None
    assert touched("wells", since=last.version).days == {}
    assert touched("wells", since=last.version + 1).days is None, "the table was restored from a backup"


def test_a_load_that_touches_too_many_days_touches_everything(declare: Declare) -> None:
    declare(time="")
    first = add([{"code": "a"}])
    start = date(1990, 1, 1)
    add([{"code": "a", "day": start + timedelta(days=day)} for day in range(4001)], load="2")
    assert touched("wells", since=first.version).days is None


def test_whoever_was_overtaken_reads_again(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine commits between reading and committing: the rows are merged upon the new state."""
    declare()
    put([{"code": "a", "count": 1}])
    merge = writing._merge
    overtaken: list[bool] = []

    def late(delta: Any, *rest: Any) -> None:
        if not overtaken:
            overtaken.append(True)
            other = storage.opened("wells")
            assert other is not None
            other.delete("code = 'a'")
        merge(delta, *rest)

    monkeypatch.setattr(writing, "_merge", late)
    receipt = put([{"code": "a", "count": 2}, {"code": "b"}])
    assert receipt.changed == 2
    assert [(row["code"], row["count"]) for row in rows_of()] == [("a", 2), ("b", None)]


def test_others_that_are_always_quicker_are_told(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    from deltalake.exceptions import CommitFailedError

    declare()
    monkeypatch.setattr(storage, "FIRST_PAUSE", 0.0)

    def fail(*_: Any) -> None:
        raise CommitFailedError("taken")

    monkeypatch.setattr(writing, "_append", fail)
    with pytest.raises(ProblemError) as error:
        add([{"code": "a"}])
    assert (error.value.problems[0].code, error.value.status) == (codes.BUSY, 503)


def test_writers_of_one_machine_wait_for_each_other(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare()
    monkeypatch.setattr(storage, "PATIENCE", 0.0)
    with storage.writing("wells"), pytest.raises(ProblemError) as error:
        add([{"code": "a"}])
    assert error.value.problems[0].code == codes.BUSY
    assert add([{"code": "a"}]).changed == 1


def test_storage_that_is_away_is_said(declare: Declare, folder: Path) -> None:
    declare()
    folder.write_bytes(b"a file where the folder should be")
    with pytest.raises(ProblemError) as error:
        add([{"code": "a"}])
    assert (error.value.problems[0].code, error.value.status) == (codes.NO_STORAGE, 503)


@settings(deadline=None, max_examples=50)
@example([NIGHT], "Asia/Shanghai")
@given(st.lists(st.none() | st.datetimes(timezones=st.just(UTC))), st.sampled_from(["UTC", "Asia/Shanghai"]))
def test_a_row_lies_with_its_month(moments: list[datetime | None], zone: str) -> None:
    """The month of the moment in UTC, whatever the zone, from the first year to the last; before 1970 too."""
    seen = pa.table({"seen_at": pa.array(moments, pa.timestamp("us", zone))})
    facts = TableFacts("wells", "井", "Wells", COLUMNS, ("code",), 2, "seen_at")
    months = [None if moment is None else f"{moment.year:04}-{moment.month:02}" for moment in moments]
    assert with_month(facts, seen)[MONTH].to_pylist() == months
    assert months_of(seen["seen_at"]) >= set(months)


def test_a_load_reads_the_log_once(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the load is there, and what to write upon, is seen in one version."""
    declare()
    add([{"code": "a"}], "1")
    versions: list[int] = []
    current = storage.current

    def counted(name: str) -> Any:
        found = current(name)
        assert found is not None
        versions.append(found.version())
        return found

    monkeypatch.setattr(storage, "current", counted)
    assert [add([{"code": "b"}], "2").version, put([{"code": "b", "count": 1}]).version] == [2, 3]
    assert versions == [1, 2]


def test_threads_that_add_at_once_lose_nothing(declare: Declare) -> None:
    """Delta alone, without the lock: every commit is serial."""
    from deltalake import write_deltalake

    facts = declare()
    add([{"code": "0"}])
    one = with_month(facts, read_rows(facts, [{"code": "x"}]).accepted)

    def write() -> None:
        for _ in range(3):
            storage.attempt(
                facts.name,
                lambda: write_deltalake(
                    storage.made(facts), one, mode="append", commit_properties=storage.commit({})
                ),
            )

    threads = [Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows_of()) == 10
