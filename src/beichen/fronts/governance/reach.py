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
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region

FEW = 20_000
OPEN = Q(is_open__in=[True])
"""Open cases, said so that SQLite takes it for an equation: it serves no bare column by an index."""
CLOSED = Q(is_open__in=[False])
CENTRE_STAGES = (Stage.ACCEPT, Stage.DISPATCH, Stage.VERIFY, Stage.ANSWER)
"""The stages at which a case waits for its centre; at the others it waits for its lead."""


def looking(request: HttpRequest) -> Actor:
    """Who looks at the console. Raises ProblemError ACC-403, which says who could allow it."""
    by = access.acting(request)
    access.require(by, events.READ)
    return by


def cases_for(by: Actor) -> QuerySet[Case]:
    """The cases that ``hubs.events.cases`` gives to the actor, without the column ``state``."""
    rows = Case.objects.select_related("kind", "region", "desk", "centre").defer("state")
    reaches = access.reach(by, events.READ)
    keys = _bodies_within(by, {region for region, _level in reaches})
    desks = CaseDesk.objects.order_by().filter(body__in=keys)
    level = _level_anywhere(reaches)
    if level is None:
        seen = access.visible(by, events.READ, desks)
        return rows.filter(pk__in=seen.values("case_id")) if _are_few(desks) else events.cases(by=by)
    rows = rows.filter(level__lte=level)
    if not _centres().exclude(pk__in=keys).exists():
        return rows  # every case has a centre, and the actor sees all of theirs
    if _are_few(desks):
        return rows.filter(pk__in=desks.values("case_id"))
    return rows.filter(Exists(desks.filter(case=OuterRef("pk"))))


def _bodies_within(by: Actor, regions: set[str]) -> list[int]:
    """The keys of the bodies of which the actor sees cases in one of these regions (paths)."""
    cases = [Case(region=Region(path=path), level=Level.L1) for path in regions]
    return [
        body.pk
        for body in Body.objects.order_by()
        if any(access.decide(by, events.READ, CaseDesk(case=case, body=body)) for case in cases)
    ]


def _level_anywhere(reaches: list[tuple[str, Level]]) -> int | None:
    """The level up to which all posts see cases all over the city; None: they differ, or see a part."""
    city = city_region()
    levels = {level for _region, level in reaches}
    is_whole = city is not None and all(city.path.startswith(region) for region, _level in reaches)
    return levels.pop() if is_whole and len(levels) == 1 else None


def _centres() -> QuerySet[Body]:
    """The bodies that are the centre of some case."""
    return Body.objects.order_by().filter(Exists(Case.objects.order_by().filter(centre=OuterRef("pk"))))


def _are_few(desks: QuerySet[CaseDesk]) -> bool:
    return desks.values("pk")[: FEW + 1].count() <= FEW


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
