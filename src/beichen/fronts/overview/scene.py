"""A scene's own page: its figures, charts and things, for whoever answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from beichen.fronts.overview.models import Plot
from beichen.fronts.overview.operations import months_before
from beichen.hubs.data.models import IndicatorValue, Kind
from beichen.hubs.data.service import recent, unit_name
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.web.charts import Chart, Series

DRAWN = {"day": 30, "month": 13}  # newest periods of a chart


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of an indicator; ``is_demo`` when nobody measured it."""

    key: str
    chart: Chart
    is_demo: bool


def charts(scene: str, region: Region, *, by: Actor, language: str, today: date) -> list[Drawn]:
    """The scene's charts for a region, those that have values: a query for each length of period."""
    plots = list(Plot.objects.filter(owner=f"scene:{scene}"))
    found: dict[tuple[str, str], list[IndicatorValue]] = {}
    for every in {plot.every for plot in plots}:
        keys = [plot.indicator for plot in plots if plot.every == every]
        values = recent(keys, region=region.code, since=_since(every, today), by=by, length=every)
        found |= {(key, every): series for key, series in values.items()}
    return [
        _drawn(plot, found[plot.indicator, plot.every], language)
        for plot in plots
        if (plot.indicator, plot.every) in found
    ]


def _since(every: str, today: date) -> date:
    if every == "day":
        return today - timedelta(days=DRAWN["day"])
    return months_before(today, DRAWN["month"] - 1)


def _drawn(plot: Plot, values: list[IndicatorValue], language: str) -> Drawn:
    indicator = values[0].indicator
    named = (plot.title_en, indicator.name_en) if language == "en" else (plot.title, indicator.name)
    title = next(filter(None, named), indicator.name)
    series = Series(title, [float(value.value) for value in values], kind=plot.form)
    heading = _("Day") if plot.every == "day" else _("Month")
    periods = [value.period for value in values]
    unit = str(unit_name(indicator.unit))
    chart = Chart(title, unit, heading, periods, [series], from_zero=plot.form == "bar")
    return Drawn(indicator.key, chart, any(value.kind == Kind.DEMO for value in values))
