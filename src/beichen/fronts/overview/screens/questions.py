"""Widgets bound to a question over the city's tables: asked within the rights of who looks.

The answer is narrowed to the region where it has a column ``region`` (codes), and to the time where it
has ``day``, ``period`` or ``month``; where it has neither the widget says that it is of the whole city, or of
now.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beichen.fronts.overview.screens.content import Bar, Content, nothing
from beichen.fronts.overview.screens.looking import Looking
from beichen.kernel.org.models import Region
from beichen.platforms.warehouse import service as warehouse
from beichen.web.charts import Chart, Series
from beichen.web.numbers import figure

ROWS = 500
SECONDS = 5.0
SHOWN = 100
TIMES = ("day", "period", "month", "date")
REGION = "region"
_TONES = ("accent", "ahead", "behind", "missed", "on-course", "unknown")


def table(widget: dict[str, Any], looking: Looking) -> Content:
    """All columns of the answer."""
    names, rows, content = _answer(widget, looking)
    if not rows:
        return nothing(_("The question has no answer here."), content.href)
    numeric = [all(_is_number(row[place]) for row in rows) for place in range(len(names))]
    content.headings = list(zip(names, numeric, strict=True))
    content.rows = [
        [(_said(value), is_number) for value, is_number in zip(row, numeric, strict=True)]
        for row in rows[:SHOWN]
    ]
    return content


def chart(widget: dict[str, Any], looking: Looking) -> Content:
    """The first column along the axis, each column of numbers as a series."""
    names, rows, content = _answer(widget, looking)
    series = _series(names, rows, widget.get("form", "line"))
    if not series:
        return nothing(_("The question has no answer here that could be drawn."), content.href)
    form = widget.get("form", "line")
    categories = [_said(row[0]) for row in rows]
    content.chart = Chart(names[0], "", names[0], categories, series, from_zero=form in ("bar", "pie"))
    return content


def ranking(widget: dict[str, Any], looking: Looking) -> Content:
    """The first column with the first number beside it, the highest first."""
    names, rows, content = _answer(widget, looking)
    series = _series(names, rows, "bar")
    if not series:
        return nothing(_("The question has no answer here that could be ranked."), content.href)
    pairs = [(_said(row[0]), value) for row, value in zip(rows, series[0].values, strict=True)]
    known = sorted(((name, value) for name, value in pairs if value is not None), key=lambda one: -one[1])
    most = max((abs(value) for _name, value in known), default=0.0) or 1.0
    content.bars = [Bar(name, figure(value, 2), abs(value) / most * 100) for name, value in known[:30]]
    return content


def _answer(widget: dict[str, Any], looking: Looking) -> tuple[list[str], list[tuple[Any, ...]], Content]:
    """Columns, rows, and what must be said of them. Raises ProblemError (ACC-403, WHS-…)."""
    by = looking.by
    sql = str(widget["sql"]) if "sql" in widget else warehouse.find_question(widget["question"], by=by).sql
    found = warehouse.ask(sql, by=by, limit=ROWS, seconds=SECONDS)
    names = list(found.rows.schema.names)
    columns = [column.to_pylist() for column in found.rows.columns]
    rows = list(zip(*columns, strict=True))
    content = Content(
        source=", ".join(sorted(found.versions)),
        at=looking.now,
        status=_("Asked now"),
        href=f"{reverse('platforms_warehouse:ask')}?{urlencode({'sql': sql[:2000]})}",
    )
    rows = _of_region(names, rows, looking, content)
    rows = _of_time(names, rows, looking, content)
    if not found.is_whole:
        content.notes.append(_("Only the first rows were read."))
    if found.masked:
        content.notes.append(_("Some columns are empty: they are above your clearance."))
    return names, rows, content


def _of_region(
    names: list[str], rows: list[tuple[Any, ...]], looking: Looking, content: Content
) -> list[tuple[Any, ...]]:
    if looking.is_city or looking.region is None:
        return rows
    if REGION not in names:
        content.notes.append(_("Of the whole city: the answer says no regions."))
        return rows
    place = names.index(REGION)
    asked = {str(row[place]) for row in rows}
    under = Region.objects.filter(code__in=asked, path__under=looking.region.path)
    codes = set(under.values_list("code", flat=True))
    return [row for row in rows if str(row[place]) in codes]


def _of_time(
    names: list[str], rows: list[tuple[Any, ...]], looking: Looking, content: Content
) -> list[tuple[Any, ...]]:
    if not looking.period and looking.at is None:
        return rows
    name = next((name for name in TIMES if name in names), "")
    if not name:
        content.notes.append(_("As it is now: the answer says no times."))
        return rows
    place = names.index(name)
    first = looking.since(20 * 366)
    return [row for row in rows if (day := _day(row[place])) is None or first <= day <= looking.until]


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if value.tzinfo else value).date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _series(names: list[str], rows: list[tuple[Any, ...]], form: str) -> list[Series]:
    found: list[Series] = []
    for place, name in enumerate(names[1:], start=1):
        values = [row[place] for row in rows]
        if values and all(value is None or _is_number(value) for value in values):
            numbers = [None if value is None else float(value) for value in values]
            found.append(Series(name, numbers, _TONES[len(found) % len(_TONES)], form))
    return found[: len(_TONES)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if value.tzinfo else value:%Y-%m-%d %H:%M}"
    if _is_number(value):
        return figure(value, 2)
    return "" if value is None else str(value)[:200]
