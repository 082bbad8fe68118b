"""Files as rows, and the commands that bring them in."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.commands import tables as command
from beichen.platforms.warehouse.files import read_file
from beichen.platforms.warehouse.making import type_of
from beichen.platforms.warehouse.service import Check, CheckKind, TableFacts, append, make_table, reader
from beichen.platforms.warehouse.tests.conftest import BY, Declare
from beichen.problem import ProblemError

MORNING = datetime(2025, 3, 1, 0, 30, tzinfo=UTC)
WANTED = {"code": "0042", "region": None, "level_m": 1.5, "count": 3, "is_wet": True, "day": date(2025, 3, 1),
          "seen_at": MORNING, "more": None}  # fmt: skip
ROW = {name: value for name, value in WANTED.items() if value is not None}
CSV = (
    "\ufeffcode,level_m,count,is_wet,day,seen_at,region\r\n"
    "0042,1.5,3,true,2025-03-01,2025-03-01 08:30:00,\r\n\r\n"
)


def arrow() -> pa.Table:
    return pa.Table.from_pylist([ROW])


def parquet_file() -> bytes:
    pa.parquet.write_table(arrow(), target := io.BytesIO())
    return target.getvalue()


def stream() -> bytes:
    target = io.BytesIO()
    with pa.ipc.new_stream(target, arrow().schema) as writer:
        writer.write_table(arrow())
    return target.getvalue()


def feather() -> bytes:
    pa.feather.write_feather(arrow(), target := io.BytesIO(), compression="uncompressed")
    return target.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["code", "level_m", "count", "is_wet", "day", "seen_at"])
    book.active.append(["0042", 1.5, 3, True, datetime(2025, 3, 1), datetime(2025, 3, 1, 8, 30)])
    book.active.append([None] * 6)
    book.save(target := io.BytesIO())
    return target.getvalue()


def lines() -> bytes:
    return orjson.dumps(ROW) + b"\n\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.parquet", parquet_file()),
        ("a.arrow", stream()),
        ("a.feather", feather()),
        ("a.CSV", CSV.encode()),
        ("a.xlsx", workbook()),
        ("a.jsonl", lines()),
        ("a.json", b"[" + lines().strip() + b"]"),
    ],
)
def test_every_form_of_file_says_the_same(declare: Declare, name: str, content: bytes) -> None:
    """A time without an offset, in CSV and Excel, is the city's."""
    facts = declare()
    receipt = append("wells", read_file(content, name, facts), by=BY, source="t", load="1")
    assert (receipt.accepted, receipt.refused) == (1, 0)
    with reader() as ask:
        assert ask.sql("select * from wells").to_pylist() == [WANTED]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.txt", b"x", None),
        ("a.parquet", b"PAR1 no", None),
        ("a.arrow", b"no stream", None),
        ("a.arrow", b"ARROW1\0\0no file", None),
        ("a.xlsx", b"PK no", None),
        ("a.csv", b"code\n\xff", 2),
        ("a.csv", b"", None),
        ("a.csv", b"code,code\n", 1),
        ("a.csv", b"code,count\na\n", 2),
        ("a.csv", b'code\n"a', 2),
        ("a.jsonl", b'{"code": 1}\n{', 2),
        ("a.jsonl", b"[]", 1),
        ("a.json", b"{}", None),
        ("a.json", b"[1]", None),
        ("a.json", b"[", None),
    ],
)
def test_a_file_that_cannot_be_read_is_said(
    declare: Declare, name: str, content: bytes, line: int | None
) -> None:
    with pytest.raises(ProblemError) as error:
        read_file(content, name, declare())
    (problem,) = error.value.problems
    assert (problem.code, problem.where.file, problem.where.line) == (codes.UNREADABLE, name, line)


