"""What monitoring shows on an indicator's page: the forecast with its chart, and the early warning."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext

from beichen.plan.models import Plan
from beichen.plan.monitoring.models import EarlyWarning, Forecast
from beichen.plan.monitoring.views.shown import none_words, warning_words
from beichen.plan.monitoring.words import MODELS
from beichen.plan.pages import in_english
from beichen.plan.service import Standing
from beichen.plan.years.service import part_of
from beichen.web.charts import Chart, Series


def _chart(line: Standing, forecast: Forecast) -> Chart:
    """The real values, and ahead of them the forecast between its bounds."""
    known = {int(year): float(value) for year, value in forecast.points}
    ahead = {int(row["year"]): row for row in forecast.values}
    years = sorted({*known, *ahead})
    last = max(known)

    def edge(name: str) -> list[float | None]:
        joined = {last: known[last]} | {year: round(row[name], 3) for year, row in ahead.items()}
        return [joined.get(year) for year in years]

    bound = gettext("%(level)s%% interval") % {"level": forecast.level}
    series = [
        Series(
            gettext("Real value"), [known.get(year) for year in years], "accent", "points", has_labels=True
        ),
        Series(gettext("Forecast"), edge("value"), "seal", is_dashed=True),
        Series(f"{bound} ↓", edge("low"), "unknown", is_dashed=True),
        Series(f"{bound} ↑", edge("high"), "unknown", is_dashed=True),
    ]
    name = line.name_en if in_english() else line.name
    title = gettext("%(name)s: forecast") % {"name": name}
    return Chart(title, line.unit, gettext("Year"), [str(year) for year in years], series)


def panel(request: HttpRequest, plan: Plan, standing: Standing) -> str:
    """The panel of a line; one query for the forecast and one for the warning."""
    part, key = part_of(standing), standing.indicator.key
    forecast = Forecast.objects.filter(plan=plan, key=key, part=part).first()
    warning = EarlyWarning.objects.filter(plan=plan, key=key, part=part, until=None).first()
    context = {
        "line": standing,
        "anchor": f"ahead-{standing.number}-{part}" if part else f"ahead-{standing.number}",
        "forecast": forecast,
        "chart": _chart(standing, forecast) if forecast and forecast.values else None,
        "model": MODELS.get(forecast.model, "") if forecast else "",
        "why_none": none_words(forecast) if forecast and forecast.why_none else "",
        "warning": warning_words(warning) if warning else "",
    }
    return render_to_string("plan_monitoring/panel.html", context, request)
