"""`/console/suggestions`: what suggests kinds of new cases, how good it is, and a button to teach it anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from beichen.fronts.governance.reach import looking
from beichen.hubs.events import service as events
from beichen.hubs.events.models import SuggestionQuality
from beichen.kernel.access import service as access
from beichen.problem import ProblemError
from beichen.web.tables import Column, Rows
from beichen.web.wording import in_words

COMPARED = (
    ("model", _("Learned from closed cases")),
    ("given_keywords", _("Keywords of the kinds")),
    ("learned_keywords", _("Telling words of closed cases")),
    ("majority", _("Always the most frequent kind")),
)
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One suggester's shares, in words of percent."""

    name: Any
    top1: str
    top3: str
    unsure: str
    right: str
    support: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """A measurement before: when, of how many cases, and the shares of what was learned."""

    at: datetime
    cases: int
    kinds: int
    row: Row


COLUMNS: list[Column[Row]] = [
    Column("name", _("Suggested by"), lambda row: row.name, is_header=True),
    Column("top1", _("First is right"), lambda row: row.top1, is_number=True),
    Column("top3", _("Among three"), lambda row: row.top3, is_number=True),
    Column("unsure", _("Unsure"), lambda row: row.unsure, is_number=True),
    Column("right", _("Right when sure"), lambda row: row.right, is_number=True),
    Column("support", _("Cases held out"), lambda row: row.support, is_number=True),
]
EARLIER: list[Column[Earlier]] = [
    Column("at", _("Measured"), lambda one: f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}", is_header=True),
    Column("top1", _("First is right"), lambda one: one.row.top1, is_number=True),
    Column("top3", _("Among three"), lambda one: one.row.top3, is_number=True),
    Column("unsure", _("Unsure"), lambda one: one.row.unsure, is_number=True),
    Column("cases", _("Closed cases"), lambda one: one.cases, is_number=True),
    Column("kinds", _("Kinds of event"), lambda one: one.kinds, is_number=True),
]


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.1%}"


def _row(name: Any, figures: Any) -> Row:
    unsure = None if figures["sure"] is None else 1 - figures["sure"]
    return Row(
        name,
        _percent(figures["top1"]),
        _percent(figures["top3"]),
        _percent(unsure),
        _percent(figures["right_when_sure"]),
        figures["support"],
    )


def _rows(kept: SuggestionQuality) -> list[Row]:
    """The four that are compared; a list of keywords only where the city has one."""
    figures: Any = kept.figures
    return [_row(name, figures[key]) for key, name in COMPARED if figures.get(key)]


def _context(kept: list[SuggestionQuality], may_teach: bool) -> dict[str, Any]:
    trained = events.trained()
    earlier = [Earlier(one.measured_at, one.cases, one.kinds, _rows(one)[0]) for one in kept[1:]]
    return {
        "last": kept[0] if kept else None,
        "rows": Rows(_("Measured on held-out cases"), COLUMNS, _rows(kept[0]) if kept else []),
        "earlier": Rows(_("Earlier measurements"), EARLIER, earlier),
        "is_trained": trained is not None,
        "trained_on": trained.quality.made_on if trained is not None else None,
        "kinds": len(trained.labels) if trained is not None else 0,
        "is_asking": trained is not None and trained.threshold > 1,
        "threshold": _percent(trained.threshold) if trained is not None else NOTHING,
        "may_teach": may_teach,
    }


@require_http_methods(["GET", "POST"])
def suggestions(request: HttpRequest) -> HttpResponse:
    """What suggests now and how good it is; POST lets a job learn and measure."""
    by = looking(request)
    if request.method == "POST":
        try:
            events.order_learning(by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            messages.error(request, in_words(error.problems[0]))
        else:
            messages.success(
                request, gettext("It is being learned and measured; the figures will stand here.")
            )
        return HttpResponseRedirect(reverse("governance:suggestions"))
    context = _context(events.measurements(), bool(access.decide(by, events.SUPERVISE)))
    return render(request, "governance/suggestions.html", context)
