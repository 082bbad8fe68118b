"""Declaring tables: wider is free, narrower is refused while there are rows; checks tell what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.warehouse import codes, maintenance, quality, registry, storage
from beichen.platforms.warehouse.facts import as_values, from_values
from beichen.platforms.warehouse.models import CheckResult, Receipt, ReceiptKind
from beichen.platforms.warehouse.service import (
    Check,
    CheckKind,
    Column,
    ColumnType,
    TableFacts,
    append,
    check_table,
    compact,
    declare_tables,
    declared_columns,
    maintain,
    reader,
    room_table,
    table,
    tables,
    touched,
    upsert,
    verify,
)
from beichen.platforms.warehouse.tests.conftest import BY, COLUMNS, Declare
from beichen.problem import ProblemError

CODE, REGION, LEVEL, COUNT = COLUMNS[:4]
PUMP = TableFacts("room_pumps", "泵", "Pumps", (CODE, COUNT), ("code",))


def codes_of(error: pytest.ExceptionInfo[ProblemError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room's table, and no others."""
    monkeypatch.setattr(registry, "_registered", {})
    room_table(PUMP)


@pytest.mark.usefixtures("room")
@pytest.mark.django_db
def test_a_rooms_table_gets_its_row_at_the_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert declared_columns() == {"room_pumps": {"code": "text", "count": "integer"}}
    upsert("room_pumps", [{"code": "a", "count": 1}], by=BY, source="test")
    assert [(row.name, row.owner) for row in tables()] == [("room_pumps", "room")]
    monkeypatch.setattr(registry, "_registered", {})
    wider = room_table(replace(PUMP, columns=(*PUMP.columns, REGION)))
    assert table("room_pumps").facts == wider
    with pytest.raises(ValueError, match="registered twice"):
        room_table(PUMP)
    with pytest.raises(ProblemError):
        room_table(replace(PUMP, name="other", key=("nmae",)))


def test_facts_survive_json() -> None:
    check = Check(CheckKind.RANGE, ("count",), least=0, most=3)
    facts = replace(PUMP, checks=(check,), time="seen_at", columns=COLUMNS)
    assert from_values(as_values(facts)) == facts


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "x" * 64}, codes.BAD_NAME),
        ({"name": "loaded"}, codes.BAD_NAME),
        ({"columns": (CODE, CODE)}, codes.BAD_NAME),
        ({"key": ("cdoe",)}, codes.NO_COLUMN),
        ({"time": "code"}, codes.BAD_TYPE),
        ({"keep_days": 3}, codes.BAD_TYPE),
        ({"columns": (CODE, LEVEL), "key": ("level_m",)}, codes.BAD_TYPE),
        ({"checks": (Check(CheckKind.UNIQUE, ("x",)),)}, codes.NO_COLUMN),
        ({"checks": (Check(CheckKind.RANGE, ("code",), least=1),)}, codes.BAD_CHECK),
        ({"checks": (Check(CheckKind.RANGE, ("count",)),)}, codes.BAD_CHECK),
        ({"checks": (Check(CheckKind.FRESH, ("code",), within="1d"),)}, codes.BAD_CHECK),
        (
            {"columns": (CODE, LEVEL), "checks": (Check(CheckKind.ACCEPTED, ("level_m",), values=(1,)),)},
            codes.BAD_CHECK,
        ),
    ],
)
@pytest.mark.django_db
def test_a_declaration_that_makes_no_sense_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(ProblemError) as error:
        declare_tables([replace(PUMP, **change)], owner="scene:x", by=BY)  # type: ignore[arg-type]
    assert codes_of(error) == [code]


@pytest.mark.django_db
def test_a_name_belongs_to_one_owner_and_stands_once() -> None:
    with pytest.raises(ProblemError) as error:
        declare_tables([PUMP, PUMP], owner="scene:a", by=BY)
    assert codes_of(error) == [codes.BAD_NAME]
    assert declare_tables([PUMP], owner="scene:a", by=BY).added == ["room_pumps"]
    assert declare_tables([PUMP], owner="scene:a", by=BY).counts()["unchanged"] == 1
    with pytest.raises(ProblemError) as error:
        declare_tables([PUMP], owner="scene:b", by=BY)
    assert codes_of(error) == [codes.TAKEN]
    assert declare_tables([], owner="scene:a", by=BY).removed == ["room_pumps"]
    assert declare_tables([PUMP], owner="scene:b", by=BY).changed == ["room_pumps"]


