"""The guided check (智能导办): may this applicant apply, why not, and which papers and fee then follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from beichen.fronts.services.affair.values import read_fields
from beichen.fronts.services.bpmn.expressions import compiled, evaluate
from beichen.fronts.services.declaration import Words
from beichen.fronts.services.items.declaration import Fee, Item, Material
from beichen.problem import ProblemError

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What the answers say so far.

    ``is_eligible`` is None while a condition waits for an answer in ``missing``; ``reasons`` are those of
    conditions that do not hold, each with what to do.
    """

    is_eligible: bool | None
    reasons: tuple[Words, ...] = ()
    missing: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Price:
    """What a service costs in fen, and the rows that say so; ``is_open``: an answer is missing."""

    amount: int
    rows: tuple[Words, ...] = ()
    is_open: bool = False


def check_conditions(item: Item, answers: Answers) -> Eligibility:
    """Whether one who answers so may apply. Raises ProblemError SRV-305 for each answer that cannot be."""
    values = read_fields(item.ask, item.ask, answers, partly=True)
    missing: list[str] = []
    reasons: list[Words] = []
    for condition in item.conditions:
        holds = holds_now(condition.when, values)
        if holds is None:
            missing += [name for name in names_of(condition.when) if name not in values]
        elif not holds:
            reasons.append(condition.otherwise)
    verdict = False if reasons else None if missing else True
    return Eligibility(verdict, tuple(reasons), tuple(dict.fromkeys(missing)), values)


def names_of(text: str) -> list[str]:
    """The names that an expression uses."""
    return list(compiled(text).variables())


def holds_now(text: str, values: Answers) -> bool | None:
    """Whether a condition holds; None when it needs what is not known yet or cannot be worked out.

    What decides by itself needs no more: ``a || b`` holds once ``a`` does.
    """
    try:
        return bool(evaluate(text, values))
    except ProblemError:
        return None


def needed(item: Item, values: Answers) -> dict[str, Material]:
    """The materials that these values need, and those of which that is not known yet."""
    return {key: one for key, one in item.materials.items() if is_required(one, values) is not False}


def is_required(material: Material, values: Answers) -> bool | None:
    """Whether a material is required; None when that is not known yet."""
    return material.required if isinstance(material.required, bool) else holds_now(material.required, values)


def price(fee: Fee | None, values: Answers) -> Price:
    """What it costs: nothing for whom a row frees, else the first row whose condition holds."""
    if fee is None:
        return Price(0)
    is_open = False
    for free in fee.free:
        holds = holds_now(free.when, values)
        if holds:
            return Price(0, (free.name,))
        is_open |= holds is None
    for row in fee.amounts:
        holds = holds_now(row.when, values) if row.when else True
        if holds:
            return Price(round(row.yuan * 100), (row.name,) if row.name else (), is_open)
        is_open |= holds is None
    return Price(0, (), is_open)
