"""Which of the city's days a change touches, and which days were touched since a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from beichen.platforms.warehouse import storage
from beichen.platforms.warehouse.facts import MOMENTS, ColumnType, TableFacts
from beichen.platforms.warehouse.models import NEVER, Receipt, ReceiptKind
from beichen.platforms.warehouse.naming import table

MOST = 4000  # days of one column; a change that touches more is one that touches everything
Days = dict[str, list[str]]
QUIET = frozenset({ReceiptKind.FORGET.value, ReceiptKind.COMPACT.value})  # acts that change no row


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed up to ``version``.

    ``days`` holds for each date and time column the city's days on which old or new values of changed rows
    fall; None where that is not known: everything may have changed. ``is_changed`` says that rows did change,
    which ``days`` do not where rows have no dates.
    """

    version: int
    days: Mapping[str, frozenset[date]] | None
    is_changed: bool = False


def touched(name: str, *, since: int) -> Touched:
    """What changed in a table after the version ``since``. Raises ProblemError WHS-404, WHS-106.

    Rows that were forgotten for their age, and files that were joined, changed nothing.
    """
    row = table(name)
    delta = storage.opened(name)
    version = NEVER if delta is None else delta.version()
    if version == since:
        return Touched(version, {})
    found = Receipt.objects.filter(table=row, is_written=True, version__gt=since, version__lte=version)
    kinds, known = [], []
    for kind, days in found.values_list("kind", "touched"):
        kinds.append(kind)
        known.append(days)
    if since > version or len(known) < version - since or any(days is None for days in known):
        return Touched(version, None, is_changed=True)
    merged = merge(known)
    return Touched(
        version,
        {column: frozenset(map(date.fromisoformat, days)) for column, days in merged.items()},
        is_changed=any(kind not in QUIET for kind in kinds),
    )


def days_of(facts: TableFacts, rows: Any, columns: Mapping[str, str] | None = None) -> Days | None:
    """The days of each date and time column of an Arrow table; None when they are too many to list.

    ``columns`` says under which names ``rows`` hold the table's columns, where they are others.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found: Days = {}
    for column in facts.columns:
        if column.type not in MOMENTS:
            continue
        values = rows[columns[column.name] if columns else column.name]
        if column.type is ColumnType.TIME:
            zoned = values.cast(pa.timestamp("us", settings.TIME_ZONE))
            values = pc.local_timestamp(zoned).cast(pa.date32(), safe=False)
        days = pc.unique(values).drop_null()
        if len(days) > MOST:
            return None
        found[column.name] = sorted(day.isoformat() for day in days.to_pylist())
    return found


def merge(several: Iterable[Days | None]) -> Days:
    """The union."""
    merged: dict[str, set[str]] = {}
    for days in several:
        for column, listed in (days or {}).items():
            merged.setdefault(column, set()).update(listed)
    return {column: sorted(listed) for column, listed in merged.items()}
