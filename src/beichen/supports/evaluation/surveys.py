"""Surveys (民意调查) from files: one row a subject, with question, sample, mean, method, days and margin.

CSV in UTF-8 or the first sheet of an Excel workbook, with the columns' names in English or Chinese, in any
order. A mean of few people says little about many: a sample below the criterion's least (30 when it says
none) is refused with its row. Nothing of a file is kept when anything in it is wrong.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.files import service as files
from beichen.kernel.tables import Column, Row, read_table
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten
from beichen.supports.evaluation.inputs import NOT_FED
from beichen.supports.evaluation.models import Criterion, Round, Subject, SurveyResult
from beichen.supports.evaluation.rights import RUN
from beichen.supports.evaluation.rounds import at_stage, in_time, record
from beichen.supports.evaluation.rulebook import exact
from beichen.supports.evaluation.words import RuleName, Source, Stage

UNREADABLE = code("EVA-112", "The survey's file is neither CSV nor an Excel workbook.", status=422)
FEW = code("EVA-113", "The survey asked too few people.", status=422)
ODD = code("EVA-114", "A row of the survey cannot be right.", status=422)
LEAST = 30
_DAY = r"\d{4}-\d{2}-\d{2}"
COLUMNS = (
    Column("subject"),
    Column("question"),
    Column("n", form=r"\d{1,9}", example="420"),
    Column("mean", number=True),
    Column("method"),
    Column("from", form=_DAY, example="2023-09-01"),
    Column("to", form=_DAY, example="2023-09-20"),
    Column("margin", required=False, number=True, least=Decimal(0), most=Decimal(1000)),
)
CHINESE = {
    "评估对象": "subject",
    "问题": "question",
    "样本量": "n",
    "均值": "mean",
    "调查方式": "method",
    "开始日期": "from",
    "结束日期": "to",
    "误差": "margin",
}


@dataclass(frozen=True, slots=True)
class _Scale:
    least_n: int
    low: Decimal
    high: Decimal


def _scale(criterion: Criterion) -> _Scale:
    parameters = criterion.parameters
    ends = [Decimal(0), Decimal(100)]
    if criterion.rule == RuleName.LINEAR:
        ends = sorted(Decimal(str(parameters[name])) for name in ("floor", "ceiling"))
    return _Scale(int(exact(parameters.get("least_n", LEAST))), ends[0], ends[1])


def _as_csv(content: bytes, name: str) -> bytes:
    """The file as CSV with English column names; the row numbers stay. Raises ProblemError EVA-112."""
    if not name.lower().endswith(".xlsx"):
        first, newline, rest = content.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
        header = first.decode("utf-8", "replace")
        return ",".join(_named(cell) for cell in header.split(",")).encode() + newline + rest
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(max_row=5000, max_col=30, values_only=True))
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError):
        message = shorten(said("{name} cannot be read", name=name))
        raise ProblemError(Problem(UNREADABLE, message, Where(field="file"))) from None
    text = StringIO()
    writer = csv.writer(text)
    width = (
        max((number for number, value in enumerate(rows[0], 1) if value is not None), default=0)
        if rows
        else 0
    )
    for number, row in enumerate(rows):
        cells = [_cell(value) for value in row]
        cells = cells[: max(width, 1)] if not any(cells[width:]) else cells
        if any(cells):
            writer.writerow([_named(cell) for cell in cells] if number == 0 else cells)
    return text.getvalue().encode()


def _named(cell: str) -> str:
    plain = cell.strip().strip('"')
    return CHINESE.get(plain, plain)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value).strip()


def _faults(row: Row, scale: _Scale, subjects: Mapping[str, Subject], seen: set[str]) -> Iterator[Problem]:
    subject = subjects.get(row["subject"])
    if subject is None:
        message = shorten(said("no subject is called {subject}", subject=row["subject"]))
        yield Problem(ODD, message, row.where("subject"), nearest(row["subject"], subjects))
    elif subject.key in seen:
        yield Problem(
            ODD, shorten(said("{subject} stands twice", subject=row["subject"])), row.where("subject")
        )
    if int(row["n"]) < scale.least_n:
        hint = said(
            "the scheme asks for at least {least_n}; ask more people or leave the row out",
            least_n=scale.least_n,
        )
        message = said("{n} people answered, {least_n} are needed", n=row["n"], least_n=scale.least_n)
        yield Problem(FEW, message, row.where("n"), hint)
    if not scale.low <= Decimal(row["mean"]) <= scale.high:
        message = said(
            "a mean of {mean} is not between {low} and {high}",
            mean=row["mean"],
            low=scale.low,
            high=scale.high,
        )
        yield Problem(ODD, shorten(message), row.where("mean"))
    days = [_day(row[name]) for name in ("from", "to")]
    if None in days or str(row["from"]) > str(row["to"]):
        yield Problem(
            ODD,
            shorten(said("{first} to {last} are no days in order", first=row["from"], last=row["to"])),
            row.where("from"),
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@transaction.atomic
def import_survey(
    round_: Round,
    criterion: str,
    content: bytes,
    name: str,
    *,
    by: Actor,
    at: datetime | None = None,
    is_demo: bool = False,
) -> list[SurveyResult]:
    """Keep a survey's results, in place of earlier ones of the same subjects on this criterion.

    Raises ProblemError ACC-403, EVA-108, EVA-109, EVA-111, EVA-112, TAB-101 to 107, and EVA-113, EVA-114 with
    every row at once.
    """
    require(by, RUN, round_)
    moment = at or timezone.now()
    held = at_stage(round_, Stage.REPORTING, Stage.ASSESSING)
    in_time(held.inputs_due, moment)
    fed = Criterion.objects.filter(scheme=held.scheme_id, key=criterion, source=Source.SURVEY).first()
    if fed is None:
        message = shorten(said("no criterion {criterion} is fed by a survey", criterion=criterion))
        raise ProblemError(Problem(NOT_FED, message, Where(field="criterion")))
    rows, subjects = _read(held, fed, content, name)
    kept = files.store(BytesIO(content), name, by=by, region=held.region)
    results = [
        SurveyResult(
            subject=subjects[row["subject"]],
            criterion=fed,
            text=row["question"],
            by=by.key,
            by_name=by.name,
            at=moment,
            is_demo=is_demo,
            question=row["question"][:500],
            mean=Decimal(row["mean"]),
            n=int(row["n"]),
            method=row["method"][:200],
            starts=date.fromisoformat(row["from"]),
            ends=date.fromisoformat(row["to"]),
            margin=Decimal(row["margin"]) if row["margin"] else None,
            file=kept,
        )
        for row in rows
    ]
    SurveyResult.objects.filter(criterion=fed, subject__in=[item.subject for item in results]).delete()
    SurveyResult.objects.bulk_create(results)
    record(by, RUN, held, criterion=criterion, survey=len(results), file=kept.code)
    return results


def _read(
    round_: Round, criterion: Criterion, content: bytes, name: str
) -> tuple[tuple[Row, ...], dict[str, Subject]]:
    """The rows of a file without a mistake, and the subjects by key and name."""
    table = read_table(_as_csv(content, name), file=name, columns=COLUMNS)
    subjects: dict[str, Subject] = {}
    for subject in round_.subjects.all():
        subjects |= {subject.key: subject, subject.name: subject}
    problems = list(table.problems)
    scale = _scale(criterion)
    seen: set[str] = set()
    for row in table.rows:
        problems += _faults(row, scale, subjects, seen)
        if row["subject"] in subjects:
            seen.add(subjects[row["subject"]].key)
    if not table.rows and not problems:
        problems.append(Problem(ODD, said("the file has no row"), Where(file=name)))
    if problems:
        raise ProblemError(*problems)
    return table.rows, subjects
