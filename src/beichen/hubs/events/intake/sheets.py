"""Reports from a file (xlsx, csv): columns are mapped to fields, each row comes in or says why it does not.

A row's key is the sender's own number where a column holds one, else the file's content and the row: the same
file again brings nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from beichen.hubs.events.intake.report import ReportDraft, ReporterFacts
from beichen.hubs.events.models import EventKind
from beichen.hubs.events.words import Channel
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.kernel.sheets import SheetError, read_rows
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

BAD_SHEET = code("EVT-408", "The file of reports cannot be read.", status=422)
BAD_ROW = code("EVT-409", "A row of a file of reports does not fit.", status=422)
MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 20_000, 60, 8 << 20
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
    try:
        rows = read_rows(content, name, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS, most_bytes=MOST_BYTES)
    except SheetError as error:
        raise _bad(error.message, error.hint) from None
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
