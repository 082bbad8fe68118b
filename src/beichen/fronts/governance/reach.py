"""Which cases a person looks at here, and which bodies are the person's own.

Who sees every case is asked nothing more. Where the person's bodies take part in few cases their keys are
listed; where in many, each row of the chosen order is asked. Either way a page costs about what it shows.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case, CaseDesk
from beichen.hubs.events.pages import Stage
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import city_region

FEW = 20_000
OPEN = Q(is_open__in=[True])
"""Open cases, said so that SQLite takes it for an equation: it serves no bare column by an index."""
CENTRE_STAGES = (Stage.ACCEPT, Stage.DISPATCH, Stage.VERIFY, Stage.ANSWER)
"""The stages at which a case waits for its centre; at the others it waits for its lead."""


def looking(request: HttpRequest) -> Actor:
    """Who looks at the console. Raises ProblemError ACC-403, which says who could allow it."""
    by = access.acting(request)
    access.require(by, events.READ)
    return by


def cases_for(by: Actor) -> QuerySet[Case]:
    """The cases that the actor may see, without the column ``state``."""
    rows = Case.objects.select_related("kind", "region", "desk", "centre").defer("state")
    bodies = list(access.visible(by, events.READ, Body.objects.select_related("region").order_by()))
    anywhere = _anywhere(by, bodies)
    if anywhere is None:
        return _somewhere(rows, by, [body.pk for body in bodies])
    rows = rows.filter(level__lte=anywhere)
    keys = [body.pk for body in bodies]
    if not _centres().exclude(pk__in=keys).exists():
        return rows  # every case has a centre, and the actor sees all of theirs
    desks = CaseDesk.objects.order_by().filter(body__in=keys)
    if _are_few(desks):
        return rows.filter(pk__in=desks.values("case_id"))
    return rows.filter(Exists(desks.filter(case=OuterRef("pk"))))


def _centres() -> QuerySet[Body]:
    """The bodies that are the centre of some case."""
    return Body.objects.order_by().filter(Exists(Case.objects.order_by().filter(centre=OuterRef("pk"))))


def _are_few(desks: QuerySet[CaseDesk]) -> bool:
    return desks.values("pk")[: FEW + 1].count() <= FEW


def _somewhere(rows: QuerySet[Case], by: Actor, keys: list[int]) -> QuerySet[Case]:
    """For who sees a body's cases in a part of the city only: each is asked for its region."""
    desks = CaseDesk.objects.order_by().filter(body__in=keys)
    if _are_few(desks):
        return rows.filter(pk__in=access.visible(by, events.READ, desks).values("case_id"))
    return events.cases(by=by)


def _anywhere(by: Actor, bodies: list[Body]) -> int | None:
    """Up to which level the actor sees cases of these bodies wherever in the city they lie; None: not so."""
    city = city_region()
    if city is None or not bodies:
        return None
    desks = [CaseDesk(case=Case(region=city, level=Level.L1), body=body) for body in bodies]
    if not all(access.decide(by, events.READ, desk) for desk in desks):
        return None
    levels = {access.clearance(by, events.READ, desk) for desk in desks}
    return levels.pop() if len(levels) == 1 else None


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
