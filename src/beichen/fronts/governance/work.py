"""What a department has to do next: the cases of the actor's own bodies, grouped by what they wait for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beichen.fronts.governance.reach import CENTRE_STAGES, OPEN, own_bodies
from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case, CaseDesk
from beichen.hubs.events.pages import Part, Stage, state_of
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.web.counted import CountedRows

SHOWN = 20
_NOTED = 200


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that wait for the same thing; ``count`` may be more than are shown."""

    key: str
    title: Any
    rows: list[Case]
    count: int
    address: str


def _queue(**chosen: str) -> str:
    return f"{reverse('governance:queue')}?{urlencode({**chosen, 'mine': 'yes'})}"


def _group(key: str, title: Any, rows: QuerySet[Case], address: str) -> Group:
    found = CountedRows.of(rows.order_by(F("due_at").asc(nulls_last=True), "id"))[:SHOWN]
    count = len(found) if len(found) < SHOWN else CountedRows.of(rows).count()
    return Group(key, title, found, count, address)


def _unanswered(rows: QuerySet[Case]) -> Group:
    """Cases with a supervision note that nobody answered; only cases that have a note are read whole."""
    noted = rows.filter(supervisions__gt=0).defer(None).select_related("kind", "region", "desk", "centre")
    found = [
        row
        for row in noted.order_by(F("due_at").asc(nulls_last=True), "id")[:_NOTED]
        if any(not note.answer for note in state_of(row).notes)
    ]
    return Group("notes", _("Notes to answer"), found[:SHOWN], len(found), _queue())


def groups(by: Actor) -> list[Group]:
    """The groups that have cases, the most pressing first; about two queries a group."""
    own = [body.pk for body in own_bodies(by)]
    rows = Case.objects.select_related("kind", "region", "desk", "centre").defer("state").filter(OPEN)
    led = rows.filter(desk__in=own)
    handling = led.filter(stage=Stage.HANDLE, is_waiting=False)
    found = [
        _unanswered(led),
        _group(
            "returned", _("Came back: to handle again"), handling.filter(_came_back()), _queue(stage="handle")
        ),
        _group("handle", _("To handle"), handling.exclude(_came_back()), _queue(stage="handle")),
        _group("support", _("To support"), _supported(rows, own), reverse("governance:queue")),
        _group("waiting", _("Waiting"), led.filter(is_waiting=True), _queue(time="waiting")),
    ]
    found += [
        _group(str(stage), stage.label, rows.filter(centre__in=own, stage=stage), _queue(stage=str(stage)))
        for stage in CENTRE_STAGES
        if _is_centre(by)
    ]
    return [one for one in found if one.rows]


def _is_centre(by: Actor) -> bool:
    return any(access.decide(by, right) for right in (events.ACCEPT, events.DISPATCH, events.VERIFY))


def _came_back() -> Q:
    return Q(handled_at__isnull=False)


def _supported(rows: QuerySet[Case], own: list[int]) -> QuerySet[Case]:
    desks = CaseDesk.objects.filter(body__in=own, part=Part.SUPPORT)
    return rows.filter(pk__in=desks.values("case_id"), stage=Stage.HANDLE)
