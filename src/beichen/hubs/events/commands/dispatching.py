"""Dispatching (分发): to a lead and supporting bodies, on to another, back to the centre, up to one above."""

from __future__ import annotations

from typing import ClassVar

from beichen.hubs.events.case import changes as c
from beichen.hubs.events.commands.base import Command, Ground, at_stage
from beichen.hubs.events.permissions import DISPATCH, HANDLE
from beichen.hubs.events.problems import NO_ROUTE, bad, stated
from beichen.hubs.events.words import Part, Stage
from beichen.problem import Problem, ProblemError, Where, said


class Dispatch(Command, frozen=True, kw_only=True):
    """Give the case to a lead; without one to whom the routing table says."""

    right: ClassVar[str] = DISPATCH
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)
    lead: str = ""
    support: tuple[str, ...] = ()
    note: str = ""

    def decide(self, ground: Ground) -> list[c.Change]:
        """Dispatched."""
        at_stage(ground.state, Stage.DISPATCH)
        clock = ground.clock(Stage.HANDLE)
        if self.lead:
            lead = ground.bodies("lead", [self.lead])[0]
            support = tuple(ground.bodies("support", self.support))
            return [c.Dispatched(lead=lead, support=support, note=self.note.strip()[:500], clock=clock)]
        way = ground.route()
        if way.lead is None:
            message = said("no row of the routing table fits")
            raise ProblemError(Problem(NO_ROUTE, message, Where(field="lead"), said("choose a lead")))
        chosen = tuple(ground.bodies("support", [*(body.key for body in way.support), *self.support]))
        note = self.note.strip()[:500]
        return [
            c.Dispatched(lead=way.lead.key, support=chosen, row=way.row, why=way.why, note=note, clock=clock)
        ]


class Transfer(Command, frozen=True, kw_only=True):
    """Pass the case on to another lead; the clock goes on."""

    right: ClassVar[str] = DISPATCH
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE, Part.LEAD)
    lead: str
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Transferred."""
        at_stage(ground.state, Stage.HANDLE)
        lead = ground.bodies("lead", [stated("lead", self.lead)])[0]
        if lead == ground.state.lead:
            raise bad("lead", said("the case is there already"))
        return [c.Transferred(lead=lead, was=ground.state.lead, reason=stated("reason", self.reason))]


class Return(Command, frozen=True, kw_only=True):
    """The lead gives the case back to the centre."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = (Part.LEAD,)
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Returned."""
        at_stage(ground.state, Stage.HANDLE)
        return [c.Returned(reason=stated("reason", self.reason), clock=ground.clock(Stage.DISPATCH))]


class Escalate(Command, frozen=True, kw_only=True):
    """Call in a body above."""

    right: ClassVar[str] = HANDLE
    centre_right: ClassVar[str] = DISPATCH
    parts: ClassVar[tuple[Part, ...]] = (Part.LEAD, Part.CENTRE)
    to: str
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Escalated."""
        at_stage(ground.state, Stage.ACCEPT, Stage.DISPATCH, Stage.HANDLE, Stage.VERIFY)
        to = ground.bodies("to", [stated("to", self.to)])[0]
        return [c.Escalated(to=to, reason=stated("reason", self.reason))]
