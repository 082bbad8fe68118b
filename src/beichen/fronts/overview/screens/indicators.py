"""Widgets bound to an indicator (指标): its newest value, its way, its regions beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.overview.figures import small_line
from beichen.fronts.overview.screens.content import Bar, Content, Gauge, nothing
from beichen.fronts.overview.screens.looking import Looking, named
from beichen.hubs.data.models import Indicator, IndicatorValue, Kind
from beichen.hubs.data.service import READ, figures, indicators, unit_name, verdict
from beichen.kernel.access.service import require
from beichen.kernel.org.models import Region
from beichen.web.charts import Chart, Series
from beichen.web.numbers import figure

MOST_VALUES = 400
MOST_PARTS = 2_000
DRAWN = 60  # periods of a chart
BACK = 20 * 366  # days
PUBLISHED = ("year", "month", "quarter", "week", "day")
"""Lengths of period, first that is shown of what is published where nothing is declared."""
COMPUTED = ("month", "week", "day", "quarter", "year")
"""The same of what is computed here: how the city runs is told by month."""


def card(widget: dict[str, Any], looking: Looking) -> Content:
    """The newest value with its small line."""
    indicator, values = _found(widget, looking)
    if isinstance(values, Content):
        return values
    content = _told(indicator, values, looking)
    ordinals = [(float(value.starts.toordinal()), float(value.value)) for value in values]
    content.line = small_line(ordinals)
    return content


def gauge(widget: dict[str, Any], looking: Looking) -> Content:
    """The newest value as part of its target, or of a hundred where it is a percentage."""
    indicator, values = _found(widget, looking)
    if isinstance(values, Content):
        return values
    content = _told(indicator, values, looking)
    whole = 100.0 if indicator.unit in ("%", "％") else 0.0
    if content.verdict is not None and not whole:
        words = content.verdict.target.split()
        whole = float(words[-1].replace(",", "")) if words else 0.0
    if whole > 0:
        content.gauge = Gauge(float(values[-1].value) / whole, "0", figure(whole, 1))
    else:
        content.notes.append(_("No target is set to which it could be compared."))
    return content


def chart(widget: dict[str, Any], looking: Looking) -> Content:
    """Its values one after the other."""
    indicator, values = _found(widget, looking)
    if isinstance(values, Content):
        return values
    content = _told(indicator, values, looking)
    shown = values[-DRAWN:]
    form = widget.get("form", "line")
    name = _name(indicator, looking.language)
    numbers: list[float | None] = [float(value.value) for value in shown]
    series = Series(name, numbers, kind=form)
    unit = str(unit_name(indicator.unit))
    periods = [value.period for value in shown]
    content.chart = Chart(name, unit, _("Period"), periods, [series], from_zero=form in ("bar", "pie"))
    content.headline = ""
    return content


def ranking(widget: dict[str, Any], looking: Looking) -> Content:
    """The newest value of each part of the region, the highest first."""
    indicator, newest = of_parts(widget, looking)
    if isinstance(newest, Content):
        return newest
    content = _told(indicator, newest, looking)
    content.headline = ""
    most = max((abs(float(value.value)) for value in newest), default=0.0) or 1.0
    is_lower = indicator.direction == "lower"
    ordered = sorted(newest, key=lambda value: value.value, reverse=not is_lower)
    content.bars = [
        Bar(
            named(value.region, looking.language),
            figure(value.value, 2),
            abs(float(value.value)) / most * 100,
            f"{reverse('data:indicator', args=[indicator.key])}?region={value.region.code}",
            note=value.period,
        )
        for value in ordered[:30]
    ]
    return content


def of_parts(widget: dict[str, Any], looking: Looking) -> tuple[Indicator, list[IndicatorValue] | Content]:
    """The newest value of each part of the region that the reader may see, or what is missing."""
    indicator = _indicator(widget["indicator"], looking)
    if isinstance(indicator, Content):
        return Indicator(), indicator
    rows = figures(
        indicator.key,
        by=looking.by,
        length=widget.get("every", ""),
        since=looking.since(BACK),
        until=looking.until,
    ).filter(region__parent=looking.region)
    chosen = _of_one_length(list(_newest_first(rows)[:MOST_PARTS]))
    newest = {value.region_id: value for value in chosen}  # the last of each region
    if not newest:
        words = _("No part of %(region)s has a value of %(name)s that you may see.")
        return indicator, nothing(words % _words(indicator, looking), _address(indicator, looking.region))
    return indicator, list(newest.values())


def _found(widget: dict[str, Any], looking: Looking) -> tuple[Indicator, list[IndicatorValue] | Content]:
    """The indicator and its values for the region in their order, or what is missing."""
    indicator = _indicator(widget["indicator"], looking)
    if isinstance(indicator, Content):
        return Indicator(), indicator
    if looking.region is None:
        return indicator, nothing(_("No city is loaded."))
    rows = figures(
        indicator.key,
        by=looking.by,
        region=looking.region.code,
        length=widget.get("every", ""),
        since=looking.since(BACK),
        until=looking.until,
    )
    values = _of_one_length(list(_newest_first(rows)[:MOST_VALUES]))
    if not values:
        words = _("%(region)s has no value of %(name)s in this time that you may see.")
        return indicator, nothing(words % _words(indicator, looking), _address(indicator, looking.region))
    return indicator, values


def _indicator(key: str, looking: Looking) -> Indicator | Content:
    """The indicator, or that there is none. Raises ProblemError ACC-403."""
    require(looking.by, READ)
    found = indicators().filter(key=key).first()
    return found or nothing(_("The data hub has no indicator “%(key)s” yet.") % {"key": key})


def _newest_first(rows: Any) -> Any:
    return rows.select_related("indicator__computation", "region").order_by("-starts", "-pk")


def _of_one_length(newest_first: Iterable[IndicatorValue]) -> list[IndicatorValue]:
    """Values of one kind (real ones where there are any) and one length of period, the oldest first."""
    rows = list(newest_first)
    rows = [row for row in rows if row.kind == Kind.REAL] or rows
    present = {row.length for row in rows}
    is_computed = any(row.status == "computed" for row in rows)
    length = next(
        (one for one in (COMPUTED if is_computed else PUBLISHED) if one in present), next(iter(present), "")
    )
    return [row for row in reversed(rows) if row.length == length]


def _told(indicator: Indicator, values: list[IndicatorValue], looking: Looking) -> Content:
    """The newest value with all that must be said of it."""
    value = values[-1]
    computation = getattr(value.indicator, "computation", None)
    content = Content(
        headline=figure(value.value, 2),
        unit=str(unit_name(indicator.unit)),
        period=value.period,
        verdict=verdict(value, computation.target if computation else ""),
        source=value.source_title,
        at=computation.computed_at if computation else None,
        status=value.status,
        is_demo=value.kind == Kind.DEMO,
        href=_address(indicator, looking.region),
    )
    if _is_running(value, looking.until):
        content.notes.append(_("so far"))
    return content


def _is_running(value: IndicatorValue, today: date) -> bool:
    return value.ends >= today


def _name(indicator: Indicator, language: str) -> str:
    return str(indicator.name_en if language == "en" else indicator.name)


def _words(indicator: Indicator, looking: Looking) -> dict[str, str]:
    return {"region": looking.region_name, "name": _name(indicator, looking.language)}


def _address(indicator: Indicator, region: Region | None) -> str:
    address = reverse("data:indicator", args=[indicator.key])
    return f"{address}?region={region.code}" if region else address
