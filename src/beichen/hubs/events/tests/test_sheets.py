"""Reports from files: guessed columns, rows that come in once, and every refused row with its place."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from beichen.hubs.events import importing, service
from beichen.hubs.events.models import Case, EventKind, Report, SheetImport
from beichen.hubs.events.tests import city
from beichen.kernel.actor import PUBLIC
from beichen.kernel.jobs.worker import JobWorker
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Person, Post
from beichen.problem import ProblemError, restored

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


def taken(content: bytes, name: str, person: Person, mapping: dict[str, int] | None = None) -> SheetImport:
    """The file, taken in to its end by jobs that call each other."""
    by = org.actor_of(person)
    sheet = service.read_sheet(content, name)
    row = service.begin_import(sheet, service.guess(sheet.headings), name, person, by=by, now=city.MONDAY)
    service.start_import(row, mapping or row.mapping, by=by, now=city.MONDAY)
    while service.take_rows(row.pk, now=city.MONDAY):
        pass
    row.refresh_from_db()
    return row


@pytest.fixture
def clerk() -> Person:
    """Who takes reports."""
    city.build()
    return Person.objects.get(code=city.attendant().key.removeprefix("person:"))


def counts(row: SheetImport) -> tuple[int, int, int]:
    found = service.progress_of(row)
    return found["taken"], found["known"], found["refused"]


def test_columns_are_guessed_and_rows_come_in_or_say_why(clerk: Person) -> None:
    sheet = service.read_sheet(CSV.encode("gb18030"), "a.csv")
    assert service.guess(sheet.headings) == {"key": 0, "text": 1, "kind": 2, "region": 3, "phone": 4}
    row = taken(CSV.encode("gb18030"), "a.csv", clerk)
    assert (row.state, counts(row)) == ("done", (1, 0, 4))
    problems = [restored(one) for kept in row.rows.filter(state="refused") for one in kept.problems]
    assert [(one.where.row, one.where.field) for one in problems] == [
        (3, "text"),
        (4, "kind"),
        (5, "region"),
        (6, "phone"),
    ]
    assert [problems[place].code for place in (1, 2)] == ["EVT-409"] * 2
    report = Report.objects.get()
    assert (report.channel, report.case.region.code, report.kind and report.kind.key) == (
        "file", city.EAST, "works.road-damaged",
    )  # fmt: skip
    kept = row.rows.get(number=2)
    assert (kept.report, kept.cells) == (report.code, [])  # what it said stands in the report alone
    assert counts(taken(CSV.encode(), "a.csv", clerk)) == (0, 1, 4)
    assert Case.objects.count() == 1


def test_a_workbook_without_numbers_of_its_own_comes_in_once(clerk: Person) -> None:
    content = workbook([["text", "phone"], ["路面坑洼", 13900000000.0], [None, None], ["井盖松动", None]])
    for expected in ((2, 0, 0), (0, 2, 0)):
        row = taken(content, "b.XLSX", clerk)
        assert counts(row) == expected
        assert [one.number for one in row.rows.all()] == [2, 4]
    reporter = Report.objects.order_by("id")[0].reporter
    assert reporter is not None
    assert reporter.phone == "13900000000"


@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_who_dies_on_the_way_leaves_nothing_out_and_nothing_doubled(
    clerk: Person, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Before a row is a report, between the report and its mark, after the mark."""
    content = ("text\n" + "".join(f"事情{number}\n" for number in range(5))).encode()
    by = org.actor_of(clerk)
    sheet = service.read_sheet(content, "a.csv")
    row = service.begin_import(sheet, {"text": 0}, "a.csv", clerk, by=by)
    service.start_import(row, {"text": 0}, by=by)
    name = {"before": "receive", "between": "_mark", "after": "_go_on"}[moment]
    real, calls = getattr(importing, name), [0]

    def die(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == (1 if moment == "after" else 3):
            raise KeyboardInterrupt
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(importing, name, die)
        with pytest.raises(KeyboardInterrupt):
            service.take_rows(row.pk)
    assert Report.objects.count() == (5 if moment == "after" else 2)
    while service.take_rows(row.pk):
        pass
    row.refresh_from_db()
    assert (row.state, counts(row), Report.objects.count()) == ("done", (5, 0, 0), 5)


def test_rows_come_in_by_jobs_a_few_at_a_time(clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    by = org.actor_of(clerk)
    sheet = service.read_sheet(("text\n" + "甲\n" * 5).encode(), "a.csv")
    row = service.begin_import(sheet, {"text": 0}, "a.csv", clerk, by=by)
    service.start_import(row, {"text": 0}, by=by)
    worker = JobWorker()
    while worker.tick():
        pass
    row.refresh_from_db()
    assert (row.state, counts(row)) == ("done", (5, 0, 0))
    with pytest.raises(ProblemError) as error:
        service.start_import(row, {"text": 0}, by=by)
    assert refusal(error) == "EVT-413"


def test_what_stands_still_is_taken_up_and_old_files_are_forgotten(clerk: Person) -> None:
    by, now = org.actor_of(clerk), city.MONDAY
    sheet = service.read_sheet(b"text\nx\n", "a.csv")
    begun = service.begin_import(sheet, {"text": 0}, "a.csv", clerk, by=by, now=now)
    running = service.begin_import(sheet, {"text": 0}, "b.csv", clerk, by=by, now=now)
    service.start_import(running, {"text": 0}, by=by, now=now)
    DBTaskResult.objects.all().delete()  # its job was lost
    assert service.sweep_imports(by=city.SETUP, now=now + timedelta(minutes=1)) == 0
    assert service.sweep_imports(by=city.SETUP, now=now + timedelta(minutes=6)) == 1
    assert DBTaskResult.objects.count() == 1
    service.take_rows(running.pk, now=now)
    service.sweep_imports(by=city.SETUP, now=now + timedelta(days=2))
    assert [one.code for one in service.imports_of(clerk)] == [running.code]
    assert begun.pk is not None
    service.sweep_imports(by=city.SETUP, now=now + timedelta(days=31))
    assert service.imports_of(clerk) == []
    assert Report.objects.count() == 1


def test_who_lost_the_right_stops(clerk: Person) -> None:
    by = org.actor_of(clerk)
    sheet = service.read_sheet(b"text\nx\n", "a.csv")
    row = service.begin_import(sheet, {"text": 0}, "a.csv", clerk, by=by)
    service.start_import(row, {"text": 0}, by=by)
    Post.objects.filter(person=clerk).update(until=timezone.now())
    service.take_rows(row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem["code"], Report.objects.count()) == ("stopped", "ACC-403", 0)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"", "a.csv"),
        (b"text\n", "a.csv"),
        (b"\xff\xfe\x00\xd8\x81", "a.csv"),
        (("text\n" + "x\n" * 20_001).encode(), "a.csv"),
        (b"text\nx\n" + b" " * (9 << 20), "a.csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(content: bytes, name: str) -> None:
    with pytest.raises(ProblemError) as error:
        service.read_sheet(content, name)
    assert refusal(error) == "EVT-408"


def test_the_text_must_be_somewhere_and_the_right_too(clerk: Person) -> None:
    by = org.actor_of(clerk)
    sheet = service.read_sheet(CSV.encode(), "a.csv")
    row = service.begin_import(sheet, {"kind": 2}, "a.csv", clerk, by=by)
    with pytest.raises(ProblemError) as error:
        service.start_import(row, {"kind": 2}, by=by)
    assert refusal(error) == "EVT-408"
    with pytest.raises(ProblemError) as error:
        service.begin_import(sheet, {"text": 1}, "a.csv", clerk, by=PUBLIC)
    assert refusal(error) == "ACC-403"
    with pytest.raises(ProblemError) as error:
        service.start_import(row, {"text": 1}, by=PUBLIC)
    assert refusal(error) == "ACC-403"
    with pytest.raises(ProblemError) as error:
        service.find_import(row.code, org.register_person("another", by=city.SETUP))
    assert refusal(error) == "EVT-412"


def test_a_workbook_has_no_columns_beyond_its_last() -> None:
    """A reader gives every row as wide as it may be; the page would show fifty empty columns."""
    book = workbook([["诉求内容", "", "备注"], ["路面大坑", None, None, None, "旁边"], ["树倒了"]])
    sheet = service.read_sheet(book, "a.xlsx")
    assert sheet.headings == ["诉求内容", "", "备注", "", ""]
    assert [row for _number, row in sheet.rows] == [
        ["路面大坑", "", "", "", "旁边"],
        ["树倒了", "", "", "", ""],
    ]
    assert service.read_sheet(workbook([["诉求内容"], ["路面大坑"]]), "a.xlsx").headings == ["诉求内容"]


def test_a_row_comes_in_though_nobody_asked_its_sender_everything(clerk: Person) -> None:
    """A kind with a question that must be answered: a file of another system holds no answers to it."""
    kind = EventKind.objects.get(key="works.road-damaged")
    asked = {"wide": {"name": {"zh": "宽度", "en": "Width"}, "type": "number", "required": True}}
    EventKind.objects.filter(pk=kind.pk).update(declared=kind.declared | {"ask": asked})
    row = taken("诉求内容,事件类型,区县\n路面大坑,道路破损,东区\n".encode(), "a.csv", clerk)
    assert service.progress_of(row)["taken"] == 1
    with pytest.raises(ProblemError) as error:
        city.report()
    assert error.value.problems[0].where.field == "wide"
    assert str(error.value.problems[0].message) == "宽度 is missing"