def test_rows_that_are_written_anew_lie_where_they_lay(declare: Declare) -> None:
    """By their month in UTC, which the city's own may have left hours ago."""
    seen_at = Column("seen_at", ColumnType.TIME, "时间", "Seen")
    night = datetime(2025, 3, 31, 17, tzinfo=UTC)
    declare(columns=(CODE, COUNT, seen_at))
    upsert("wells", [{"code": "a", "count": 1, "seen_at": night}], by=BY, source="t")
    declare(columns=(CODE, replace(COUNT, type=ColumnType.NUMBER), seen_at))
    upsert("wells", [{"code": "b", "count": 0.5}], by=BY, source="t")
    delta = storage.opened("wells")
    assert delta is not None
    assert {name.split("_month=")[1].split("/")[0] for name in delta.file_uris()} == {
        "2025-03",
        "__HIVE_DEFAULT_PARTITION__",
    }


def test_wider_is_free(declare: Declare) -> None:
    """Rows that are there are read at once as they are declared now, and stay when the next rows come."""
    declare(columns=(CODE, COUNT), time="")
    append("wells", [{"code": "a", "count": 1}], by=BY, source="t", load="1")
    before = table("wells").version
    declare(columns=(CODE, replace(COUNT, type=ColumnType.NUMBER), REGION), time="")
    old = {"code": "a", "count": 1.0, "region": None}
    with reader() as ask:
        assert ask.sql("select * from wells").to_pylist() == [old]
    upsert("wells", [{"code": "b", "count": 0.5, "region": "r"}], by=BY, source="t")
    with reader() as ask:
        rows = ask.sql("select * from wells order by code").to_pylist()
    assert rows == [old, {"code": "b", "count": 0.5, "region": "r"}]
    assert touched("wells", since=before).days is None, "every value was written anew"
    declare(columns=(CODE, replace(COUNT, type=ColumnType.TEXT), REGION, LEVEL), time="")
    after = table("wells").version
    with reader() as ask:
        assert [row["count"] for row in ask.sql("select count from wells order by code").to_pylist()] == [
            "1.0",
            "0.5",
        ]
    declare(columns=(CODE, replace(COUNT, type=ColumnType.TEXT), REGION, LEVEL), time="")
    assert touched("wells", since=after).days == {}


def test_a_column_more_touches_nothing(declare: Declare) -> None:
    declare(columns=(CODE, COUNT), time="")
    first = append("wells", [{"code": "a"}], by=BY, source="t", load="1")
    declare(columns=(CODE, COUNT, COLUMNS[5]), time="")
    append("wells", [{"code": "b", "day": date(2025, 1, 1)}], by=BY, source="t", load="2")
    found = touched("wells", since=first.version)
    assert (found.version, found.days) == (first.version + 2, {"day": frozenset({date(2025, 1, 1)})})
    assert not list(verify(name="wells"))


@pytest.mark.parametrize(
    "change",
    [
        {"columns": (CODE,)},
        {"columns": (CODE, replace(COUNT, type=ColumnType.DATE))},
        {"columns": (CODE, replace(COUNT, required=True))},
        {"columns": (CODE, COUNT, replace(REGION, required=True))},
        {"key": ()},
        {"columns": (CODE, COUNT, COLUMNS[6]), "time": "seen_at"},
    ],
)
@pytest.mark.django_db
def test_narrower_is_refused_while_there_are_rows(change: dict[str, object]) -> None:
    declare_tables([PUMP], owner="scene:a", by=BY)
    changed = replace(PUMP, **change)  # type: ignore[arg-type]
    declare_tables([changed], owner="scene:a", by=BY)
    declare_tables([PUMP], owner="scene:a", by=BY)
    append("room_pumps", [{"code": "a"}], by=BY, source="t", load="1")
    with pytest.raises(ProblemError) as error:
        declare_tables([changed], owner="scene:a", by=BY)
    assert set(codes_of(error)) == {codes.NARROWED}
    assert table("room_pumps").facts == PUMP


CHECKS = (
    Check(CheckKind.UNIQUE, ("code",)),
    Check(CheckKind.RANGE, ("count",), least=0, most=10),
    Check(CheckKind.ACCEPTED, ("region",), values=("e'ast", "west")),
    Check(CheckKind.REFERENCES, ("region",), table="regions", to="code"),
    Check(CheckKind.FRESH, ("seen_at",), within="1d"),
    Check(CheckKind.SQL, name="no-a", sql="select * from wells where code = 'a'"),
)


