"""What is offered is what the hub would take: every command, at every point of a case's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from beichen.fronts.governance.forms import FORMS
from beichen.fronts.governance.possible import MERGE, OFFERED, RULES, desks_of, may, possible
from beichen.fronts.governance.words import LABELS
from beichen.hubs.events import service
from beichen.hubs.events.case.projection import state_of
from beichen.hubs.events.commands import (
    Accept,
    AddTask,
    Answer,
    Close,
    Command,
    Dispatch,
    Handle,
    Refuse,
    Resume,
    Supervise,
    Verify,
    Wait,
)
from beichen.hubs.events.commands.base import Ground
from beichen.hubs.events.models import Case
from beichen.hubs.events.pages import kind_of
from beichen.hubs.events.problems import NO_PART, NOT_NOW
from beichen.hubs.events.tests import city
from beichen.problem import Problem, ProblemError

SPECIMENS: dict[str, dict[str, object]] = {
    "classify": {"kind": "works.internal"},
    "regrade": {"grade": 1, "reason": "x"},
    "accept": {},
    "refuse": {"reason": "x"},
    "merge": {"into": "x"},
    "dispatch": {"lead": "roads"},
    "transfer": {"lead": "gardens", "reason": "x"},
    "return": {"reason": "x"},
    "escalate": {"to": "government", "reason": "x"},
    "wait": {"reason": "x"},
    "resume": {},
    "extend": {"by": "1d", "reason": "x"},
    "add-task": {"title": "x", "body": "roads"},
    "finish-task": {"task": 1, "result": "x"},
    "finish-step": {"step": "made-safe"},
    "add-evidence": {"file": "x"},
    "add-cost": {"yuan": 1.0, "purpose": "x"},
    "handle": {"result": "x"},
    "verify": {"is_passed": True},
    "answer": {"text": "x"},
    "reopen": {"reason": "x"},
    "close": {},
    "supervise": {"text": "x"},
    "answer-note": {"note": 1, "text": "x"},
    "comment": {"text": "x"},
}
NOT_HERE = {NOT_NOW, NO_PART}
ALWAYS_TOLD = {"add-evidence", "handle"}  # refused for what is missing, not for where the case stands


def way(kind: str, **facts: Any) -> Iterator[Case]:
    """A case at each point of its way."""
    now = city.MONDAY
    row = city.report(kind=kind, **facts).case
    yield row
    steps: list[Command] = [
        Accept(is_routed=False),
        Dispatch(lead="east"),
        Supervise(text="?"),
        AddTask(title="x", body="roads"),
        Wait(reason="x"),
        Resume(),
    ]
    for command in steps:
        row = service.act(row.code, command, by=city.SETUP, now=now + timedelta(minutes=1))
        yield row


def finish(kind: str) -> Iterator[Case]:
    """The end of the way."""
    row = city.report(kind=kind).case
    for command in (
        Accept(is_routed=False),
        Dispatch(lead="east"),
        Handle(result="x"),
        Verify(is_passed=True),
        Answer(text="x"),
        Close(),
    ):
        row = service.act(row.code, command, by=city.SETUP, now=city.MONDAY)
        yield row


def refused(kind: str) -> Iterator[Case]:
    """A case that was not taken on."""
    row = city.report(kind=kind).case
    yield service.act(row.code, Refuse(reason="x"), by=city.SETUP, now=city.MONDAY)


def _is_taken(row: Case, name: str) -> bool:
    command = OFFERED[name](**SPECIMENS[name])
    try:
        command.decide(Ground(state_of(row), city.MONDAY))
    except ProblemError as error:
        return not {problem.code for problem in error.problems} & NOT_HERE
    return True


@pytest.mark.parametrize("walk", [way, finish, refused])
def test_what_is_offered_is_what_the_hub_takes(walk: Callable[[str], Iterator[Case]]) -> None:
    for row in walk("works.road-damaged"):
        for name, rule in RULES.items():
            if name == "finish-step":
                continue  # the kind has no steps: the next test
            offered = rule(state_of(row), kind_of(row))
            assert offered == _is_taken(row, name), (row.stage, name)


def test_steps_are_offered_until_they_are_done() -> None:
    row = city.report("树倒了", kind="works.tree-fallen", answers={"blocks": "road"}).case
    assert "finish-step" in possible(row, by=city.SETUP)
    row = service.act(
        row.code, service.command_of("finish-step", {"step": "made-safe"}), by=city.SETUP, now=city.MONDAY
    )
    assert "finish-step" not in possible(row, by=city.SETUP)


def test_every_command_has_a_rule_a_form_and_words() -> None:
    assert set(RULES) == set(OFFERED) == set(FORMS) == set(LABELS) == set(SPECIMENS)
    assert MERGE in RULES


def test_who_takes_no_part_is_offered_nothing() -> None:
    row = city.report().case
    assert possible(row, by=city.person("officer", "gardens")) == []
    assert possible(row, by=city.attendant())[:4] == ["classify", "regrade", "accept", "refuse"]


ROLES = (
    ("attendant", "centre"),
    ("officer", "centre"),
    ("officer", "east"),
    ("officer", "roads"),
    ("officer", "gardens"),
    ("supervisor", "government"),
    ("grid-worker", "east"),
)


@pytest.mark.parametrize(("role", "body"), ROLES)
def test_who_is_offered_a_command_is_whom_the_hub_lets_give_it(role: str, body: str) -> None:
    row = city.report().case
    for command in (Accept(is_routed=False), Dispatch(lead="east", support=("roads",))):
        row = service.act(row.code, command, by=city.SETUP, now=city.MONDAY)
    by = city.person(role, body)
    desks = desks_of(row)
    for name in SPECIMENS:
        if name == MERGE:
            continue  # a function of its own in the hub
        try:
            with transaction.atomic():
                service.act(row.code, OFFERED[name](**SPECIMENS[name]), by=by, now=city.MONDAY)
                raise ProblemError(Problem("EVT-301", "undone"))
        except ProblemError as error:
            # A case that the actor does not see is none for them.
            is_let = not {"ACC-403", "EVT-308"} & {problem.code for problem in error.problems}
        assert may(name, desks, by=by) == is_let, name
