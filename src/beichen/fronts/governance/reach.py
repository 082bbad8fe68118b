"""Which cases a person looks at here, and which bodies are the person's own.

Where the person takes part in few cases their keys are listed; where in many, each row of the chosen order is
asked whether they do. Either way a page costs about what it shows.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case, CaseDesk
from beichen.hubs.events.pages import Stage
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body

FEW = 2000
CENTRE_STAGES = (Stage.ACCEPT, Stage.DISPATCH, Stage.VERIFY, Stage.ANSWER)
"""The stages at which a case waits for its centre; at the others it waits for its lead."""


def looking(request: HttpRequest) -> Actor:
    """Who looks at the console. Raises ProblemError ACC-403, which says who could allow it."""
    by = access.acting(request)
    access.require(by, events.READ)
    return by


def cases_for(by: Actor) -> QuerySet[Case]:
    """The cases that the actor may see, without the column ``state``."""
    desks = access.visible(by, events.READ, CaseDesk.objects.order_by())
    if desks.values("pk")[: FEW + 1].count() > FEW:
        return events.cases(by=by)
    rows = Case.objects.select_related("kind", "region", "desk", "centre").defer("state")
    return rows.filter(pk__in=desks.values("case_id"))


def own_bodies(by: Actor) -> list[Body]:
    """The bodies at which the actor holds a post that sees cases, in their order."""
    paths = {scope.body_path for scope in by.scopes if scope.body_path}
    rows = Body.objects.select_related("region").filter(path__in=paths, is_current=True).order_by("path")
    return [body for body in rows if access.decide(by, events.READ, body)]


def ours(by: Actor) -> Q:
    """Cases that wait for one of the actor's own bodies: as the lead, or as the centre."""
    own = [body.pk for body in own_bodies(by)]
    is_lead = Q(desk__in=own)
    if any(access.decide(by, right) for right in (events.ACCEPT, events.DISPATCH, events.VERIFY)):
        return is_lead | Q(centre__in=own, stage__in=CENTRE_STAGES)
    return is_lead
