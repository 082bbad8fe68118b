"""Handling (处置): tasks, steps, evidence, costs, waiting, more time, and the result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import msgspec

from beichen.hubs.events.case import changes as c
from beichen.hubs.events.case.clock import extend, resume
from beichen.hubs.events.case.state import CaseState
from beichen.hubs.events.commands.base import Command, Ground, at_stage, not_waiting
from beichen.hubs.events.kinds.declaration import Kind
from beichen.hubs.events.permissions import DISPATCH, EXTEND, HANDLE, READ
from beichen.hubs.events.problems import NEEDED, NO_PART, bad, not_now, stated
from beichen.hubs.events.words import Part, Stage
from beichen.kernel.scene.durations import duration
from beichen.problem import Problem, ProblemError, Where, said

_ACTING = (Part.LEAD, Part.SUPPORT)
MOST_YUAN = 1e9
MOST_TASKS = 100


class Wait(Command, frozen=True, kw_only=True):
    """Stop the clock, with a reason."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = (Part.LEAD,)
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Waiting, with what is left."""
        state = ground.state
        at_stage(state, Stage.HANDLE)
        not_waiting(state)
        left = state.clock.left(ground.now).total_seconds() if state.clock is not None else 0.0
        return [c.Waiting(reason=stated("reason", self.reason), left=left)]


class Resume(Command, frozen=True, kw_only=True):
    """Let the clock go on with what was left."""

    right: ClassVar[str] = HANDLE
    centre_right: ClassVar[str] = DISPATCH
    parts: ClassVar[tuple[Part, ...]] = (Part.LEAD, Part.CENTRE)

    def decide(self, ground: Ground) -> list[c.Change]:
        """Resumed."""
        state = ground.state
        if not state.waiting or state.clock is None:
            raise not_now(said("the case is not waiting"))
        left = timedelta(seconds=state.left)
        clock = resume(state.stage, ground.now, left, is_working=state.clock.is_working)
        return [c.Resumed(clock=clock)]


class Extend(Command, frozen=True, kw_only=True):
    """Give more time, with a reason."""

    right: ClassVar[str] = EXTEND
    by: str
    reason: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """Extended."""
        state = ground.state
        at_stage(state, Stage.ACCEPT, Stage.DISPATCH, Stage.HANDLE, Stage.VERIFY, Stage.ANSWER)
        not_waiting(state)
        if state.clock is None:
            raise not_now(said("this stage has no clock"))
        try:
            longer = duration(self.by)
        except ValueError:
            raise bad(
                "by", said("{by!r} is no duration", by=self.by[:20]), said("such as 4h or 3d")
            ) from None
        if not 0 < longer.total_seconds() <= 366 * 86400:
            raise bad("by", said("more than nothing and at most a year"))
        return [c.Extended(reason=stated("reason", self.reason), clock=extend(state.clock, longer))]


class AddTask(Command, frozen=True, kw_only=True):
    """Give a part of the work to a body."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = (Part.LEAD,)
    title: str
    body: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """A task with the next number."""
        at_stage(ground.state, Stage.HANDLE)
        if len(ground.state.tasks) >= MOST_TASKS:
            raise not_now(said("a case has at most {limit} tasks", limit=MOST_TASKS))
        body = ground.bodies("body", [stated("body", self.body)])[0]
        number = len(ground.state.tasks) + 1
        return [c.TaskAdded(task=number, title=stated("title", self.title)[:200], body=body)]


class FinishTask(Command, frozen=True, kw_only=True):
    """Say that a part of the work is done."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = _ACTING
    task: int
    result: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """The task is done."""
        at_stage(ground.state, Stage.HANDLE)
        for task in ground.state.tasks:
            if task.number == self.task and task.done_at is None:
                return [c.TaskDone(task=self.task, result=stated("result", self.result))]
        raise ProblemError(
            Problem(NO_PART, said("no open task {number}", number=self.task), Where(field="task"))
        )


class FinishStep(Command, frozen=True, kw_only=True):
    """Tick off a step that the kind declares."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = _ACTING
    step: str
    note: str = ""

    def decide(self, ground: Ground) -> list[c.Change]:
        """The step is done."""
        at_stage(ground.state, Stage.HANDLE)
        if self.step not in {step.key for step in ground.kind.steps}:
            message = said("there is no step {step!r}", step=self.step[:60])
            raise ProblemError(Problem(NO_PART, message, Where(field="step")))
        if self.step in ground.state.steps:
            return []
        return [c.StepDone(step=self.step, note=self.note.strip()[:500])]


