"""What can be done to a case now, by whom looks at it: which commands its page offers.

The event hub decides when a command is given; this only says which forms are worth showing. A test holds both
to each other: what is offered is not refused for the case's stage, and what is not offered would be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beichen.hubs.events.models import Case, CaseDesk
from beichen.hubs.events.pages import (
    COMMANDS,
    CaseState,
    Command,
    Kind,
    Merge,
    Outcome,
    Part,
    Stage,
    kind_of,
    state_of,
)
from beichen.hubs.events.service import IDENTIFY
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor

MOST_TASKS = 100
MERGE = "merge"
OFFERED: dict[str, type[Command]] = {**COMMANDS, MERGE: Merge}
"""The commands by name; merging has a function of its own in the hub and stands here beside them."""

_BEFORE = {Stage.ACCEPT, Stage.DISPATCH}
_WORKING = {Stage.HANDLE, Stage.VERIFY}
Rule = Callable[[CaseState, Kind], bool]


def _reopens(state: CaseState, _kind: Kind) -> bool:
    ended = {Stage.ANSWER, Stage.RATE, Stage.CLOSED}
    return state.stage in ended and state.outcome not in {Outcome.MERGED, Outcome.REFUSED}


def _extends(state: CaseState, _kind: Kind) -> bool:
    return state.clock is not None and not state.waiting and state.stage not in {Stage.RATE, Stage.CLOSED}


def _at(*stages: Stage) -> Rule:
    return lambda state, _kind: state.stage in stages


def _handling(state: CaseState, _kind: Kind) -> bool:
    return state.stage == Stage.HANDLE and not state.waiting


RULES: dict[str, Rule] = {
    "classify": _at(*_BEFORE),
    "regrade": lambda state, _kind: state.is_open,
    "accept": _at(Stage.ACCEPT),
    "refuse": _at(*_BEFORE),
    MERGE: _at(*_BEFORE),
    "dispatch": _at(Stage.DISPATCH),
    "transfer": _at(Stage.HANDLE),
    "return": _at(Stage.HANDLE),
    "escalate": _at(*_BEFORE, *_WORKING),
    "wait": _handling,
    "resume": lambda state, _kind: bool(state.waiting) and state.clock is not None,
    "extend": _extends,
    "add-task": lambda state, _kind: state.stage == Stage.HANDLE and len(state.tasks) < MOST_TASKS,
    "finish-task": lambda state, _kind: (
        state.stage == Stage.HANDLE and any(task.done_at is None for task in state.tasks)
    ),
    "finish-step": lambda state, kind: (
        state.stage == Stage.HANDLE and any(step.key not in state.steps for step in kind.steps)
    ),
    "add-evidence": _at(*_WORKING),
    "add-cost": _at(*_WORKING),
    "handle": _handling,
    "verify": _at(Stage.VERIFY),
    "answer": _at(Stage.ANSWER),
    "reopen": _reopens,
    "close": _at(Stage.RATE),
    "supervise": lambda state, _kind: state.is_open,
    "answer-note": lambda state, _kind: any(not note.answer for note in state.notes),
    "comment": lambda _state, _kind: True,
}
"""When each command can be given, from the case's side."""


def possible(row: Case, *, by: Actor, desks: Sequence[CaseDesk] | None = None) -> list[str]:
    """The commands that ``by`` may give to the case now, in the order of the work; one query at most.

    ``desks`` are those of the case with their bodies and regions, where they are at hand.
    """
    state, kind = state_of(row), kind_of(row)
    found = desks_of(row) if desks is None else desks
    return [name for name in RULES if RULES[name](state, kind) and may(name, found, by=by)]


def desks_of(row: Case) -> list[CaseDesk]:
    """The case's desks with all that a decision looks at."""
    return list(CaseDesk.objects.filter(case=row).select_related("body", "case__region").order_by("id"))


def may(name: str, desks: Sequence[CaseDesk], *, by: Actor) -> bool:
    """Whether one of the actor's posts takes a part in the case to which the command belongs."""
    command = OFFERED[name]
    return any(
        access.decide(by, right, desk)
        for desk in desks
        if desk.part in command.parts
        for right in (command.right, command.centre_right if desk.part == Part.CENTRE else "")
        if right
    )


def may_identify(desks: Sequence[CaseDesk], *, by: Actor) -> bool:
    """Whether the actor may ask who sent a report of the case."""
    return any(access.decide(by, IDENTIFY, desk) for desk in desks if desk.part != Part.PAST)
