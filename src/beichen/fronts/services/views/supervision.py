"""`/services/supervision`: how affairs stand with their time, per body, each figure with its list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.fronts.services.items.listing import marks_table
from beichen.fronts.services.models import Task
from beichen.fronts.services.permissions import SUPERVISE
from beichen.fronts.services.signs import name_of
from beichen.kernel.access.service import acting, require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.web.tables import Column, Rows, answer


@dataclass(slots=True)
class Standing:
    """How what waits at a body stands."""

    body: Body
    green: int = 0
    yellow: int = 0
    red: int = 0
    paused: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        """How many steps wait."""
        return self.green + self.yellow + self.red + self.paused


def standings(by: Actor) -> list[Standing]:
    """Per body of the actor, from the steps that wait; those with red marks first."""
    now = timezone.now()
    rows = visible(by, SUPERVISE, Task.objects.filter(closed_at=None)).order_by()
    counted = rows.values("body_id").annotate(
        red=Count("id", filter=Q(is_paused=False, due_at__lt=now)),
        yellow=Count("id", filter=Q(is_paused=False, due_at__gte=now, warn_at__lte=now)),
        green=Count("id", filter=Q(is_paused=False, warn_at__gt=now)),
        paused=Count("id", filter=Q(is_paused=True)),
        late=Count("affair_id", filter=Q(affair__promised_at__lt=now, is_paused=False), distinct=True),
    )
    found: list[dict[str, Any]] = [dict(row) for row in counted]
    bodies = Body.objects.in_bulk([row["body_id"] for row in found])
    names = ("red", "yellow", "green", "paused", "late")
    made = [
        Standing(bodies[int(row["body_id"])], **{name: int(row[name]) for name in names}) for row in found
    ]
    return sorted(made, key=lambda one: (-one.red, -one.yellow, one.body.path))


def _link(body: Body, card: str, count: int) -> object:
    if not count:
        return count
    return format_html('<a href="{}?body={}&card={}">{}</a>', reverse("services:desk"), body.key, card, count)


def _late(one: Standing) -> object:
    if not one.late:
        return one.late
    return format_html(
        '<a href="{}?body={}&late=yes">{}</a>', reverse("services:affairs"), one.body.key, one.late
    )


def _table(rows: Iterable[Standing]) -> Rows[Standing]:
    columns: list[Column[Standing]] = [
        Column("body", _("Body"), lambda one: name_of(one.body), is_header=True),
        Column("total", _("Steps that wait"), lambda one: one.total, is_number=True),
        Column(
            "green",
            _("In time"),
            lambda one: one.green,
            lambda one: _link(one.body, "green", one.green),
            is_number=True,
        ),
        Column(
            "yellow",
            _("Yellow"),
            lambda one: one.yellow,
            lambda one: _link(one.body, "yellow", one.yellow),
            is_number=True,
        ),
        Column(
            "red", _("Red"), lambda one: one.red, lambda one: _link(one.body, "red", one.red), is_number=True
        ),
        Column(
            "paused",
            _("Clock stopped"),
            lambda one: one.paused,
            lambda one: _link(one.body, "paused", one.paused),
            is_number=True,
        ),
        Column("late", _("Affairs past the promise"), lambda one: one.late, _late, is_number=True),
    ]
    return Rows(_("How bodies stand"), columns, rows)


@require_safe
def supervision(request: HttpRequest) -> HttpResponseBase:
    """Figures per body above, marks that were given below."""
    by = acting(request)
    require(by, SUPERVISE)
    found = standings(by)
    context = {
        "bodies": _table(found),
        "total": sum(one.total for one in found),
        "red": sum(one.red for one in found),
        "yellow": sum(one.yellow for one in found),
        "late": sum(one.late for one in found),
    }
    return answer(request, marks_table(by), "services/supervision.html", context)
