"""Reports from a file (xlsx, csv): columns are mapped to fields, each row comes in or says why it does not.

A row's key is the sender's own number where a column holds one, else the file's content and the row: the same
file again brings nothing twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from beichen.hubs.events.intake.report import ReportDraft, ReporterFacts
from beichen.hubs.events.models import EventKind
from beichen.hubs.events.words import Channel
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

BAD_SHEET = code("EVT-408", "The file of reports cannot be read.", status=422)
BAD_ROW = code("EVT-409", "A row of a file of reports does not fit.", status=422)
MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 20_000, 60, 8 << 20
MOST_UNPACKED = 64 << 20
HEADINGS: dict[str, tuple[str, ...]] = {
    "text": ("诉求内容", "问题描述", "内容", "描述", "诉求", "text", "description", "content"),
    "kind": ("事件类型", "诉求类型", "类型", "小类", "kind", "type", "service_code", "category"),
    "region": ("区县", "行政区", "所属区", "区域", "district", "region"),
    "address": ("地址", "详细地址", "地点", "位置", "address", "location"),
    "longitude": ("经度", "longitude", "long", "lng", "lon"),
    "latitude": ("纬度", "latitude", "lat"),
    "name": ("姓名", "来电人", "诉求人", "联系人", "name", "caller"),
    "phone": ("电话", "联系电话", "来电号码", "手机", "phone", "telephone"),
    "key": ("工单编号", "受理编号", "编号", "单号", "id", "key", "number"),
}
"""The fields of a report, and the headings by which a column is guessed to hold one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read: headings, rows of as many texts with their numbers, what makes the file one."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]
    digest: str


def read_sheet(content: bytes, name: str) -> Sheet:
    """The first sheet of a workbook, or a CSV file in UTF-8 or GB 18030. Raises ProblemError EVT-408."""
    if len(content) > MOST_BYTES:
        raise _bad(said("larger than {limit} MB", limit=MOST_BYTES >> 20))
    rows = _workbook(content) if name.lower().endswith(".xlsx") else _csv(content)
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    if len(numbered) < 2:
        raise _bad(said("a row of headings and one of reports at least"))
    if len(numbered) - 1 > MOST_ROWS:
        raise _bad(said("at most {limit} rows", limit=MOST_ROWS), said("split the file"))
    # A workbook is read as wide as it may be: columns at the end that hold nothing are none.
    wide = min(MOST_COLUMNS, max(_width(row) for _number, row in numbered))
    headings = (numbered[0][1] + [""] * wide)[:wide]
    even = [(number, (row + [""] * wide)[:wide]) for number, row in numbered[1:]]
    return Sheet(headings, even, hashlib.sha256(content).hexdigest()[:24])


def _width(row: list[str]) -> int:
    """How many columns there are up to the last one that holds something."""
    return max((at for at, cell in enumerate(row, 1) if cell), default=0)


def _workbook(content: bytes) -> list[list[str]]:
    import openpyxl

    _check_unpacked(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        values = list(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True))
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever the broken part of the file made it raise
        raise _bad(said("no workbook: {error}", error=type(error).__name__)) from None
    return [[_text(value) for value in row] for row in values]


def _check_unpacked(content: bytes) -> None:
    """A workbook is a zip file: refused before it is unpacked when it says that it would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise _bad(said("no workbook: {error}", error="BadZipFile")) from None
    if unpacked > MOST_UNPACKED:
        raise _bad(said("larger than {limit} MB", limit=MOST_UNPACKED >> 20), said("split the file"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a telephone number that a sheet took for a quantity
    return str(value).strip()


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _bad(said("no text in UTF-8 or GB 18030"))
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    except csv.Error:
        raise _bad(said("no CSV file")) from None


def _bad(message: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(BAD_SHEET, shorten(message), Where(field="file"), hint))


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Which column holds which field, by its heading; the first that fits."""
    plain = [heading.strip().casefold() for heading in headings]
    found: dict[str, int] = {}
    for name, words in HEADINGS.items():
        for word in words:
            if word.casefold() in plain and plain.index(word.casefold()) not in found.values():
                found[name] = plain.index(word.casefold())
                break
    return found


def require_text(mapping: Mapping[str, int]) -> None:
    """Raises ProblemError EVT-408 when no column is said to hold the text."""
    if "text" not in mapping:
        raise _bad(said("say which column holds what was said"))


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What cells may name: kinds by key and by name in both languages, districts by code and by name."""

    kinds: Mapping[str, str]
    regions: Mapping[str, str]

    @classmethod
    def of_city(cls) -> Self:
        """The words of the city as it is now."""
        kinds = EventKind.objects.filter(is_current=True).values_list("key", "name", "name_en")
        districts = Region.objects.filter(parent=city_region(), is_current=True)
        regions = districts.values_list("code", "name", "name_en")
        return cls(
            {word: key for key, *names in kinds for word in (key, *names)},
            {word: code_ for code_, *names in regions for word in (code_, *names) if word},
        )


def draft_of(
    number: int, row: Sequence[str], mapping: Mapping[str, int], digest: str, words: SheetWords
) -> ReportDraft:
    """The report of a row. Raises ProblemError EVT-409 with every cell that means nothing."""
    given = {name: row[column] for name, column in mapping.items() if column < len(row)}
    problems = [
        *_unknown(number, "kind", given.get("kind", ""), words.kinds),
        *_unknown(number, "region", given.get("region", ""), words.regions),
        *_no_numbers(number, given),
    ]
    if problems:
        raise ProblemError(*problems)
    own = given.get("key", "")
    longitude = float(given["longitude"]) if given.get("longitude") else None
    return ReportDraft(
        channel=Channel.FILE,
        text=given.get("text", ""),
        key=f"own:{own}"[:200] if own else f"{digest}:{number}",
        kind=words.kinds.get(given.get("kind", ""), ""),
        longitude=longitude,
        latitude=float(given["latitude"]) if given.get("latitude") else None,
        region="" if longitude is not None else words.regions.get(given.get("region", ""), ""),
        address=given.get("address", ""),
        reporter=ReporterFacts(name=given.get("name", ""), phone=given.get("phone", "")),
    )


def _unknown(number: int, name: str, value: str, known: Mapping[str, str]) -> list[Problem]:
    if not value or value in known:
        return []
    message = shorten(said("{value!r} is not known", value=value[:40]))
    return [Problem(BAD_ROW, message, Where(row=number, field=name))]


def _no_numbers(number: int, given: Mapping[str, str]) -> list[Problem]:
    found = []
    for name in ("longitude", "latitude"):
        value = given.get(name, "")
        try:
            float(value or 0)
        except ValueError:
            message = said("{text!r} is no number", text=value[:40])
            found.append(Problem(BAD_ROW, message, Where(row=number, field=name)))
    return found
