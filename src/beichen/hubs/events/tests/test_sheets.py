"""Reports from files: guessed columns, rows that come in once, and every refused row with its place."""

from __future__ import annotations

import io

import openpyxl
import pytest

from beichen.hubs.events import service
from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.tests import city
from beichen.kernel.actor import PUBLIC
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
CSV = """工单编号,诉求内容,事件类型,区县,联系电话,备注
A-1,路面大坑,道路破损,东区,13900000000,x
A-2,,道路破损,东区,,x
A-3,树倒了,不存在的类型,东区,,x
A-4,路灯不亮,,南区,,x
A-5,噪音扰民,,,打给我,x
"""


def workbook(rows: list[list[object]]) -> bytes:
    """An xlsx file."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def refusal(error: pytest.ExceptionInfo[ProblemError]) -> str:
    """Its code."""
    return error.value.problems[0].code


def test_columns_are_guessed_and_rows_come_in_or_say_why() -> None:
    city.build()
    sheet = service.read_sheet(CSV.encode("gb18030"), "a.csv")
    mapping = service.guess(sheet.headings)
    assert mapping == {"key": 0, "text": 1, "kind": 2, "region": 3, "phone": 4}
    result = service.take_sheet(sheet, mapping, by=city.attendant(), now=city.MONDAY)
    assert [row for row, _code in result.taken] == [2]
    assert {one.code for one in result.refused} == {"EVT-409"}
    assert sorted((one.where.row or 0, one.where.field) for one in result.refused) == [
        (3, "text"),
        (4, "kind"),
        (5, "region"),
        (6, "phone"),
    ]
    report = Report.objects.get()
    assert (report.channel, report.case.region.code, report.kind and report.kind.key) == (
        "file", city.EAST, "works.road-damaged",
    )  # fmt: skip
    again = service.take_sheet(sheet, mapping, by=city.attendant(), now=city.MONDAY)
    assert (again.taken, again.known) == ([], 1)
    assert Case.objects.count() == 1


def test_a_workbook_without_numbers_of_its_own_comes_in_once() -> None:
    city.build()
    content = workbook([["text", "phone"], ["路面坑洼", 13900000000.0], [None, None], ["井盖松动", None]])
    for expected in (2, 0):
        sheet = service.read_sheet(content, "b.XLSX")
        mapping = service.guess(sheet.headings)
        result = service.take_sheet(sheet, mapping, by=city.attendant(), now=city.MONDAY)
        assert (len(result.taken), result.refused) == (expected, [])
        assert not expected or [row for row, _code in result.taken] == [2, 4]
    reporter = Report.objects.order_by("id")[0].reporter
    assert reporter is not None
    assert reporter.phone == "13900000000"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"", "a.csv"),
        (b"text\n", "a.csv"),
        (b"\xff\xfe\x00\xd8\x81", "a.csv"),
        (("text\n" + "x\n" * 1001).encode(), "a.csv"),
        (b"text\nx\n" + b" " * (9 << 20), "a.csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(content: bytes, name: str) -> None:
    with pytest.raises(ProblemError) as error:
        service.read_sheet(content, name)
    assert refusal(error) == "EVT-408"


def test_the_text_must_be_somewhere_and_the_right_too() -> None:
    city.build()
    sheet = service.read_sheet(CSV.encode(), "a.csv")
    with pytest.raises(ProblemError) as error:
        service.take_sheet(sheet, {"kind": 2}, by=city.attendant())
    assert refusal(error) == "EVT-408"
    with pytest.raises(ProblemError) as error:
        service.take_sheet(sheet, {"text": 1}, by=PUBLIC)
    assert refusal(error) == "ACC-403"
