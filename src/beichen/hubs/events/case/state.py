"""The state of a case, folded from its events: pure, so that everything can be derived anew.

``evolve`` never refuses: what happened, happened. Whether something may happen is decided before
(:mod:`.commands`), against the state. The module is long because each of the thirty events has its rule here,
and a fold that is spread over files cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar, cast

from msgspec import Struct

from beichen.hubs.events.case import changes as c
from beichen.hubs.events.case.clock import ALERTS, Clock
from beichen.hubs.events.words import Outcome, Stage

ChangeT = TypeVar("ChangeT", bound=c.Change)


class Task(Struct):
    """A part of the work."""

    number: int
    title: str
    body: str
    result: str = ""
    done_at: datetime | None = None


class Note(Struct):
    """A supervision note."""

    number: int
    text: str
    at: datetime
    by: str
    overdue: str = ""
    answer: str = ""
    answered_at: datetime | None = None


class Evidence(Struct):
    """A file and what it shows."""

    file: str
    need: str
    note: str
    body: str


class CaseState(Struct, kw_only=True):
    """Everything that a case is at one moment."""

    version: int = 0
    title: str = ""
    text: str = ""
    kind: str = ""
    place: c.Place | None = None
    address: str = ""
    region: str = ""
    answers: dict[str, Any] = {}
    grade: int = 4
    centre: str = ""
    lead: str = ""
    support: list[str] = []
    supervisors: list[str] = []
    past: list[str] = []
    stage: str = Stage.ACCEPT
    outcome: str = ""
    merged_into: str = ""
    clock: Clock | None = None
    alerted: int = 0
    waiting: str = ""
    left: float = 0.0
    reports: list[str] = []
    tasks: list[Task] = []
    steps: list[str] = []
    evidence: list[Evidence] = []
    costs: float = 0.0
    result: str = ""
    answer: str = ""
    refusal: str = ""
    ratings: dict[str, int] = {}
    notes: list[Note] = []
    returns: int = 0
    reopenings: int = 0
    appeals: int = 0
    opened_at: datetime | None = None
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    accepted_in_time: bool | None = None
    handled_in_time: bool | None = None
    answered_in_time: bool | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.stage != Stage.CLOSED

    @property
    def alert_at(self) -> datetime | None:
        """When the clock next has something to say; None while it stands still."""
        if self.clock is None or self.waiting or not self.is_open:
            return None
        return self.clock.alert_after(self.alerted)

    def is_in_time(self, at: datetime) -> bool | None:
        """Whether the stage that ends at ``at`` ends in time; None where it has no clock."""
        return None if self.clock is None else at <= self.clock.due


class Happened(Struct, frozen=True):
    """A change with the envelope of its event."""

    number: int
    at: datetime
    by: str
    body: str
    change: c.Change


def fold(events: Iterable[Happened], state: CaseState | None = None) -> CaseState:
    """The state after ``events``, in their order."""
    found = state or CaseState()
    for event in events:
        evolve(found, event)
    return found


def evolve(state: CaseState, event: Happened) -> None:
    """Let one event happen to ``state``."""
    _RULES[type(event.change)](state, event, event.change)
    state.version = event.number


_Rule = Callable[[CaseState, Happened, Any], None]
_RULES: dict[type[c.Change], _Rule] = {}


def _rule(kind: type[ChangeT]) -> Callable[[Callable[[CaseState, Happened, ChangeT], None]], _Rule]:
    def register(rule: Callable[[CaseState, Happened, ChangeT], None]) -> _Rule:
        _RULES[kind] = cast("_Rule", rule)
        return _RULES[kind]

    return register


def _to(state: CaseState, stage: str, clock: Clock | None) -> None:
    """Enter a stage with its own clock."""
    state.stage, state.clock, state.alerted, state.waiting, state.left = stage, clock, 0, "", 0.0


@_rule(c.Opened)
def _opened(state: CaseState, event: Happened, change: c.Opened) -> None:
    for name in ("title", "text", "kind", "place", "address", "region", "centre", "grade"):
        setattr(state, name, getattr(change, name))
    state.answers, state.reports, state.opened_at = dict(change.answers), [change.report], event.at
    _to(state, Stage.ACCEPT, change.clock)


@_rule(c.Joined)
def _joined(state: CaseState, _event: Happened, change: c.Joined) -> None:
    if change.report not in state.reports:
        state.reports = [*state.reports, change.report]


@_rule(c.Classified)
def _classified(state: CaseState, _event: Happened, change: c.Classified) -> None:
    state.kind = change.kind


@_rule(c.Graded)
def _graded(state: CaseState, _event: Happened, change: c.Graded) -> None:
    state.grade = change.grade


@_rule(c.Accepted)
def _accepted(state: CaseState, event: Happened, change: c.Accepted) -> None:
    state.accepted_in_time, state.accepted_at = state.is_in_time(event.at), event.at
    _to(state, Stage.DISPATCH, change.clock)


@_rule(c.Refused)
def _refused(state: CaseState, event: Happened, change: c.Refused) -> None:
    state.refusal, state.accepted_in_time = change.reason, state.is_in_time(event.at)
    state.outcome, state.closed_at = Outcome.REFUSED, event.at
    _to(state, Stage.CLOSED, None)


@_rule(c.Appealed)
def _appealed(state: CaseState, _event: Happened, change: c.Appealed) -> None:
    state.outcome, state.refusal, state.closed_at = "", "", None
    state.appeals += 1
    _to(state, Stage.ACCEPT, change.clock)


def _desks(state: CaseState, lead: str, support: Iterable[str] = ()) -> None:
    """Change who acts; whoever acted before still sees the case."""
    before = {state.lead, *state.support} - {""}
    state.lead, state.support = lead, [body for body in dict.fromkeys(support) if body != lead]
    state.past = [*dict.fromkeys([*state.past, *sorted(before)])]


@_rule(c.Dispatched)
def _dispatched(state: CaseState, event: Happened, change: c.Dispatched) -> None:
    state.dispatched_at = event.at
    _desks(state, change.lead, change.support)
    _to(state, Stage.HANDLE, change.clock)


@_rule(c.Transferred)
def _transferred(state: CaseState, _event: Happened, change: c.Transferred) -> None:
    _desks(state, change.lead, state.support)


@_rule(c.Returned)
def _returned(state: CaseState, _event: Happened, change: c.Returned) -> None:
    state.returns += 1
    _desks(state, "")
    _to(state, Stage.DISPATCH, change.clock)


@_rule(c.Escalated)
def _escalated(state: CaseState, _event: Happened, change: c.Escalated) -> None:
    state.supervisors = [*dict.fromkeys([*state.supervisors, change.to])]


@_rule(c.Waiting)
def _waiting(state: CaseState, _event: Happened, change: c.Waiting) -> None:
    state.waiting, state.left = change.reason, change.left


@_rule(c.Resumed)
def _resumed(state: CaseState, _event: Happened, change: c.Resumed) -> None:
    state.waiting, state.left, state.clock = "", 0.0, change.clock
    state.alerted = min(state.alerted, ALERTS[-2])  # what was overdue may have got time again


@_rule(c.Extended)
def _extended(state: CaseState, _event: Happened, change: c.Extended) -> None:
    state.clock, state.alerted = change.clock, change.clock.share_at(_event.at, 0)


@_rule(c.TaskAdded)
def _task_added(state: CaseState, _event: Happened, change: c.TaskAdded) -> None:
    state.tasks = [*state.tasks, Task(change.task, change.title, change.body)]
    if change.body not in {state.lead, state.centre, *state.support}:
        state.support = [*state.support, change.body]


@_rule(c.TaskDone)
def _task_done(state: CaseState, event: Happened, change: c.TaskDone) -> None:
    for task in state.tasks:
        if task.number == change.task:
            task.result, task.done_at = change.result, event.at


@_rule(c.StepDone)
def _step_done(state: CaseState, _event: Happened, change: c.StepDone) -> None:
    state.steps = [*dict.fromkeys([*state.steps, change.step])]


@_rule(c.EvidenceAdded)
def _evidence_added(state: CaseState, event: Happened, change: c.EvidenceAdded) -> None:
    found = Evidence(change.file, change.need, change.note, event.body)
    state.evidence = [*state.evidence, found]


@_rule(c.CostAdded)
def _cost_added(state: CaseState, _event: Happened, change: c.CostAdded) -> None:
    state.costs = round(state.costs + change.yuan, 2)


@_rule(c.Handled)
def _handled(state: CaseState, event: Happened, change: c.Handled) -> None:
    state.result, state.handled_at = change.result, event.at
    state.answers = {**state.answers, **change.answers}
    in_time = state.is_in_time(event.at)
    # A case that was late once stays late, however quick its second round is.
    state.handled_in_time = in_time if state.handled_in_time is not False else False
    _to(state, change.to, change.clock)


@_rule(c.Verified)
def _verified(state: CaseState, _event: Happened, change: c.Verified) -> None:
    if not change.is_passed:
        state.steps = []
    _to(state, Stage.ANSWER if change.is_passed else Stage.HANDLE, change.clock)


@_rule(c.Answered)
def _answered(state: CaseState, event: Happened, change: c.Answered) -> None:
    if state.answered_at is None:
        state.answered_in_time = state.is_in_time(event.at)
    state.answer, state.answered_at = change.text, event.at
    _to(state, Stage.RATE, None)


@_rule(c.Rated)
def _rated(state: CaseState, _event: Happened, change: c.Rated) -> None:
    state.ratings = {**state.ratings, change.report: change.stars}


@_rule(c.Reopened)
def _reopened(state: CaseState, _event: Happened, change: c.Reopened) -> None:
    state.reopenings += 1
    state.outcome, state.closed_at, state.steps = "", None, []
    _to(state, Stage.HANDLE if state.lead else Stage.DISPATCH, change.clock)


@_rule(c.Closed)
def _closed(state: CaseState, event: Happened, change: c.Closed) -> None:
    state.outcome, state.merged_into, state.closed_at = change.outcome, change.into, event.at
    _to(state, Stage.CLOSED, None)


@_rule(c.Supervised)
def _supervised(state: CaseState, event: Happened, change: c.Supervised) -> None:
    state.notes = [*state.notes, Note(change.note, change.text, event.at, event.by, change.overdue)]


@_rule(c.NoteAnswered)
def _note_answered(state: CaseState, event: Happened, change: c.NoteAnswered) -> None:
    for note in state.notes:
        if note.number == change.note:
            note.answer, note.answered_at = change.text, event.at


@_rule(c.Warned)
def _warned(state: CaseState, _event: Happened, change: c.Warned) -> None:
    state.alerted = change.share


@_rule(c.Commented)
def _commented(_state: CaseState, _event: Happened, _change: c.Commented) -> None:
    """A remark changes nothing."""
