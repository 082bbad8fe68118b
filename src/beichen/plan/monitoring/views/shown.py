"""What the room's pages share: forecasts and paces in words, the pages side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from beichen.plan.models import Plan
from beichen.plan.monitoring.models import EarlyWarning, Forecast
from beichen.plan.monitoring.words import warned_words, why_no_forecast
from beichen.web.links import Link
from beichen.web.numbers import figure
from beichen.web.templatetags.beichen import foreign


def last_of(forecast: Forecast | None) -> dict[str, Any] | None:
    """The forecast of the plan's last year."""
    values: list[dict[str, Any]] = forecast.values if forecast else []
    return values[-1] if values else None


def forecast_text(forecast: Forecast | None) -> str:
    """The last year's forecast with its interval, as text."""
    last = last_of(forecast)
    if last is None:
        return ""
    return f"{figure(last['value'], 1)} ({figure(last['low'], 1)}–{figure(last['high'], 1)})"


def forecast_cell(forecast: Forecast | None) -> str:
    """The same, marked as a forecast."""
    last = last_of(forecast)
    if forecast is None or last is None:
        return ""
    return format_html(
        '{} <span class="quiet">{}–{}</span> <span class="badge is-forecast">{} {}</span>',
        figure(last["value"], 1),
        figure(last["low"], 1),
        figure(last["high"], 1),
        _("Forecast"),
        last["year"],
    )


def none_words(forecast: Forecast) -> str:
    """Why there is no forecast."""
    return why_no_forecast(forecast.why_none, len(forecast.points))


def warning_words(row: EarlyWarning) -> str:
    """What the line needs from now on, and why that is out of reach."""
    return warned_words(row, row.unit)


def indicator_cell(number: int, name: str, chinese: str) -> SafeString:
    """A link to the indicator's page."""
    href = reverse("plan:indicator", args=[number])
    return format_html('<a href="{}">{}</a>', href, foreign(name) if name == chinese else name)


def pages_of(request: HttpRequest, plan: Plan, number: int) -> list[Link]:
    """The room's pages side by side."""
    found = [
        Link(_("Dashboard"), reverse("plan_monitoring:year", args=[number])),
        Link(_("Early warnings"), reverse("plan_monitoring:warnings")),
        Link(_("Values by file"), reverse("plan_monitoring:values")),
        Link(_("Rules"), reverse("plan_monitoring:rules")),
    ]
    return [Link(one.label, one.href, one.href == request.path) for one in found]


def crumbs(*links: Link) -> list[Link]:
    """The way from the plan to a page of this room."""
    start = [
        Link(_("Plan"), reverse("plan:outline")),
        Link(_("Monitoring"), reverse("plan_monitoring:index")),
    ]
    return [*start, *links]
