"""Reading: what waits for an actor, the affairs that an actor sees, one affair's trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from beichen.fronts.services.affair.finding import find_affair
from beichen.fronts.services.affair.version import version_of
from beichen.fronts.services.bpmn.running import Run
from beichen.fronts.services.models import Affair, AffairBody, AffairEvent, Definition, Task, Timer
from beichen.fronts.services.permissions import READ
from beichen.fronts.services.words import CLOSED
from beichen.kernel.access import service as access
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region

HEAVY = ("state", "before", "data", "definition__files", "definition__spec")
"""What no list of affairs shows: each row would bring its process's files along."""


_STATES = ("affair__state", "affair__before")


def tasks_for(by: Actor) -> QuerySet[Task]:
    """The steps that wait within the actor's bodies and regions, the most urgent first.

    Bodies and regions are resolved before the steps are asked for, so that the database meets plain columns
    and serves the list by the index of what waits.
    """
    rows = Task.objects.filter(closed_at=None).select_related("affair__definition", "body", "region")
    rows = rows.defer(*(f"affair__{name}" for name in (*HEAVY, "definition__declared"))).order_by(
        "due_at", "id"
    )
    if by.is_system:
        return rows
    return rows.filter(_within(by, _at_bodies))


def _at_bodies(keys: list[int] | None) -> Q:
    return Q() if keys is None else Q(body__in=keys)


def _within(by: Actor, at: Callable[[list[int] | None], Q]) -> Q:
    """Where the actor reads; ``at`` says of a row that it is at one of these bodies, or at any."""
    parts = [rest & at(bodies) for bodies, rest in _reach(by)]
    return reduce(or_, parts) if parts else Q(pk__in=[])


def _reach(by: Actor) -> list[tuple[list[int] | None, Q]]:
    """The bodies of each area in which the actor reads, None for all, and what else holds there."""
    found = []
    for area in access.areas(by, READ):
        rest = Q(level__lte=int(area.clearance))
        if not _is_whole(area.region_path):
            rest &= Q(region__in=_keys(Region, area.region_path))
        found.append((None if _is_every_body(area.body_path) else _keys(Body, area.body_path), rest))
    return found


def bodies_read(by: Actor) -> list[int] | None:
    """The bodies at which the actor reads, by their rows; None for all of them."""
    if by.is_system:
        return None
    bodies = [keys for keys, _rest in _reach(by)]
    every = any(keys is None for keys in bodies)
    return None if every else sorted({key for keys in bodies for key in keys or ()})


def _keys(model: Any, path: str) -> list[int]:
    return list(model.objects.filter(path__under=path).order_by().values_list("pk", flat=True))


def _is_every_body(path: str) -> bool:
    """Whether all bodies stand below: a list then needs no condition, and is read in its order."""
    return path == EVERYWHERE or not Body.objects.exclude(path__under=path).exists()


def _is_whole(path: str) -> bool:
    city = city_region()
    return path == EVERYWHERE or (city is not None and city.path.startswith(path))


def affairs(by: Actor, *, in_order: bool = False) -> QuerySet[Affair]:
    """The affairs in which a body of the actor takes part, the newest first.

    ``in_order`` asks for the same so that the database reads them in their order and looks at each: quick
    where the bodies take part in many, slow where in few.
    """
    rows = Affair.objects.select_related("definition", "region").defer(*HEAVY)
    rows = rows.order_by("-opened_at", "-id")
    if by.is_system:
        return rows
    reach = _reach(by)
    at = _looked_at if in_order else _of_one if _is_of_one(reach) else _taken_part
    parts = [rest & at(bodies) for bodies, rest in reach]
    return rows.filter(reduce(or_, parts) if parts else Q(pk__in=[]))


def _is_of_one(reach: list[tuple[list[int] | None, Q]]) -> bool:
    """Whether all that the actor reads is at one body: an affair then stands once beside it."""
    keys = {tuple(bodies) if bodies is not None else () for bodies, _rest in reach}
    return len(keys) == 1 and len(keys.pop()) == 1


def _of_one(keys: list[int] | None) -> Q:
    """Led by what the body takes part in: a count that stops need not gather all of it first."""
    return Q(bodies__body__in=keys)


def _taken_part(keys: list[int] | None) -> Q:
    if keys is None:
        return _looked_at(keys)
    return Q(pk__in=AffairBody.objects.order_by().filter(body__in=keys).values("affair_id"))


def _looked_at(keys: list[int] | None) -> Q:
    parts = AffairBody.objects.filter(affair=OuterRef("pk"))
    return Q(Exists(parts if keys is None else parts.filter(body__in=keys)))


def trail(affair: Affair) -> list[AffairEvent]:
    """What happened to an affair that was found for its reader, in its order."""
    return list(AffairEvent.objects.filter(affair=affair).select_related("body").order_by("number"))


def tasks_of(affair: Affair) -> list[Task]:
    """All steps that waited or wait."""
    return list(Task.objects.filter(affair=affair).select_related("body", "region").order_by("number"))


def timers_of(affair: Affair) -> list[Timer]:
    """The timers that run."""
    return list(Timer.objects.filter(affair=affair, closed_at=None).order_by("id"))


def course(affair: Affair, *, by: Actor) -> Mapping[str, list[str]]:
    """Where an affair stands in its diagram: elements that are done, and those that wait.

    Raises ProblemError SRV-301.
    """
    find_affair(affair.code, by=by)
    return course_of(affair)


def course_of(affair: Affair) -> Mapping[str, list[str]]:
    """The same of an affair that its caller found for its reader."""
    run = Run.resume(version_of(affair.definition).specification, affair.state, _nothing)
    if affair.status in CLOSED:
        return {"done": sorted(set(run.done())), "waits": [], "messages": []}
    waits = sorted({one.key for one in [*run.steps(), *run.timers()]})
    return {"done": sorted(set(run.done()) - set(waits)), "waits": waits, "messages": run.messages()}


def _nothing(_step: str, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def processes() -> QuerySet[Definition]:
    """The processes on which affairs may be started."""
    return Definition.objects.filter(is_newest=True, is_offered=True).order_by("key")


def notices(now: datetime | None = None) -> QuerySet[Timer]:
    """What is on public notice (公示): anybody may see it, and object, until its time is over."""
    runs = Q(due_at=None, left__gt=0) | Q(due_at__gt=now or timezone.now())
    rows = Timer.objects.filter(runs, closed_at=None, is_public=True, held_at=None)
    return rows.select_related("affair__definition").defer(*_STATES).order_by("-opened_at")