def sheet(*rows: list[Any]) -> bytes:
    """A workbook with these rows."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(target := io.BytesIO())
    return target.getvalue()


def test_csv_as_excel_writes_it_in_chinese(declare: Declare) -> None:
    """GB 18030, titles for names, dates with slashes."""
    facts = replace(declare(), columns=tuple(replace(one, zh=f"{one.name}列") for one in declare().columns))
    text = "code列,count列,day列,seen_at列,region列\r\n一号井,3,2025/3/1,2025/3/1 8:30,南关区\r\n"
    (row,) = read_file(text.encode("gbk"), "a.csv", facts)
    assert row == {
        "code": "一号井", "count": "3", "day": date(2025, 3, 1),
        "seen_at": datetime(2025, 3, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai")), "region": "南关区",
    }  # fmt: skip


def test_a_column_without_a_header_moves_no_other(declare: Declare) -> None:
    facts = declare()
    rows = read_file(sheet(["code", None, "count"], ["a", None, 3], ["b"]), "a.xlsx", facts)
    assert rows == [{"code": "a", "count": 3}, {"code": "b"}]
    with pytest.raises(ProblemError, match="the cell 7 stands under no header") as error:
        read_file(sheet(["code", None, "count"], ["a", 7, 3]), "a.xlsx", facts)
    assert (error.value.problems[0].code, error.value.problems[0].where.line) == (codes.UNREADABLE, 2)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-20"], "integer"), (["007"], "text"), (["1", "2.5"], "number"), ([1.0, 2], "integer"),
        (["2025/3/1"], "date"), (["2025-03-01", "2025年3月1日 8:05"], "time"), (["2025/13/1"], "text"),
        (["true", False], "boolean"), (["a", 1], "text"), ([], "text"), ([datetime(2025, 3, 1)], "date"),
        (["1" * 19], "number"), (["NaN"], "text"),
    ],
)  # fmt: skip
def test_cells_say_what_a_column_is(cells: list[Any], kind: str) -> None:
    assert type_of(cells) == kind


@pytest.mark.usefixtures("db")
def test_a_table_is_made_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "井.csv"
    file.write_bytes("code,井内水位高,Seen at\r\nA-1,1.5,2025/3/1 8:30\r\nA-2,,\r\n".encode("gbk"))
    words = ["--table", "levels", "--zh", "水位", "--en", "Levels", "--key", "code"]
    made = run("make", str(file), *words)
    assert made == {
        "columns": [
            {"name": "code", "type": "text", "title": "code"},
            {"name": "column_2", "type": "number", "title": "井内水位高"},
            {"name": "seen_at", "type": "time", "title": "Seen at"},
        ],
        "accepted": 2,
        "refused": 0,
    }
    with reader() as ask:
        found = ask.sql("select * from levels order by code").to_pylist()
    assert found == [
        {"code": "A-1", "column_2": 1.5, "seen_at": MORNING},
        {"code": "A-2", "column_2": None, "seen_at": None},
    ]
    file.write_text("code,井内水位高,Seen at,多\nA-3,2,,x\n", encoding="utf-8")
    assert run("make", str(file), *words)["accepted"] == 1, "a further file widens it"


@pytest.mark.parametrize(
    ("facts", "content", "code"),
    [
        ({"name": "Levels"}, b"a\n1\n", codes.BAD_NAME),
        ({"owner_body": "nobody"}, b"a\n1\n", codes.BAD_NAME),
        ({}, b"", codes.UNREADABLE),
        ({"time": "a"}, b"a\nx\n", codes.BAD_TYPE),
        ({"name": "wells"}, b"a\n1\n", codes.TAKEN),
    ],
)
def test_a_table_that_cannot_be_made_is_said(
    declare: Declare, facts: dict[str, Any], content: bytes, code: str
) -> None:
    declare()
    asked = replace(TableFacts("levels", "水位", "Levels", ()), **facts)
    with pytest.raises(ProblemError) as error:
        make_table(asked, content, "a.csv", by=BY)
    assert error.value.problems[0].code == code


def run(*arguments: str, code: int = 0) -> Any:
    found = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert found.exit_code == code, found.output
    assert CliRunner().invoke(command, arguments, catch_exceptions=False).exit_code == code
    return orjson.loads(found.stdout)


def test_commands_bring_a_file_in_once_and_show_it(declare: Declare, tmp_path: Path) -> None:
    declare()
    file = tmp_path / "wells.csv"
    file.write_text(CSV + "x,y,,,,,\r\n", encoding="utf-8")
    loaded = run("load", str(file))
    assert (loaded["read"], loaded["accepted"], loaded["refused"]) == (2, 1, 1)
    assert len(loaded["load"]) == 64
    file.write_text("code,count\n0042,4\n", encoding="utf-8")
    assert run("load", str(file), "--table", "wells", "--by-key")["changed"] == 1
    (row,) = [row for row in run("list") if row["name"] == "wells"]
    assert (row["rows"], row["level"]) == (1, "L2")
    shown = run("show", "wells")
    assert [one["kind"] for one in shown["receipts"]] == ["upsert", "append"]
    assert run("compact", "wells") == {"joined": []}
    assert run("verify", "wells") == {"tables": 1, "problems": [], "failed": []}


def test_verify_ends_badly_where_a_check_fails(declare: Declare) -> None:
    declare(checks=(Check(CheckKind.RANGE, ("count",), most=1),))
    append("wells", [{"code": "a", "count": 2}], by=BY, source="t", load="1")
    found = run("verify", "wells", code=1)
    assert found["failed"] == [{"table": "wells", "check": "range:count", "failed": 1}]
