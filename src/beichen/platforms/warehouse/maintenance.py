"""Tables keep themselves in order: old rows forgotten, keys that stand twice merged, small files joined,
files of old versions removed.

None of it changes what a question about the present answers but for forgotten rows, which are no change that
anything is counted anew for (a figure of a month stays when the rows behind it have gone), and for rows whose
key stood twice, which are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.platforms.warehouse import codes, storage
from beichen.platforms.warehouse.facts import ColumnType
from beichen.platforms.warehouse.merging import is_by_key_alone, merge_twice, twice
from beichen.platforms.warehouse.models import NEVER, ReceiptKind, WarehouseTable
from beichen.platforms.warehouse.naming import table, tables
from beichen.platforms.warehouse.reading import reader
from beichen.platforms.warehouse.receipts import Outcome, record_act
from beichen.problem import Problem, ProblemError, Where, said, shorten

KEEP_VERSIONS = timedelta(days=7)  # how far back a table can be read as it was
FEW = 8  # files that are not worth joining


def maintain(*, by: Actor, now: datetime | None = None) -> int:
    """Forget, merge, join and remove in every table; returns how many were changed.

    A table that cannot be kept in order does not stop the others: raises their problems at the end.
    """
    problems: list[Problem] = []
    changed = 0
    for row in list(tables()):
        try:
            forgotten = bool(forget(row, by=by, now=now or timezone.now()))
            merged = bool(merge_twice(row, by=by))
            changed += forgotten | merged | compact(row.name, by=by)
        except ProblemError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemError(*problems)
    return changed


def forget(row: WarehouseTable, *, by: Actor, now: datetime) -> int:
    """Delete the rows that are older than the table keeps them; returns how many."""
    facts = row.facts
    if facts.keep_days is None or not facts.time:
        return 0
    limit: datetime | date = now - timedelta(days=facts.keep_days)
    if facts.types[facts.time] is ColumnType.DATE:
        limit = timezone.localdate(now) - timedelta(days=facts.keep_days)

    def act() -> int:
        delta = storage.opened(row.name)
        if delta is None:
            return 0
        older = f"\"{facts.time}\" < '{limit.isoformat()}'"
        if not _holds(row.name, older):
            return 0
        # said before it is done: whoever counts these days meanwhile must not count what is left of them
        WarehouseTable.objects.filter(pk=row.pk).update(forgotten_to=_moment(limit))
        before = delta.version()
        result = delta.delete(older, commit_properties=storage.commit({}))
        gone = int(result.get("num_deleted_rows") or 0)
        if delta.version() > before:
            record_act(row, ReceiptKind.FORGET, Outcome(delta.version(), True, gone, -gone, {}), by=by)
        return gone

    with storage.writing(row.name):
        return storage.attempt(row.name, act)


def _holds(name: str, condition: str) -> bool:
    """Whether a condition holds of any row."""
    with reader() as ask:
        return bool(ask.sql(f'SELECT 1 AS one FROM "{name}" WHERE {condition} LIMIT 1').num_rows)


def _moment(limit: datetime | date) -> datetime:
    if isinstance(limit, datetime):
        return limit
    return timezone.make_aware(datetime.combine(limit, time()))


def kept_since(name: str) -> date | None:
    """The first of the city's days none of whose rows was forgotten; None where no row ever was.

    A row's day is that of the table's ``time``. Raises ProblemError WHS-404.
    """
    forgotten = table(name).forgotten_to
    if forgotten is None:
        return None
    local = timezone.localtime(forgotten)
    return local.date() + timedelta(days=1) if local.time() > time() else local.date()


def compact(name: str, *, by: Actor) -> bool:
    """Join small files and remove those that no version of the last week reads; says whether any were.

    Raises ProblemError WHS-404, WHS-105, WHS-106.
    """
    row = table(name)

    def act() -> bool:
        delta = storage.opened(name)
        if delta is None:
            return False
        before = delta.version()
        if len(delta.file_uris()) >= FEW:
            delta.optimize.compact(commit_properties=storage.commit({}))
        is_joined = bool(delta.version() > before)
        _record_versions(row, before, delta, by)
        before = delta.version()
        hours = int(KEEP_VERSIONS.total_seconds() // 3600)
        if delta.vacuum(retention_hours=hours, dry_run=True):
            delta.vacuum(retention_hours=hours, dry_run=False, commit_properties=storage.commit({}))
            _record_versions(row, before, storage.opened(name), by)
        return is_joined

    with storage.writing(name):
        return storage.attempt(name, act)


def _record_versions(row: WarehouseTable, before: int, delta: Any, by: Actor) -> None:
    """A receipt for each version that joining or removing files made: none of them touches a row."""
    for version in range(before + 1, delta.version() + 1):
        record_act(row, ReceiptKind.COMPACT, Outcome(version, True, 0, 0, {}), by=by)


def verify(*, name: str = "") -> Iterator[Problem]:
    """What is wrong with tables as they lie: a log that cannot be read, missing files, rows miscounted."""
    rows = [table(name)] if name else list(tables())
    for row in rows:
        try:
            yield from _damages(row)
        except ProblemError as error:
            yield from error.problems


def _damages(row: WarehouseTable) -> Iterator[Problem]:
    where = Where(field=row.name)
    delta = storage.opened(row.name)
    if delta is None:
        if row.version > NEVER:
            yield Problem(codes.DAMAGED, said("the table is gone"), where, said("restore it from a backup"))
        return
    if delta.version() < row.version:
        message = said("it is at version {there}, not {known}", there=delta.version(), known=row.version)
        yield Problem(codes.DAMAGED, message, where, said("restore it from a backup"))
    with reader() as ask:
        counted = ask.sql(f'SELECT count(*) FROM "{row.name}"').column(0)[0].as_py()
    if counted and is_by_key_alone(row) and (keys := twice(row, delta).num_rows):
        message = said("{number} keys or more stand twice", number=keys)
        yield Problem(codes.DAMAGED, message, where, said("the next night merges them"))
    logged = delta.count()
    if counted != logged:
        message = said("{counted} rows lie in files, {logged} are in the log", counted=counted, logged=logged)
        yield Problem(codes.DAMAGED, shorten(message), where, said("restore it from a backup"))
