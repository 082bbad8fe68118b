"""A steward's file of addresses (CSV, XLSX): columns as those of `addresses.csv`, each mistake with its row.

A row that is wrong is reported and left out; the others come in. The same file again changes nothing: a row
without a code gets one from its text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.sheets import SheetError, read_rows
from beichen.platforms.geo.addresses.batch import BAD_FILE
from beichen.platforms.geo.addresses.declaring import COLUMNS
from beichen.platforms.geo.addresses.facts import AddressFacts
from beichen.platforms.geo.addresses.library import BAD_ADDRESS, add_addresses
from beichen.platforms.geo.addresses.models import AddressKind, Standing
from beichen.platforms.geo.addresses.notation import folded
from beichen.platforms.geo.coordinates import Datum, to_wgs84
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 100_000, 40, 32 << 20
MOST_PROBLEMS = 200
_CHINESE = {
    "编码": "code",
    "地址": "text",
    "标准地址": "text",
    "名称": "name",
    "类型": "kind",
    "区划": "region",
    "经度": "longitude",
    "纬度": "latitude",
    "来源": "source",
    "许可": "licence",
    "道路": "road",
    "门牌号": "number",
    "小区": "estate",
    "楼栋": "building",
    "单元": "unit",
    "户室": "room",
}
_KNOWN = {column.name: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: the changes, and every row that was left out with the reason."""

    changes: Changes
    problems: tuple[Problem, ...]
    rows: int


def take_sheet(
    content: bytes,
    name: str,
    *,
    by: Actor,
    reason: str = "",
    source: str = "",
    licence: str = "not stated",
    datum: Datum = Datum.WGS84,
) -> Taken:
    """Bring a file's addresses into the library of the city's own.

    ``source`` and ``licence`` stand for rows without; coordinates are of ``datum``. Raises ProblemError
    GEO-128 for a file that cannot be read, ACC-403, GEO-123.
    """
    headings, rows = _read(content, name)
    facts: dict[str, AddressFacts] = {}
    problems: list[Problem] = []
    for number, row in rows:
        cells = {heading: cell for heading, cell in zip(headings, row, strict=False) if heading}
        faults = list(_faults(cells, number))
        problems += faults
        if not faults:
            one = _facts(cells, source or name, licence, datum)
            facts[one.code] = one
    changes = add_addresses(facts.values(), by=by, reason=reason or name)
    return Taken(changes, tuple(problems[:MOST_PROBLEMS]), len(rows))


def _read(content: bytes, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        found = read_rows(
            content, name, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS, most_bytes=MOST_BYTES
        )
    except SheetError as error:
        raise _bad(error.message, error.hint) from None
    rows = [(number, row) for number, row in enumerate(found, 1) if any(row)]
    if len(rows) < 2:
        raise _bad(said("a row of headings and one of addresses at least"))
    if len(rows) - 1 > MOST_ROWS:
        raise _bad(said("at most {limit} rows", limit=MOST_ROWS), said("split the file"))
    headings = [_CHINESE.get(one, one.casefold()) for one in rows[0][1]]
    for one in headings:
        if one and one not in _KNOWN:
            raise _bad(said("column {text!r}", text=one[:40]), nearest(one, _KNOWN))
    for one in ("text", "longitude", "latitude"):
        if one not in headings:
            raise _bad(said("column {name!r} is missing", name=one))
    return headings, rows[1:]


def _bad(message: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(BAD_FILE, shorten(message), Where(field="file"), hint))


def _faults(cells: dict[str, str], number: int) -> list[Problem]:
    found = []
    for name, column in _KNOWN.items():
        cell = cells.get(name, "")
        where = Where(row=number, field=name)
        if not cell:
            if name in ("text", "longitude", "latitude"):
                found.append(Problem(BAD_ADDRESS, said("{name} is empty", name=name), where))
        elif "\0" in cell or (fault := column.fault(cell)):
            message, hint = (
                (said("a character that no text holds"), "") if "\0" in cell else fault or ("", "")
            )
            found.append(Problem(BAD_ADDRESS, shorten(message), where, hint))
    return found


def _facts(cells: dict[str, str], source: str, licence: str, datum: Datum) -> AddressFacts:
    longitude, latitude = to_wgs84(float(cells["longitude"]), float(cells["latitude"]), datum)
    own = hashlib.sha256(folded(cells["text"]).encode()).hexdigest()[:12]
    parts = ("name", "name_en", "region", "road", "number", "estate", "building", "unit", "room")
    return AddressFacts(
        code=cells.get("code") or f"own-{own}",
        text=cells["text"],
        longitude=round(longitude, 7),
        latitude=round(latitude, 7),
        source=(cells.get("source") or source)[:200],
        licence=(cells.get("licence") or licence)[:60],
        kind=cells.get("kind") or AddressKind.DOOR,
        standing=cells.get("standing") or Standing.CURRENT,
        level=int(cells.get("level") or 1),
        **{name: cells.get(name, "") for name in parts},
    )
