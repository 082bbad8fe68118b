"""Widgets bound to the plan in force: how many targets stand how, each of them, projects by box."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.overview.screens.content import Content, nothing
from beichen.fronts.overview.screens.looking import Looking
from beichen.kernel.access.service import require
from beichen.plan.models import Plan
from beichen.plan.service import READ, Standing, box_counts, current_plan, standings
from beichen.web.charts import Chart, Series
from beichen.web.numbers import figure
from beichen.web.status import LABELS, Status


def card(_widget: dict[str, Any], looking: Looking) -> Content:
    """How many targets are reached or on course."""
    plan, content = _plan(looking)
    if plan is None:
        return content
    rows = standings(plan, until=looking.until.year)
    good = sum(row.status in (Status.AHEAD, Status.ON_COURSE) for row in rows)
    content.headline = f"{good} / {len(rows)}"
    content.period = f"{plan.start_year}–{plan.end_year}"
    return content


def chart(widget: dict[str, Any], looking: Looking) -> Content:
    """Targets by status, or projects by box."""
    plan, content = _plan(looking)
    if plan is None:
        return content
    form = widget.get("form", "bar")
    if widget["plan"] == "statuses":
        counts = Counter(row.status for row in standings(plan, until=looking.until.year))
        shown = [(str(LABELS[one]), counts[one]) for one in Status if counts[one]]
        title, heading = _("Targets"), _("Status")
    else:
        content.href = reverse("plan:projects")
        shown = [(str(box["box_title"]), int(box["projects"])) for box in box_counts(plan)]
        title, heading = _("Projects"), _("Box")
    if not shown:
        return nothing(_("The plan names none."), content.href)
    values: list[float | None] = [float(number) for _name, number in shown]
    series = [Series(title, values, kind=form)]
    content.chart = Chart(title, "", heading, [name for name, _number in shown], series, from_zero=True)
    return content


def table(_widget: dict[str, Any], looking: Looking) -> Content:
    """Every target with base, target, newest value and status."""
    plan, content = _plan(looking)
    if plan is None:
        return content
    content.headings = [
        (_("Indicator"), False),
        (_("Base"), True),
        (_("Target"), True),
        (_("Latest value"), True),
        (_("Status"), False),
    ]
    rows = standings(plan, until=looking.until.year)
    content.rows = [_row(row, looking.language) for row in rows]
    return content


def _row(row: Standing, language: str) -> list[tuple[str, bool]]:
    latest = f"{figure(row.latest.value, 2)} ({row.latest.year})" if row.latest else "–"
    return [
        (row.name_en if language == "en" else row.name, False),
        (row.base_shown or "–", True),
        (row.target_shown or "–", True),
        (latest, True),
        (str(LABELS[row.status]), False),
    ]


def _plan(looking: Looking) -> tuple[Plan | None, Content]:
    """The plan in force with what must be said of it, or that there is none. Raises ProblemError ACC-403."""
    plan = current_plan()
    if plan is None:
        return None, nothing(_("No plan is imported yet."))
    require(looking.by, READ, plan)
    title = plan.title_en if looking.language == "en" and plan.title_en else plan.title
    content = Content(
        source=title, at=looking.moment, status=_("Judged now"), href=reverse("plan:indicators")
    )
    if not looking.is_city:
        content.notes.append(_("Of the whole city: the plan has no targets of parts."))
    return plan, content
