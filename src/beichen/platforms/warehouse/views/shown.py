"""How answers and moments are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext

from beichen.platforms.warehouse.answers import plain, values
from beichen.platforms.warehouse.asking import Answer
from beichen.platforms.warehouse.drawing import is_number


def moment(value: datetime | None) -> str:
    """A time to the minute, in the city's zone where it has one."""
    if value is None:
        return ""
    return f"{localtime(value) if value.tzinfo else value:%Y-%m-%d %H:%M}"


def grid(found: Answer) -> dict[str, Any]:
    """An answer as `grid.html` takes it."""
    schema = found.rows.schema
    return {
        "heads": [
            {"name": name, "is_number": is_number(kind)}
            for name, kind in zip(schema.names, schema.types, strict=True)
        ],
        "rows": [[cell(value) for value in row] for row in values(found.rows)],
        "masked": found.masked,
        "lineage": found.lineage,
        "is_whole": found.is_whole,
        "seconds": found.seconds,
    }


def cell(value: Any) -> dict[str, Any]:
    """One of its cells."""
    if isinstance(value, bool):
        return {"text": gettext("Yes") if value else gettext("No"), "is_number": False}
    if isinstance(value, datetime):
        return {"text": moment(value), "is_number": False}
    shown = plain(value)
    is_figure = isinstance(shown, int | float)
    text = "" if shown is None else str(shown)[:200]
    return {"text": text, "is_number": is_figure}
