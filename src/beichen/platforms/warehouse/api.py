"""`/api/tables`: what tables there are, questions in SQL, rows in batches and files, what became of them.

A program speaks with its key (`Authorization: Bearer KEY`), a person's page with its form's token.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from beichen.kernel.access.service import acting, require
from beichen.kernel.actor import Actor
from beichen.platforms.warehouse import answers, codes, service
from beichen.platforms.warehouse.asking import MOST_ROWS, ROWS
from beichen.platforms.warehouse.files import read_array, read_lines, read_stream
from beichen.platforms.warehouse.models import CheckResult, Receipt, WarehouseTable
from beichen.problem import Problem, ProblemError, nearest, said
from beichen.web.programs import key_of, writer

BYTES = 128 << 20  # of one batch
BATCHES, QUESTIONS = "1200/minute", "60/minute"
BODIES: dict[str, Callable[[bytes], Any]] = {
    answers.ARROW_TYPE: read_stream,
    "application/x-ndjson": read_lines,
    "application/json": read_array,
}
RECEIPT = {201: Any, 200: Any}
router = Router(tags=["tables"])
Name = Annotated[str, Query(pattern=r"^[a-z0-9_]{1,63}$")]


class Question(Schema):
    """SQL in DuckDB's dialect, one SELECT. Personal data is empty unless ``purpose`` says what it is for."""

    sql: str = Field(max_length=100_000)
    format: Literal["json", "csv", "arrow"] = "json"
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = ROWS
    purpose: str = Field("", max_length=200)


@router.get("", summary="The tables that the asker may read or write")
def list_tables(request: HttpRequest) -> dict[str, Any]:
    """By name; all of them: a city has hundreds."""
    return {"tables": [_entry(row) for row in service.seen(acting(request))]}


@router.post("/query", summary="Ask in SQL")
def query(request: HttpRequest, question: Question) -> Any:
    """The answer in the form that ``format`` says; CSV and Arrow say in ``X-Whole`` if all rows came."""
    by = _writer(request, "tables.query", QUESTIONS)
    answer = service.ask(question.sql, by=by, limit=question.limit, purpose=question.purpose)
    if question.format == "json":
        return answers.document(answer)
    response: HttpResponseBase
    if question.format == "csv":
        response = StreamingHttpResponse(answers.lines(answer.rows), content_type=answers.CSV_TYPE)
    else:
        response = HttpResponse(answers.stream(answer.rows), content_type=answers.ARROW_TYPE)
    response["X-Whole"] = str(answer.is_whole).lower()
    return response


@router.get("/{table}", summary="A table's columns, key, checks")
def read_table(request: HttpRequest, table: str) -> dict[str, Any]:
    """What was declared, and how the table is now."""
    row = service.known(table, by=acting(request))
    return {**_entry(row), "checks": row.values["checks"], "columns": row.values["columns"]}


@router.get("/{table}/receipts", summary="What became of loads, the newest first")
def list_receipts(
    request: HttpRequest,
    table: str,
    before: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page; pass ``next`` as ``before``."""
    rows = service.receipts(table, by=acting(request))
    page = list((rows.filter(id__lt=before) if before else rows)[: limit + 1])
    following = page[limit - 1].pk if len(page) > limit else None
    return {"receipts": [_receipt(row) for row in page[:limit]], "next": following}


@router.post("/{table}/rows", summary="Bring rows in", response=RECEIPT)
def bring_rows(request: HttpRequest, table: str, by_key: bool = False) -> Status[dict[str, Any]]:
    """Arrow, JSON lines or a JSON array. ``Idempotency-Key`` names the batch: the same again writes nothing
    and answers 200 with the first receipt.

    ``by_key`` replaces rows by the table's key instead of adding, and needs no name.
    """
    by = _writer(request, "tables.rows", BATCHES)
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in BODIES:
        message = said("{kind!r} is no type of rows", kind=kind[:40])
        raise ProblemError(Problem(codes.UNREADABLE, message, hint=nearest(kind, BODIES)))
    require(by, service.WRITE)
    content = request.read(BYTES + 1)
    if len(content) > BYTES:
        raise ProblemError(Problem(codes.TOO_LARGE, said("more than {limit} MB", limit=BYTES >> 20)))
    load = key_of(request)
    rows = BODIES[kind](content)
    is_new = not (load and service.has_come(table, load, by=by))
    receipt = service.bring(table, rows, by=by, source=by.key, load=load, by_key=by_key)
    return Status(201 if is_new else 200, _receipt(receipt))


@router.post("/{table}/files", summary="Bring a file in", response=RECEIPT)
def bring_file(
    request: HttpRequest, table: str, file: File[UploadedFile], by_key: Annotated[bool, Form()] = False
) -> Status[dict[str, Any]]:
    """Parquet, Arrow, CSV, JSON or Excel. ``Idempotency-Key``, or else its content, names the load."""
    by = _writer(request, "tables.files", BATCHES)
    content = file.read()
    load = key_of(request) or service.digest(content)
    is_new = not service.has_come(table, load, by=by)
    receipt = service.bring_file(table, content, file.name or "", by=by, load=load, by_key=by_key)
    return Status(201 if is_new else 200, _receipt(receipt))


def _writer(request: HttpRequest, what: str, rate: str) -> Actor:
    """Who asks or writes. A session alone is not enough: another site could send it. Raises WHS-110."""
    return writer(request, codes.NO_TOKEN, area=what, rate=rate)


def _entry(row: WarehouseTable) -> dict[str, Any]:
    facts = row.facts
    return {
        "name": row.name,
        "title": {"zh": row.zh, "en": row.en},
        "owner": row.owner,
        "level": f"L{row.level}",
        "key": list(facts.key),
        "time": facts.time or None,
        "rows": row.rows,
        "version": row.version,
        "written_at": row.written_at,
    }


def _receipt(row: Receipt) -> dict[str, Any]:
    return {
        "number": row.pk,
        "kind": row.kind,
        "load": row.load.partition(":")[2].partition(":")[2] or row.load,
        "source": row.source,
        "at": row.at,
        "version": row.version,
        "read": row.read,
        "accepted": row.accepted,
        "refused": row.refused,
        "changed": row.changed,
        "refused_file": row.refused_file or None,
        "checks": [
            {"check": one.check_key, "failed": one.failed, "problem": one.problem}
            for one in row.results.all()
        ],
    }


def _result(row: CheckResult) -> dict[str, Any]:
    return {"check": row.check_key, "failed": row.failed, "problem": row.problem}