def test_checks_say_how_many_rows_of_a_load_are_wrong(declare: Declare) -> None:
    """And of the whole table when they are asked again."""
    declare("regions", (CODE,), time="")
    append("regions", [{"code": "west"}], by=BY, source="t", load="1")
    declare(key=(), checks=CHECKS)
    good = {"code": "b", "region": "west", "count": 3, "seen_at": timezone.now()}
    receipt = append("wells", [good], by=BY, source="t", load="1")
    assert {result.check_key: result.failed for result in receipt.results.all()} == dict.fromkeys(
        (check.key for check in CHECKS), 0
    )
    old = datetime(2020, 1, 1, tzinfo=UTC)
    bad = [{"code": "b", "count": 11}, {"code": "a", "region": "e'ast"}, {"code": "a", "seen_at": old}]
    receipt = append("wells", bad, by=BY, source="t", load="2")
    found = {result.check_key: result.failed for result in receipt.results.all()}
    assert found == {"unique:code": 2, "range:count": 1, "accepted:region": 0, "references:region": 1,
                     "fresh:seen_at": 0, "sql:no-a": 2}  # fmt: skip
    assert OutboxEvent.objects.filter(type="warehouse.check.failed").count() == 4
    results = {result.check_key: result.failed for result in check_table("wells", by=BY)}
    assert results == found
    assert CheckResult.objects.filter(receipt=None).count() == len(CHECKS)


def test_a_check_that_cannot_be_asked_has_failed(declare: Declare) -> None:
    """The load stays: the rows are as good as they were."""
    declare(checks=(Check(CheckKind.SQL, name="x", sql="select * from nowhere"),))
    receipt = append("wells", [{"code": "a"}], by=BY, source="t", load="1")
    (result,) = receipt.results.all()
    assert result.problem["code"] == codes.NO_TABLE
    assert quality.is_failed(result)


def test_old_rows_are_forgotten_and_figures_stay(declare: Declare) -> None:
    declare(keep_days=30)
    declare("days", (CODE, COLUMNS[5]), time="day", keep_days=30)
    now = datetime(2025, 3, 31, tzinfo=UTC)
    moments = [now - timedelta(days=days) for days in (1, 29, 31, 400)]
    rows = [{"code": str(number), "seen_at": moment} for number, moment in enumerate(moments)]
    first = append("wells", [*rows, {"code": "no time"}], by=BY, source="t", load="1")
    days = [{"code": str(number), "day": moment.date()} for number, moment in enumerate(moments)]
    append("days", days, by=BY, source="t", load="1")
    maintain(by=BY, now=now)
    with reader() as ask:
        assert ask.sql("select code from wells order by code").column(0).to_pylist() == ["0", "1", "no time"]
        assert ask.sql("select code from days order by code").column(0).to_pylist() == ["0", "1"]
    assert touched("wells", since=first.version).days == {}
    assert (table("wells").rows, Receipt.objects.filter(kind=ReceiptKind.FORGET).count()) == (3, 2)
    assert maintain(by=BY, now=now) == 0


def test_small_files_are_joined_and_nothing_is_touched(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(time="")
    receipts = [append("wells", [{"code": str(n)}], by=BY, source="t", load=str(n)) for n in range(8)]
    monkeypatch.setattr(maintenance, "FEW", 8)
    assert compact("wells", by=BY)
    delta = storage.opened("wells")
    assert delta is not None
    assert len(delta.file_uris()) == 1
    assert touched("wells", since=receipts[-1].version).days == {}
    with reader({"wells": 3}) as ask:
        assert ask.sql("select count(*) n from wells").to_pylist() == [{"n": 3}], (
            "old versions stay for a week"
        )
    assert not compact("wells", by=BY)


def test_damage_is_found(declare: Declare) -> None:
    declare(time="")
    append("wells", [{"code": "a"}], by=BY, source="t", load="1")
    assert list(verify()) == []
    delta = storage.opened("wells")
    assert delta is not None
    (file,) = delta.file_uris()
    content = Path(file).read_bytes()
    Path(file).unlink()
    assert [problem.code for problem in verify()] == [codes.FAILED_SQL]
    Path(file).write_bytes(content)
    table("wells").receipts.all().delete()
    row = table("wells")
    row.version = 9
    row.save()
    assert [problem.code for problem in verify()] == [codes.DAMAGED]
