"""A file of addresses, looked up by a job (批量匹配): kept row by row, taken up again after a death,
forgotten later.

A job matches :data:`CHUNK` rows in one transaction with their marks and enqueues the next, so that other
work is not kept waiting. What a row found is kept beside it; one that found nothing good enough is refused
and listed so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from beichen.kernel.access.service import actor_again, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.sheets import SheetError, read_rows
from beichen.platforms.geo.addresses.matching import Match, match_many
from beichen.platforms.geo.addresses.models import AddressRow, AddressSheet, SheetState
from beichen.platforms.geo.rights import READ
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

BAD_FILE = code("GEO-128", "The file of addresses cannot be read.", status=422)
NO_FILE = code("GEO-129", "There is no such file of addresses of yours.", status=404)
NOBODY = code("GEO-130", "A file of addresses needs somebody whose it is.", status=403)

MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 50_000, 60, 16 << 20
CHUNK = 500
MOST_FILES = 20
STILL, KEEP = timedelta(minutes=5), timedelta(days=30)
HEADINGS = ("地址", "详细地址", "标准地址", "地点", "位置", "住址", "address", "location")
FOUND = ("score", "accepted", "precision", "code", "standard_address", "longitude", "latitude", "region")


def begin_sheet(
    content: bytes, name: str, *, by: Actor, column: str = "", now: datetime | None = None
) -> AddressSheet:
    """Keep a file's rows and let a job look them up. ``column`` is the heading of the addresses, guessed if
    empty.

    Raises ProblemError ACC-403, GEO-128, GEO-130.
    """
    require(by, READ)
    if by.is_public:
        message = said("sign in, or bring a key")
        raise ProblemError(Problem(NOBODY, message))
    headings, rows = read_addresses(content, name)
    at = column_of(headings, column)
    moment = now or timezone.now()
    with transaction.atomic():
        sheet = AddressSheet.objects.create(
            owner=by.key,
            name=name[:200],
            headings=headings,
            column=at,
            total=len(rows),
            created_at=moment,
            touched_at=moment,
        )
        kept = (AddressRow(sheet=sheet, number=number, cells=cells) for number, cells in rows)
        AddressRow.objects.bulk_create(kept, batch_size=1_000)
        detail = {"rows": sheet.total, "name": sheet.name}
        audit.record(by, "geo.address.sheet", f"platforms_geo.addresssheet:{sheet.code}", detail=detail)
        _enqueue(sheet.pk)
    return sheet


def read_addresses(content: bytes, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Headings, and rows of as many cells with their numbers. Raises ProblemError GEO-128."""
    try:
        found = read_rows(
            content, name, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS, most_bytes=MOST_BYTES
        )
    except SheetError as error:
        raise _bad(error.message, error.hint) from None
    rows = [(number, row[:MOST_COLUMNS]) for number, row in enumerate(found, 1) if any(row)]
    if len(rows) < 2:
        raise _bad(said("a row of headings and one of addresses at least"))
    if len(rows) - 1 > MOST_ROWS:
        raise _bad(said("at most {limit} rows", limit=MOST_ROWS), said("split the file"))
    headings = [one[:100] for one in rows[0][1]]
    wide = len(headings)
    clean = [(number, [_kept(cell) for cell in (row + [""] * wide)[:wide]]) for number, row in rows[1:]]
    return headings, clean


def _kept(cell: str) -> str:
    """A cell as both databases keep it."""
    return cell.replace("\0", "")[:500]


def column_of(headings: list[str], column: str = "") -> int:
    """Which column holds addresses: the one of this heading, else the first called so. Raises GEO-128."""
    plain = [heading.strip().casefold() for heading in headings]
    wanted = [column.strip().casefold()] if column else [one.casefold() for one in HEADINGS]
    for word in wanted:
        if word in plain:
            return plain.index(word)
    message = (
        said("no column holds addresses") if not column else said("no column {name!r}", name=column[:30])
    )
    raise _bad(message, nearest(column, headings) if column else said("call it {name}", name=HEADINGS[0]))


def refuse_size() -> None:
    """Raises ProblemError GEO-128 for a file that is larger than may be read."""
    raise _bad(said("larger than {limit} MB", limit=MOST_BYTES >> 20))


