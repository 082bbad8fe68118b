"""What a cell of a sheet or of a foreign database means in a column of a table."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from beichen.platforms.warehouse.facts import ColumnType


def cell(value: Any, kind: ColumnType | None) -> Any:
    """The cell's value; what it cannot mean is told by whoever reads the rows.

    Numbers that name something (a code of digits) are text where the column is; a time without an offset is
    the city's; a database without booleans writes 0 and 1.
    """
    if kind is ColumnType.TEXT and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(int(value)) if float(value).is_integer() else str(value)
    if kind is ColumnType.DATE and isinstance(value, datetime) and value.time() == time():
        return value.date()
    if kind is ColumnType.BOOLEAN and value in (0, 1):
        return bool(value)
    return _local(value) if kind is ColumnType.TIME else value


def _local(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return value
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return value
