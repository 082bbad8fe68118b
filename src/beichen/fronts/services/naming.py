"""Acts by name: what forms and programs ask for, with the values that each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from beichen.fronts.services.affair import acting, taking_back
from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection import answering
from beichen.fronts.services.problems import bad
from beichen.kernel.actor import Actor
from beichen.problem import nearest, said

Values = Mapping[str, Any]


def text(values: Values, name: str) -> str:
    """The text under ``name``, empty when there is none. Raises ProblemError SRV-305 for what is no text."""
    found = values.get(name, "")
    if not isinstance(found, str) or "\x00" in found:
        raise bad(name, said("this is no text"))
    return found


def mapping(values: Values, name: str) -> Values:
    """The mapping under ``name``. Raises ProblemError SRV-305."""
    found = values.get(name, {})
    if not isinstance(found, Mapping):
        raise bad(name, said("this is no mapping"))
    return found


def _items(values: Values) -> list[str]:
    found = values.get("items", [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise bad("items", said("this is no list of texts"))
    return found


TASK_ACTS: dict[str, Callable[..., Affair]] = {
    "take": lambda code, number, _values, **more: acting.take(code, number, **more),
    "complete": lambda code, number, values, **more: acting.complete(
        code, number, text(values, "outcome"), mapping(values, "data"), **more
    ),
    "hand-over": lambda code, number, values, **more: acting.hand_over(
        code, number, text(values, "to"), text(values, "reason"), **more
    ),
    "ask-for-material": lambda code, number, values, **more: acting.ask_for_material(
        code, number, _items(values), text(values, "reason"), **more
    ),
    "give-material": lambda code, number, values, **more: acting.give_material(
        code, number, mapping(values, "data"), text(values, "note"), **more
    ),
}
AFFAIR_ACTS: dict[str, Callable[..., Affair]] = {
    "recall": lambda code, values, **more: acting.recall(code, text(values, "reason"), **more),
    "suspend": lambda code, values, **more: acting.suspend(code, text(values, "reason"), **more),
    "resume": lambda code, values, **more: acting.resume(code, text(values, "reason"), **more),
    "withdraw": lambda code, values, **more: taking_back.withdraw(code, text(values, "reason"), **more),
    "annul": lambda code, values, **more: taking_back.annul(code, text(values, "reason"), **more),
    "answer-objection": lambda code, values, **more: answering.answer(
        code, text(values, "objection"), text(values, "ruling"), text(values, "reason"), **more
    ),
    "message": lambda code, values, **more: acting.message(
        code, text(values, "message"), mapping(values, "data"), **more
    ),
}


def act_on_task(
    name: str, code: str, number: int, values: Values, *, by: Actor, expected: int | None = None
) -> Affair:
    """Do what is named to a step. Raises ProblemError SRV-305 for no such act, and the act's own."""
    if name not in TASK_ACTS:
        raise bad("act", said("there is no act {name!r}", name=name[:30]), nearest(name[:30], TASK_ACTS))
    return TASK_ACTS[name](code, number, values, by=by, expected=expected)


def act_on_affair(name: str, code: str, values: Values, *, by: Actor, expected: int | None = None) -> Affair:
    """Do what is named to an affair. Raises ProblemError SRV-305 for no such act, and the act's own."""
    if name not in AFFAIR_ACTS:
        raise bad("act", said("there is no act {name!r}", name=name[:30]), nearest(name[:30], AFFAIR_ACTS))
    return AFFAIR_ACTS[name](code, values, by=by, expected=expected)
