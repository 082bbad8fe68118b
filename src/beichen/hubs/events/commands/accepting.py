"""Accepting (受理): deciding the kind and the grade, taking a case on or not, joining it to another."""

from __future__ import annotations

from typing import ClassVar

from beichen.hubs.events.case import changes as c
from beichen.hubs.events.commands.base import Command, Ground, at_stage
from beichen.hubs.events.permissions import ACCEPT, SEND
from beichen.hubs.events.problems import EMPTY, bad, not_now, stated
from beichen.hubs.events.words import Grade, Outcome, Part, Stage
from beichen.problem import Problem, ProblemError, Where, said

_BEFORE_HANDLING = (Stage.ACCEPT, Stage.DISPATCH)


class Classify(Command, frozen=True, kw_only=True):
    """Say what kind of event it is."""

    right: ClassVar[str] = ACCEPT
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)
    kind: str
    by_suggestion: float | None = None

    def decide(self, ground: Ground) -> list[c.Change]:
        """The kind, and its own grade where that differs."""
        at_stage(ground.state, *_BEFORE_HANDLING)
        kind = ground.kind_of(stated("kind", self.kind))
        if self.kind == ground.state.kind:
            return []
        found: list[c.Change] = [
            c.Classified(kind=self.kind, was=ground.state.kind, by_suggestion=self.by_suggestion)
        ]
        if kind.grade.default != ground.state.grade:
            found.append(c.Graded(grade=kind.grade.default, was=ground.state.grade))
        return found


class Regrade(Command, frozen=True, kw_only=True):
    """Change the grade, with a reason."""

    right: ClassVar[str] = ACCEPT
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)
    grade: int
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """The grade."""
        if not ground.state.is_open:
            at_stage(ground.state)
        if self.grade not in Grade.values:
            raise bad("grade", said("a grade is 1 to 4"))
        if self.grade == ground.state.grade:
            return []
        return [c.Graded(grade=self.grade, was=ground.state.grade, reason=stated("reason", self.reason))]


class Accept(Command, frozen=True, kw_only=True):
    """Take the case on, and dispatch it where its routing table says where to."""

    right: ClassVar[str] = ACCEPT
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)
    is_routed: bool = True

    def decide(self, ground: Ground) -> list[c.Change]:
        """Accepted; dispatched too when a row fits and that is wanted."""
        state = ground.state
        at_stage(state, Stage.ACCEPT)
        if not state.kind:
            hint = said("classify it first")
            raise ProblemError(Problem(EMPTY, said("the case has no kind"), Where(field="kind"), hint))
        found: list[c.Change] = [c.Accepted(clock=ground.clock(Stage.DISPATCH))]
        way = ground.route() if self.is_routed else None
        if way is not None and way.lead is not None:
            found.append(
                c.Dispatched(
                    lead=way.lead.key,
                    support=tuple(body.key for body in way.support),
                    row=way.row,
                    why=way.why,
                    clock=ground.clock(Stage.HANDLE),
                )
            )
        return found


class Refuse(Command, frozen=True, kw_only=True):
    """Do not take the case on; the reporter reads why and may appeal."""

    right: ClassVar[str] = ACCEPT
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Refused."""
        at_stage(ground.state, *_BEFORE_HANDLING)
        return [c.Refused(reason=stated("reason", self.reason))]


class Appeal(Command, frozen=True, kw_only=True):
    """A reporter objects to the refusal; once a case."""

    right: ClassVar[str] = SEND
    text: str
    report: str = ""

    def decide(self, ground: Ground) -> list[c.Change]:
        """Back to be accepted, with a new clock."""
        if ground.state.outcome != Outcome.REFUSED:
            raise not_now(said("only a refusal is appealed"))
        if ground.state.appeals:
            raise not_now(said("a refusal is appealed once"))
        text = stated("text", self.text)
        return [c.Appealed(text=text, report=self.report, clock=ground.sure_clock(Stage.ACCEPT))]


class Merge(Command, frozen=True, kw_only=True):
    """The case is about the same as another and is closed into it; see the service's ``join``."""

    right: ClassVar[str] = ACCEPT
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)
    into: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Closed into the other."""
        at_stage(ground.state, *_BEFORE_HANDLING)
        return [c.Closed(outcome=Outcome.MERGED, into=self.into)]
