"""Devices from a file (xlsx, csv): each row is registered or says why not; tokens come back once, by row."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.platforms.iot import codes
from beichen.platforms.iot.credentials import digest
from beichen.platforms.iot.models import Credential
from beichen.platforms.iot.registering import DeviceFacts, register_devices
from beichen.platforms.iot.rights import ISSUE
from beichen.platforms.iot.words import CredentialKind
from beichen.problem import Problem, ProblemError, Where, said, shorten

MOST_ROWS, MOST_BYTES = 20_000, 16 << 20
HEADINGS: dict[str, tuple[str, ...]] = {
    "code": ("设备编码", "设备编号", "编码", "编号", "code", "device"),
    "name": ("设备名称", "名称", "name"),
    "thing": ("对象编码", "监测对象", "thing", "object"),
    "group": ("分组", "group"),
    "region": ("行政区", "区划代码", "region"),
    "body": ("权属单位", "责任单位", "body", "owner"),
    "every": ("上报间隔", "上报间隔（秒）", "every", "interval"),
    "rate": ("频率上限", "rate"),
}
NUMBERS = frozenset({"every", "rate"})


@dataclass(slots=True)
class SheetResult:
    """What came of a file: row, code and token of each new device, and the problems of the other rows."""

    registered: list[tuple[int, str, str]] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)


def _bad(message: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(codes.BAD_SHEET, shorten(message), Where(field="file"), hint))


def _workbook(content: bytes) -> list[list[str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=40, values_only=True))
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever the broken part of the file made it raise
        raise _bad(said("no workbook: {error}", error=type(error).__name__)) from None
    return [[_text(value) for value in row] for row in rows]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise _bad(said("no CSV in UTF-8 or GB 18030"))


def _rows(content: bytes, name: str) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    if len(content) > MOST_BYTES:
        raise _bad(said("larger than {limit} MB", limit=MOST_BYTES >> 20))
    table = _workbook(content) if name.lower().endswith(".xlsx") else _csv(content)
    rows = [(number, row) for number, row in enumerate(table, 1) if any(row)]
    if len(rows) < 2:
        raise _bad(said("a row of headings and one of devices at least"))
    if len(rows) - 1 > MOST_ROWS:
        raise _bad(said("at most {limit} rows", limit=MOST_ROWS), said("split the file"))
    plain = [heading.casefold() for heading in rows[0][1]]
    columns = {
        name: next(plain.index(word) for word in words if word in plain)
        for name, words in HEADINGS.items()
        if set(words) & set(plain)
    }
    if "code" not in columns:
        raise _bad(said("no column holds the devices' codes"), ", ".join(HEADINGS["code"]))
    return columns, rows[1:]


def _facts(
    columns: dict[str, int], rows: list[tuple[int, list[str]]], refused: list[Problem]
) -> Iterator[tuple[int, DeviceFacts]]:
    for number, row in rows:
        values = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        wrong = [name for name in NUMBERS & values.keys() if values[name] and not _is_number(values[name])]
        for name in sorted(wrong):
            message = shorten(said("{value!r} is no whole number", value=values[name]))
            refused.append(Problem(codes.BAD_DEVICE, message, Where(row=number, field=name)))
        if not wrong:
            words: dict[str, Any] = {
                name: int(value or 0) if name in NUMBERS else value for name, value in values.items()
            }
            yield number, DeviceFacts(**words)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


@transaction.atomic
def register_sheet(content: bytes, name: str, *, by: Actor) -> SheetResult:
    """Register the devices of a file and give each a token.

    Raises ProblemError IOT-108 for a file that cannot be read, ACC-403; then nothing is written.
    """
    require(by, ISSUE)
    columns, rows = _rows(content, name)
    result = SheetResult()
    numbered = list(_facts(columns, rows, result.refused))
    outcome = register_devices([facts for _number, facts in numbered], by=by)
    for place, problems in outcome.refused.items():
        row = numbered[place][0]
        result.refused += [
            Problem(one.code, one.message, Where(row=row, field=one.where.field), one.hint)
            for one in problems
        ]
    result.refused.sort(key=lambda one: (one.where.row or 0, one.where.field or ""))
    now = timezone.now()
    credentials = []
    for place, device in zip(outcome.places, outcome.devices, strict=True):
        token = secrets.token_urlsafe(32)
        credentials.append(
            Credential(
                device=device,
                kind=CredentialKind.TOKEN,
                digest=digest(token),
                hint=token[-4:],
                created_at=now,
            )
        )
        result.registered.append((numbered[place][0], device.code, token))
    Credential.objects.bulk_create(credentials, batch_size=500)
    detail = {"registered": len(result.registered), "refused": len(result.refused)}
    audit.record(by, "iot.device.import", "platforms_iot.device", detail=detail)
    return result