class AddEvidence(Command, frozen=True, kw_only=True):
    """Add a stored file; the service stores it first."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = _ACTING
    file: str
    need: str = ""
    note: str = ""

    def decide(self, ground: Ground) -> list[c.Change]:
        """Evidence for a need of the kind, or for none."""
        at_stage(ground.state, Stage.HANDLE, Stage.VERIFY)
        if self.need and self.need not in ground.kind.needed:
            hint = ", ".join(ground.kind.needed)
            raise bad("need", said("{need!r} is not needed here", need=self.need[:60]), hint)
        return [c.EvidenceAdded(file=self.file, need=self.need, note=self.note.strip()[:500])]


class AddCost(Command, frozen=True, kw_only=True):
    """Say what was spent, in yuan."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = _ACTING
    yuan: float
    purpose: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """The cost."""
        at_stage(ground.state, Stage.HANDLE, Stage.VERIFY)
        if not 0 < self.yuan <= MOST_YUAN:
            raise bad("yuan", said("more than nothing and at most {limit}", limit=f"{MOST_YUAN:,.0f}"))
        return [c.CostAdded(yuan=round(self.yuan, 2), purpose=stated("purpose", self.purpose)[:200])]


class Handle(Command, frozen=True, kw_only=True):
    """Report the result."""

    right: ClassVar[str] = HANDLE
    parts: ClassVar[tuple[Part, ...]] = (Part.LEAD,)
    result: str
    answers: dict[str, Any] = msgspec.field(default_factory=dict)

    def decide(self, ground: Ground) -> list[c.Change]:
        """Handled, once everything that the kind needs is there."""
        state, kind = ground.state, ground.kind
        at_stage(state, Stage.HANDLE)
        not_waiting(state)
        text = stated("result", self.result)
        missing = _missing(ground, self.answers)
        if missing:
            raise ProblemError(*missing)
        to = Stage.VERIFY if kind.verify else Stage.ANSWER
        return [c.Handled(result=text, to=to, answers=self.answers, clock=ground.clock(to))]


class Comment(Command, frozen=True, kw_only=True):
    """A remark among the bodies of the case."""

    right: ClassVar[str] = READ
    text: str

    def decide(self, ground: Ground) -> list[c.Change]:
        """The remark."""
        return [c.Commented(text=stated("text", self.text))]


def _called(key: str, kind: Kind) -> str:
    """What people read of a need or a step."""
    steps = {step.key: step.name.label for step in kind.steps}
    return steps.get(key) or kind.needed.get(key, key)


def missing_of(state: CaseState, ground: Ground) -> list[str]:
    """The needs and steps of the kind that are not met yet, by key."""
    given = {one.need for one in state.evidence}
    needs = [need for need in ground.kind.needed if need not in given]
    return needs + [step.key for step in ground.kind.steps if step.key not in state.steps]


def _missing(ground: Ground, answers: dict[str, Any]) -> list[Problem]:
    """Everything that the kind asks for before a result is one."""
    state, kind = ground.state, ground.kind
    found = [
        Problem(NEEDED, said("{need} is missing", need=_called(need, kind)), Where(field=need))
        for need in missing_of(state, ground)
    ]
    for task in state.tasks:
        if task.done_at is None:
            message = said("task {number} is not done", number=task.number)
            found.append(Problem(NEEDED, message, Where(field="task")))
    for name, ask in kind.result.items():
        if ask.required and not str(answers.get(name, "")).strip():
            found.append(Problem(NEEDED, said("{need} is missing", need=ask.name.label), Where(field=name)))
    for name in answers:
        if name not in kind.result:
            raise bad(name[:60], said("{name!r} is not asked for", name=name[:60]))
    return found
