"""Verifying, answering, rating (核查、反馈、评价), closing and opening again."""

from __future__ import annotations

from typing import ClassVar

from beichen.hubs.events.case import changes as c
from beichen.hubs.events.commands.base import Command, Ground, at_stage
from beichen.hubs.events.permissions import SEND, VERIFY
from beichen.hubs.events.problems import NO_PART, bad, not_now, stated
from beichen.hubs.events.words import Outcome, Part, Stage
from beichen.problem import Problem, ProblemError, Where, said


class Verify(Command, frozen=True, kw_only=True):
    """A checker looks at the result: passed goes on to the answer, failed back to the lead."""

    right: ClassVar[str] = VERIFY
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE, Part.SUPERVISOR)
    is_passed: bool
    note: str = ""

    def decide(self, ground: Ground) -> list[c.Change]:
        """Verified."""
        at_stage(ground.state, Stage.VERIFY)
        note = self.note.strip()[:2000] if self.is_passed else stated("note", self.note)
        clock = ground.clock(Stage.ANSWER if self.is_passed else Stage.HANDLE)
        return [c.Verified(is_passed=self.is_passed, note=note, clock=clock)]


class Answer(Command, frozen=True, kw_only=True):
    """Answer the reporters in plain words."""

    right: ClassVar[str] = VERIFY
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE, Part.LEAD)
    text: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Answered; to be rated."""
        at_stage(ground.state, Stage.ANSWER)
        return [c.Answered(text=stated("text", self.text))]


class Rate(Command, frozen=True, kw_only=True):
    """A reporter says how it went; unsolved opens the case again, once every report has spoken it closes."""

    right: ClassVar[str] = SEND
    report: str
    stars: int
    is_solved: bool = True
    opinion: str = ""

    def decide(self, ground: Ground) -> list[c.Change]:
        """Rated, and what follows from it."""
        state = ground.state
        if state.answered_at is None or state.outcome not in {"", Outcome.RESOLVED}:
            raise not_now(said("what was not answered yet is not rated"))
        if self.report not in state.reports:
            raise ProblemError(Problem(NO_PART, said("the case has no such report"), Where(field="report")))
        if not 1 <= self.stars <= 5:
            raise bad("stars", said("one to five"))
        rated = c.Rated(
            report=self.report,
            stars=self.stars,
            is_solved=self.is_solved,
            opinion=self.opinion.strip()[:1000],
        )
        found: list[c.Change] = [rated]
        if not self.is_solved and state.reopenings == 0:
            # Without the opinion, which stands in the rating: a reporter's words are kept in one place.
            found.append(c.Reopened(reason="", clock=ground.sure_clock(Stage.HANDLE)))
        elif state.stage == Stage.RATE and not set(state.reports) - {*state.ratings, self.report}:
            found.append(c.Closed(outcome=Outcome.RESOLVED))
        return found


class Reopen(Command, frozen=True, kw_only=True):
    """Handle the case again."""

    right: ClassVar[str] = VERIFY
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE, Part.SUPERVISOR)
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Reopened."""
        state = ground.state
        if state.outcome == Outcome.MERGED:
            raise not_now(said("it goes on in another case"), state.merged_into)
        if state.outcome == Outcome.REFUSED or state.stage not in {Stage.ANSWER, Stage.RATE, Stage.CLOSED}:
            raise not_now(said("only what was handled is opened again"))
        clock = ground.sure_clock(Stage.HANDLE if state.lead else Stage.DISPATCH)
        return [c.Reopened(reason=stated("reason", self.reason), clock=clock)]


class Close(Command, frozen=True, kw_only=True):
    """Nobody will rate it any more."""

    right: ClassVar[str] = VERIFY
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)

    def decide(self, ground: Ground) -> list[c.Change]:
        """Closed as resolved."""
        at_stage(ground.state, Stage.RATE)
        return [c.Closed(outcome=Outcome.RESOLVED)]
