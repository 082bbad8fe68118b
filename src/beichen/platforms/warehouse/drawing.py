"""An answer as a chart, where it is one: a first column of words or days, and numbers beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from beichen.platforms.warehouse.answers import plain, values
from beichen.web.charts import Chart, Series

MOST_POINTS, MOST_SERIES = 400, 4
TONES = ("accent", "ahead", "behind", "missed")


def chart_of(rows: Any) -> Chart | None:
    """A line for days, bars for words; None where the answer is no series."""
    import pyarrow.types as types

    kinds = rows.schema.types
    if len(kinds) < 2 or is_number(kinds[0]) or not 2 <= rows.num_rows <= MOST_POINTS:
        return None
    numbers = [position for position in range(1, len(kinds)) if is_number(kinds[position])][:MOST_SERIES]
    cells = list(values(rows))
    if not numbers or len({row[0] for row in cells}) < len(cells):
        return None
    is_time = types.is_temporal(kinds[0])
    names = rows.schema.names
    return Chart(
        title=" · ".join(names[position] for position in numbers),
        unit="",
        first_heading=names[0],
        categories=[_label(row[0]) for row in cells],
        series=[
            Series(
                names[position],
                [plain(row[position]) for row in cells],
                tone=TONES[number],
                kind="line" if is_time else "bar",
            )
            for number, position in enumerate(numbers)
        ],
        from_zero=True,
    )


def is_number(kind: Any) -> bool:
    """Whether an Arrow type holds numbers."""
    import pyarrow.types as types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _label(value: Any) -> str:
    if isinstance(value, datetime):
        local = localtime(value) if value.tzinfo else value
        return f"{local:%Y-%m-%d}" if (local.hour, local.minute) == (0, 0) else f"{local:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)[:60]
