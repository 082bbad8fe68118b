"""What a command is: something that a person or a program wants done to a case, decided against its state.

A command is a value. ``decide`` gives the changes that follow, or refuses with a ProblemError; it writes
nothing and asks nothing but its :class:`Ground`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from msgspec import Struct

from beichen.hubs.events.case.changes import Change
from beichen.hubs.events.case.clock import Clock, start
from beichen.hubs.events.case.state import CaseState
from beichen.hubs.events.kinds.declaration import UNKNOWN, Kind, read_kind
from beichen.hubs.events.kinds.routing import Route, route
from beichen.hubs.events.models import EventKind
from beichen.hubs.events.problems import NO_BODY, NO_KIND, not_now
from beichen.hubs.events.words import OTHER_PARTS, Part, Stage
from beichen.kernel.org.models import Body, Region
from beichen.problem import Problem, ProblemError, Where, said


class Ground:
    """What a decision may look at beside the state: the time, the kind, bodies, the calendar."""

    def __init__(self, state: CaseState, now: datetime, body: str = "") -> None:
        self.state = state
        self.now = now
        self.body = body
        self._kinds: dict[str, Kind] = {}

    def kind_of(self, key: str) -> Kind:
        """The declaration of a kind; what holds for the unclassified when the key is empty. EVT-303."""
        if not key:
            return UNKNOWN
        if key not in self._kinds:
            row = EventKind.objects.filter(key=key).first()
            if row is None:
                message = said("there is no kind of event {key!r}", key=key)
                raise ProblemError(Problem(NO_KIND, message, Where(field="kind")))
            self._kinds[key] = read_kind(row.declared)
        return self._kinds[key]

    @property
    def kind(self) -> Kind:
        """The declaration of the case's kind."""
        return self.kind_of(self.state.kind)

    @cached_property
    def region(self) -> Region:
        """The case's region."""
        return Region.objects.get(code=self.state.region)

    def clock(self, stage: Stage, kind: Kind | None = None) -> Clock | None:
        """The clock of a stage that begins now."""
        chosen = kind or self.kind
        limit = chosen.limit(stage)
        if limit is None:
            return None
        return start(stage, self.now, limit, is_working=chosen.deadlines.working)

    def sure_clock(self, stage: Stage) -> Clock:
        """The same for a stage that always has one."""
        found = self.clock(stage)
        assert found is not None, f"every kind has a limit for {stage}"  # noqa: S101 - DEFAULT_LIMITS says so
        return found

    def route(self) -> Route:
        """Where the routing table sends the case."""
        return route(self.kind, self.region, self.state.grade)

    def bodies(self, field: str, keys: Sequence[str]) -> list[str]:
        """``keys``, each of a current body. Raises ProblemError EVT-304."""
        wanted = list(dict.fromkeys(key for key in keys if key))
        known = set(Body.objects.filter(key__in=wanted, is_current=True).values_list("key", flat=True))
        for key in wanted:
            if key not in known:
                message = said("there is no body {key!r}", key=key)
                raise ProblemError(Problem(NO_BODY, message, Where(field=field)))
        return wanted


class Command(Struct, frozen=True, kw_only=True):
    """Something that is to be done to a case.

    ``right`` is the permission it needs; ``parts`` are those whose body the actor must belong to. Where the
    centre may do what is otherwise the handler's, ``centre_right`` is the permission that it needs for that.
    """

    right: ClassVar[str]
    centre_right: ClassVar[str] = ""
    parts: ClassVar[tuple[Part, ...]] = OTHER_PARTS

    def decide(self, ground: Ground) -> list[Change]:
        """What happens. Raises ProblemError when it cannot."""
        raise NotImplementedError


def at_stage(state: CaseState, *stages: Stage) -> None:
    """Raises ProblemError EVT-301 unless the case stands at one of ``stages``."""
    if state.stage in stages:
        return
    if not state.is_open:
        raise not_now(said("the case is closed"), said("reopen it first"))
    found, wanted = Stage(state.stage).label, ", ".join(str(stage.label) for stage in stages)
    raise not_now(
        said("the case stands at “{found}”", found=found), said("possible at: {wanted}", wanted=wanted)
    )


def not_waiting(state: CaseState) -> None:
    """Raises ProblemError EVT-301 while the clock is stopped."""
    if state.waiting:
        raise not_now(said("the case is waiting"), said("let it go on first"))
