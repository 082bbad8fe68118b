"""An answer as a chart: a first column of words or days and numbers beside it, or columns of one's choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.answers import plain, values
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten
from beichen.web.charts import Chart, Series

MOST_POINTS, MOST_SERIES = 400, 4
TONES = ("accent", "ahead", "behind", "missed")
LINE, BAR = "line", "bar"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Which columns are drawn: ``across`` the categories, ``drawn`` the numbers, ``form`` lines or bars.

    What is empty the house chooses.
    """

    across: str = ""
    drawn: tuple[str, ...] = ()
    form: str = ""

    @property
    def is_chosen(self) -> bool:
        """Whether somebody chose columns."""
        return bool(self.across or self.drawn)


def chart_of(rows: Any, wanted: Drawing = Drawing()) -> Chart | None:
    """A line for days, bars for words; None where the answer is no series and nobody chose columns.

    Raises ProblemError WHS-210, with every mistake, where what was chosen cannot be drawn.
    """
    import pyarrow.types as types

    kinds, names = rows.schema.types, rows.schema.names
    numbers = [place for place in range(len(kinds)) if is_number(kinds[place])]
    if wanted.is_chosen:
        across, drawn = _chosen(rows, wanted, numbers)
    else:
        across, drawn = 0, [place for place in numbers if place][:MOST_SERIES]
        if not drawn or across in numbers:
            return None
    cells = list(values(rows))
    trouble = _trouble(cells, across)
    if trouble:
        if wanted.is_chosen:
            raise ProblemError(Problem(codes.NO_CHART, trouble, Where(field="across")))
        return None
    form = wanted.form or (LINE if types.is_temporal(kinds[across]) else BAR)
    return Chart(
        title=" · ".join(names[place] for place in drawn),
        unit="",
        first_heading=names[across],
        categories=[_label(row[across]) for row in cells],
        series=[
            Series(names[place], [plain(row[place]) for row in cells], tone=TONES[number], kind=form)
            for number, place in enumerate(drawn)
        ],
        from_zero=True,
    )


def _chosen(rows: Any, wanted: Drawing, numbers: list[int]) -> tuple[int, list[int]]:
    """The places of the chosen columns; of a part that was left open, what fits beside the other."""
    names = rows.schema.names
    message = said("the answer has no column of this name")
    problems = [
        Problem(codes.NO_CHART, message, Where(field=field), nearest(name, names))
        for field, asked in (("across", [wanted.across] if wanted.across else []), ("drawn", wanted.drawn))
        for name in asked
        if name not in names
    ]  # fmt: skip
    words = [name for name in wanted.drawn if name in names and names.index(name) not in numbers]
    for name in words:
        message = shorten(said("{name!r} is no number", name=name))
        problems.append(Problem(codes.NO_CHART, message, Where(field="drawn")))
    if len(wanted.drawn) > MOST_SERIES:
        message = said("at most {limit} columns are drawn", limit=MOST_SERIES)
        problems.append(Problem(codes.NO_CHART, message, Where(field="drawn")))
    if problems:
        raise ProblemError(*problems)
    drawn = [names.index(name) for name in wanted.drawn]
    free = [place for place in range(len(names)) if place not in drawn]
    if not wanted.across and not free:
        raise ProblemError(
            Problem(codes.NO_CHART, said("no column is left for the axis"), Where(field="across"))
        )
    across = (
        names.index(wanted.across)
        if wanted.across
        else next((place for place in free if place not in numbers), free[0])
    )
    drawn = drawn or [place for place in numbers if place != across][:MOST_SERIES]
    if not drawn:
        raise ProblemError(Problem(codes.NO_CHART, said("no column holds numbers"), Where(field="drawn")))
    return across, drawn


def _trouble(cells: list[tuple[Any, ...]], across: int) -> str:
    """Why rows are no series; empty where they are one."""
    if not 2 <= len(cells) <= MOST_POINTS:
        return said("a chart has 2 to {limit} rows", limit=MOST_POINTS)
    if len({row[across] for row in cells}) < len(cells):
        return said("a value of the axis stands in more than one row")
    return ""


def is_number(kind: Any) -> bool:
    """Whether an Arrow type holds numbers."""
    import pyarrow.types as types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _label(value: Any) -> str:
    if isinstance(value, datetime):
        local = localtime(value) if value.tzinfo else value
        return f"{local:%Y-%m-%d}" if (local.hour, local.minute) == (0, 0) else f"{local:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)[:60]
