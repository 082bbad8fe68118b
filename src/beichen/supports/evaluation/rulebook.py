"""From what a criterion states to the rule that scores it, and everything for which it cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from beichen.hubs.data.service import Direction
from beichen.supports.evaluation.rules import Direct, Linear, Met, MinMax, Rank, Rule, Steps
from beichen.supports.evaluation.words import RuleName

DIRECTED = (RuleName.STEPS, RuleName.RANK, RuleName.MIN_MAX, RuleName.MET)


class UnusableError(ValueError):
    """A rule that cannot be used: the parameter at fault, and why."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter, self.message = parameter, message


def exact(value: Any) -> Fraction:
    """A stated number as it was written. Raises ValueError for what is no finite number."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(str(value)) from None
    if not number.is_finite():
        raise ValueError(str(value))
    return Fraction(number)


def _number(parameters: Mapping[str, Any], name: str) -> Fraction:
    if name not in parameters:
        raise UnusableError(name, f"{name} is missing")
    try:
        return exact(parameters[name])
    except ValueError:
        raise UnusableError(name, f"{name} is no number") from None


def _linear(parameters: Mapping[str, Any], is_higher_better: bool) -> Rule:
    return Linear(_number(parameters, "floor"), _number(parameters, "ceiling"))


def _steps(parameters: Mapping[str, Any], is_higher_better: bool) -> Rule:
    try:
        pairs = tuple((exact(bound), exact(score)) for bound, score in parameters.get("steps", ()))
    except (TypeError, ValueError):
        raise UnusableError("steps", "a step is a bound and a score") from None
    return Steps(pairs, is_higher_better)


def _met(parameters: Mapping[str, Any], is_higher_better: bool) -> Rule:
    return Met(_number(parameters, "bound"), is_higher_better)


BUILDERS: Mapping[str, Callable[[Mapping[str, Any], bool], Rule]] = {
    RuleName.LINEAR: _linear,
    RuleName.STEPS: _steps,
    RuleName.MET: _met,
    RuleName.RANK: lambda _parameters, is_higher_better: Rank(is_higher_better),
    RuleName.MIN_MAX: lambda _parameters, is_higher_better: MinMax(is_higher_better),
    RuleName.DIRECT: lambda _parameters, _is_higher_better: Direct(),
}
FAULTY = {RuleName.LINEAR: "ceiling", RuleName.STEPS: "steps"}


def rule_of(name: str, parameters: Mapping[str, Any], direction: str) -> Rule:
    """The rule ``name`` with its parameters; ``direction`` is the evidence's, unless the parameters say one.

    Raises UnusableError where it cannot be used.
    """
    if name not in BUILDERS:
        raise UnusableError("rule", "no rule says how a value becomes a score")
    chosen = parameters.get("direction") or direction
    if name in DIRECTED and chosen not in (Direction.HIGHER, Direction.LOWER):
        raise UnusableError("direction", "nothing says which way is better")
    rule = BUILDERS[name](parameters, chosen != Direction.LOWER)
    for fault in rule.faults():
        raise UnusableError(FAULTY.get(RuleName(name), "rule"), fault)
    return rule
