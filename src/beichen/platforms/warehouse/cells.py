"""What a cell of a sheet or of a foreign database means in a column of a table."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from beichen.platforms.warehouse.facts import ColumnType

_WRITTEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)


def cell(value: Any, kind: ColumnType | None) -> Any:
    """The cell's value; what it cannot mean is told by whoever reads the rows.

    Numbers that name something (a code of digits) are text where the column is; a time without an offset is
    the city's; a database without booleans writes 0 and 1.
    """
    if kind is ColumnType.TEXT and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(int(value)) if float(value).is_integer() else str(value)
    if kind is ColumnType.DATE and isinstance(value, str):
        found = moment(value)
        return found.date() if found is not None and ":" not in value else value
    if kind is ColumnType.DATE and isinstance(value, datetime) and value.time() == time():
        return value.date()
    if kind is ColumnType.BOOLEAN and value in (0, 1):
        return bool(value)
    return _local(value) if kind is ColumnType.TIME else value


def moment(text: str) -> datetime | None:
    """A date or time as ISO 8601 writes it, or Excel in Chinese: 2025/3/1, 2025-3-1 8:05, 2025年3月1日."""
    text = text.strip()
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    parts = [int(part or 0) for part in found.groups()]
    with suppress(ValueError):
        return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - its place is the city's
    return None


def _local(value: Any) -> Any:
    if isinstance(value, str):
        found = moment(value)
        if found is None:
            return value
        value = found
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return value