def _bad(message: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(BAD_FILE, shorten(message), Where(field="file"), hint))


def _enqueue(key: int) -> None:
    from beichen.platforms.geo.jobs import match_rows  # the job calls this module

    enqueue(match_rows, key)


@transaction.atomic
def match_rows(key: int, *, now: datetime | None = None) -> int:
    """Look up the next rows and enqueue the rest; returns how many. Who lost the right stops the file."""
    sheet = AddressSheet.objects.select_for_update().filter(pk=key, state=SheetState.RUNNING).first()
    if sheet is None:
        return 0
    moment, by = now or timezone.now(), actor_again(sheet.owner)
    waiting = list(sheet.rows.filter(is_done=False).order_by("number")[:CHUNK])
    try:
        if by is None:
            raise ProblemError(Problem(NOBODY, said("whose it is may no longer act")))
        found = match_many([row.cells[sheet.column] for row in waiting], by=by)
    except ProblemError:
        sheet.state, sheet.touched_at = SheetState.STOPPED, moment
        sheet.save(update_fields=["state", "touched_at"])
        return 0
    for row, one in zip(waiting, found, strict=True):
        row.found, row.is_done = told(one), True
    AddressRow.objects.bulk_update(waiting, ["found", "is_done"], batch_size=200)
    accepted = sum(one.is_accepted for one in found)
    is_over = len(waiting) < CHUNK
    AddressSheet.objects.filter(pk=key).update(
        matched=F("matched") + accepted,
        refused=F("refused") + len(found) - accepted,
        touched_at=moment,
        state=SheetState.DONE if is_over else SheetState.RUNNING,
    )
    if not is_over:
        _enqueue(key)
    return len(waiting)


def told(found: Match) -> dict[str, Any]:
    """What a row of a file says of its match: the columns :data:`FOUND`."""
    return {
        "score": found.score,
        "accepted": found.is_accepted,
        "precision": found.precision,
        "code": found.code,
        "standard_address": found.address,
        "longitude": found.longitude,
        "latitude": found.latitude,
        "region": found.region,
    }


def sheets_of(by: Actor) -> list[AddressSheet]:
    """One's own files, the newest first."""
    return list(AddressSheet.objects.filter(owner=by.key).order_by("-id")[:MOST_FILES])


def find_sheet(code_: str, *, by: Actor) -> AddressSheet:
    """One's own file. Raises ProblemError GEO-129 for any other."""
    sheet = AddressSheet.objects.filter(code=code_, owner=by.key).first()
    if sheet is None or by.is_public:
        message = said("there is no file {code!r} of yours", code=code_)
        raise ProblemError(Problem(NO_FILE, shorten(message)))
    return sheet


def lines_of(sheet: AddressSheet, *, only_refused: bool = False) -> Iterator[str]:
    """The file as CSV with what was found of each row so far, refused ones alone if that is asked for."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([*map(_harmless, sheet.headings), *FOUND])
    rows = sheet.rows.filter(is_done=True).order_by("number")
    for row in rows.iterator(chunk_size=500):
        if not (only_refused and row.found["accepted"]):
            writer.writerow([*map(_harmless, row.cells), *(row.found.get(name, "") for name in FOUND)])
        if written.tell() > 1 << 16:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would run as a formula, made harmless."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else cell


@transaction.atomic
def sweep_sheets(*, by: Actor, now: datetime | None = None) -> int:
    """Take up files that stand still, forget old ones; returns how many were taken up."""
    moment = now or timezone.now()
    still = AddressSheet.objects.filter(state=SheetState.RUNNING, touched_at__lt=moment - STILL)
    keys = list(still.values_list("pk", flat=True))
    for key in keys:
        _enqueue(key)
    AddressSheet.objects.filter(pk__in=keys).update(touched_at=moment)
    ended = (SheetState.DONE, SheetState.STOPPED)
    forgotten, _kinds = AddressSheet.objects.filter(state__in=ended, touched_at__lt=moment - KEEP).delete()
    if keys or forgotten:
        detail = {"resumed": len(keys), "forgotten": forgotten}
        audit.record(by, "geo.address.sweep", "platforms_geo.addresssheet", detail=detail)
    return len(keys)
