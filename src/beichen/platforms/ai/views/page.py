"""`/models/KEY`: what a model foretells, on the map and as a table, its runs, findings and scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, check_rate, decide, visible
from beichen.kernel.actor import Actor
from beichen.platforms.ai import service
from beichen.platforms.ai.models import Finding, Model, Run, Score
from beichen.platforms.ai.rights import RUN
from beichen.platforms.ai.views.drawn import course_chart, sheet_context
from beichen.platforms.ai.views.words import (
    Names,
    clock,
    is_english,
    name_of,
    outcome_badge,
    reason_of,
    text_of,
    thing_name,
)
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.pages import drawing
from beichen.web.links import Link
from beichen.web.tables import Column, Rows, Table, answer

RATE = "10/minute"
MOST_RUNS, MOST_FINDINGS, MOST_VALUES = 20, 50, 20_000


@dataclass(frozen=True, slots=True)
class Foretold:
    """What is foretold of one measure of a thing, in one row; ``is_found``: a finding stands on the thing."""

    code: str
    name: str
    measure: str
    unit: str
    lowest: float
    highest: float
    highest_at: Any
    last: float
    is_found: bool
    href: str
    place: tuple[float, float] | None

    @property
    def state(self) -> str:
        """Whether the model found something of it, in words."""
        return _("Found") if self.is_found else _("Nothing found")


def _place(document: dict[str, Any]) -> tuple[float, float] | None:
    location = document.get("location")
    value = location.get("value") if isinstance(location, dict) else None
    if not isinstance(value, dict) or value.get("type") != "Point":
        return None
    return float(value["coordinates"][0]), float(value["coordinates"][1])


def foretold(row: Model, found: set[int], names: Names, *, by: Actor) -> list[Foretold]:
    """The newest forecasts that ``by`` may see, a row for each thing and measure."""
    grouped: dict[tuple[int, str], list[Any]] = {}
    for one in service.predictions_of(row, by=by).order_by("thing", "measure", "at")[:MOST_VALUES]:
        grouped.setdefault((one.thing_id, one.measure), []).append(one)
    rows = []
    for (thing_id, measure), values in grouped.items():
        thing, top = values[0].thing, max(values, key=lambda one: one.value)
        href = f"?thing={thing.code}&measure={measure}#course"
        rows.append(
            Foretold(
                thing.code, thing_name(thing), names.measure(thing.type.key, measure),
                names.unit(thing.type.key, measure), min(one.value for one in values), top.value, top.at,
                values[-1].value, thing_id in found, href, _place(thing.parsed()),
            )
        )  # fmt: skip
    return rows


def _thing_link(row: Foretold) -> SafeString:
    return format_html('<a href="{}">{}</a>', row.href, row.name)


def _number(value: float) -> str:
    return f"{value:.4g}"


COLUMNS: list[Column[Foretold]] = [
    Column("thing", gettext_lazy("Thing"), lambda row: row.name, _thing_link, ("name",), is_header=True),
    Column("measure", gettext_lazy("Measure"), lambda row: row.measure, sort=("measure",)),
    Column("lowest", gettext_lazy("Lowest foretold"), lambda row: row.lowest, lambda row: _number(row.lowest),
           ("lowest",), is_number=True),
    Column("highest", gettext_lazy("Highest foretold"), lambda row: row.highest,
           lambda row: _number(row.highest), ("highest",), is_number=True),
    Column("at", gettext_lazy("Highest at"), lambda row: row.highest_at, lambda row: clock(row.highest_at),
           ("highest_at",)),
    Column("last", gettext_lazy("At the end"), lambda row: row.last, lambda row: _number(row.last), ("last",),
           is_number=True),
    Column("unit", gettext_lazy("Unit"), lambda row: row.unit),
    Column("state", gettext_lazy("Found by the model"), lambda row: row.state, sort=("state",)),
]  # fmt: skip


def _figures(one: Run) -> str:
    return ", ".join(f"{name} = {value:.3g}" for name, value in sorted(one.figures.items()))


def _became(one: Run) -> SafeString:
    return format_html("{} {}", outcome_badge(one.outcome), reason_of(one))


RUNS: list[Column[Run]] = [
    Column("at", gettext_lazy("Point in time"), lambda one: clock(one.asked_for), is_header=True),
    Column("became", gettext_lazy("What became of it"), _became),
    Column("seconds", gettext_lazy("Seconds"), lambda one: f"{one.seconds:.1f}", is_number=True),
    Column("values", gettext_lazy("Values"), lambda one: one.forecasts, is_number=True),
    Column("found", gettext_lazy("Number found"), lambda one: one.findings, is_number=True),
    Column("figures", gettext_lazy("Figures of the run"), _figures),
    Column("version", gettext_lazy("Version"), lambda one: one.version[:8]),
]


def _named(one: Finding) -> SafeString:
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if one.is_demo else ""
    return format_html("{}{}", thing_name(one.thing), demo)


FINDINGS: list[Column[Finding]] = [
    Column("thing", gettext_lazy("Thing"), _named, is_header=True),
    Column("text", gettext_lazy("What the model says"), text_of),
    Column("since", gettext_lazy("Found since"), lambda one: clock(one.since)),
    Column("over", gettext_lazy("Over"), lambda one: clock(one.cleared_at)),
]


def _ahead(one: Score) -> str:
    hours, minutes = divmod(one.ahead, 60)
    if not minutes:
        return _("%(number)s h") % {"number": hours}
    return _("%(number)s min") % {"number": one.ahead}


def _scores(names: Names) -> list[Column[Score]]:
    def number(title: Any, value: Callable[[Score], Any]) -> Column[Score]:
        return Column("number", title, value, is_number=True)

    return [
        Column("measure", gettext_lazy("Measure"), lambda one: names.anywhere(one.measure), is_header=True),
        number(gettext_lazy("How far ahead"), _ahead),
        number(gettext_lazy("Mean error"), lambda one: _number(one.error)),
        number(
            gettext_lazy("Error if nothing changed"),
            lambda one: "" if one.persistence is None else _number(one.persistence),
        ),
        number(gettext_lazy("Skill"), lambda one: "" if one.skill is None else f"{one.skill:.2f}"),
        number(
            gettext_lazy("Within the bounds"),
            lambda one: "" if one.covered is None else f"{100 * one.covered:.0f}%",
        ),
        number(gettext_lazy("Compared"), lambda one: one.number),
    ]


def _chosen(request: HttpRequest, rows: list[Foretold]) -> tuple[str, str]:
    """The thing and the measure whose course is drawn: what the address names, or what stands first."""
    named = request.GET.get("thing", ""), request.GET.get("measure", "")
    if all(named) or not rows:
        return named
    first = max(rows, key=lambda one: (one.is_found, one.highest))
    code, _sep, measure = first.href.removeprefix("?thing=").partition("&measure=")
    return code, measure.removesuffix("#course")


@require_safe
def model(request: HttpRequest, key: str) -> HttpResponseBase:
    """The model; with ``?thing=CODE&measure=NAME`` the course of one."""
    by = acting(request)
    row = service.find_model(key, by=by)
    names = Names()
    findings = list(service.findings_of(row, by=by)[:MOST_FINDINGS])
    standing = {one.thing_id for one in findings if one.cleared_at is None}
    rows = foretold(row, standing, names, by=by)
    thing, measure = _chosen(request, rows)
    newest = service.predictions_of(row, by=by).first()
    context: dict[str, Any] = {
        "row": row,
        "name": name_of(row),
        "says": row.declared["says"]["en" if is_english() else "zh"],
        "missing": ", ".join(service.missing_of(row)),
        "over": ", ".join(row.declared["over"]),
        "runs": Rows(gettext_lazy("Runs"), RUNS, service.runs_of(row)[:MOST_RUNS]),
        "next": clock(row.next_at),
        "issued": clock(newest.issued_at) if newest else "",
        "is_demo": newest.is_demo if newest else False,
        "findings": Rows(gettext_lazy("What it found"), FINDINGS, findings),
        "scores": Rows(gettext_lazy("How good it was"), _scores(names), service.scores_of(row)),
        "chart": course_chart(row, thing, measure, names, by=by) if thing else None,
        "may_run": bool(decide(by, RUN, row)),
        "crumbs": [Link(_("Models"), reverse("platforms_ai:models")), Link(name_of(row))],
    }
    drawn = drawing(list(visible(by, geo.READ, geo.layers())))
    if drawn is not None and any(one.place for one in rows):
        context |= sheet_context(drawn, rows)
    table: Table[Foretold] = Table(
        "foretold", gettext_lazy("What is foretold"), rows, COLUMNS, (), ("name", "code")
    )
    return answer(request, table, "platforms_ai/model.html", context)


@require_POST
def run(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for a run now."""
    by = acting(request)
    check_rate("models.run", by.key, RATE)
    service.request_run(key, by=by)
    messages.success(request, _("The model was asked to run; the page shows it when it has."))
    return HttpResponseRedirect(reverse("platforms_ai:model", args=[key]))
