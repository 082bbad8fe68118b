"""Files as rows, and the commands that bring them in."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

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
from beichen.platforms.warehouse.service import Check, CheckKind, append, reader
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
