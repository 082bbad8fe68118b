"""Supervising (督办): a note that the lead must answer, and the clock's own warnings."""

from __future__ import annotations

from typing import ClassVar

from beichen.hubs.events.case import changes as c
from beichen.hubs.events.case.clock import ALERTS
from beichen.hubs.events.commands.base import Command, Ground, at_stage
from beichen.hubs.events.permissions import HANDLE, SUPERVISE
from beichen.hubs.events.problems import NO_PART, stated
from beichen.hubs.events.words import OPEN_STAGES, Part
from beichen.problem import Problem, ProblemError, Where, said


class Supervise(Command, frozen=True, kw_only=True):
    """Ask the lead how it can be."""

    right: ClassVar[str] = SUPERVISE
    text: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """A note with the next number."""
        at_stage(ground.state, *OPEN_STAGES)
        return [c.Supervised(note=len(ground.state.notes) + 1, text=stated("text", self.text))]


class AnswerNote(Command, frozen=True, kw_only=True):
    """Answer a supervision note."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = (Part.LEAD,)
    note: int
    text: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """The answer."""
        for note in ground.state.notes:
            if note.number == self.note and not note.answer:
                return [c.NoteAnswered(note=self.note, text=stated("text", self.text))]
        message = said("no open note {number}", number=self.note)
        raise ProblemError(Problem(NO_PART, message, Where(field="note")))


class Warn(Command, frozen=True, kw_only=True):
    """The clock speaks: at 50, 80 and 100 percent of a stage's time, then once a day.

    Overdue (100) writes a supervision note by itself, once a stage: 督办 with its own trail.
    """

    right: ClassVar[str] = SUPERVISE
    parts: ClassVar[tuple[Part, ...]] = (Part.CENTRE,)

    def decide(self, ground: Ground) -> list[c.Change]:
        """What the clock says now; nothing when it has said so before or stands still."""
        state = ground.state
        alert_at = state.alert_at
        if state.clock is None or alert_at is None or alert_at > ground.now:
            return []
        share = state.clock.share_at(ground.now, state.alerted)
        if share <= state.alerted:
            return []
        found: list[c.Change] = [c.Warned(stage=state.stage, share=share)]
        if state.alerted < ALERTS[-1] <= share:
            found.append(c.Supervised(note=len(state.notes) + 1, overdue=state.stage))
        return found
