"""What a pair of quantities says against each other: unit, year, then number by direction.

A number of a part of the region is held against the outline's only where a part can be: a share or a rate
must not fall short, an amount must not exceed the whole. Nothing is compared that the units library
cannot convert, and nothing across different years; both are findings of their own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from beichen.plan.catalogue.finding import Category, Finding, Severity, quote_quantity
from beichen.plan.catalogue.pairing import Pair, converted
from beichen.plan.catalogue.statements import Quantity, Statements
from beichen.plan.service import lower_is_better
from beichen.web.numbers import figure

_RATE = re.compile(r"[%‰/]|岁|小时|分钟|\A天\Z|年\Z|百分点")
_RATE_NAME = re.compile(r"人均|平均|每[百千万十]|率\Z|比\Z|浓度|寿命")
ABOUT = 0.05
"""How far from a number 左右 reaches."""
FURTHER = 0.1
"""From which share on a number that goes further than the outline's contradicts it."""
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both numbers in the outline's unit, and what they are."""

    ours: float
    theirs: float
    lower: bool
    slack: float

    @property
    def shortfall(self) -> float:
        """By how much the plan stays behind the outline; negative when it goes further."""
        return self.theirs - self.ours if self.lower else self.ours - self.theirs


def is_rate(item: Quantity) -> bool:
    """Whether the quantity is a share or a rate, which a part of a region can have as well as the whole."""
    return _RATE.search(item.unit) is not None or _RATE_NAME.search(item.name.plain) is not None


def _finding(pair: Pair, category: Category, severity: Severity, reason: str, **details: str) -> Finding:
    return Finding(
        category,
        severity,
        reason,
        pair.ours.label,
        quote_quantity(pair.ours),
        quote_quantity(pair.theirs),
        f"{pair.theirs.name.plain}|{pair.theirs.of}",
        round(pair.match, 2),
        details,
    )


def _severity(pair: Pair) -> Severity:
    if pair.ours.is_binding:
        return Severity.HIGH
    return Severity.LOW if pair.is_part else Severity.MEDIUM


def _bound(item: Quantity, lower: bool) -> float:
    """The end of the promise that is held against the outline: the worse one of a range."""
    if item.upper is None:
        return item.value or 0.0
    return max(item.value or 0.0, item.upper) if lower else min(item.value or 0.0, item.upper)


def _is_counted_alike(pair: Pair) -> bool:
    ours, theirs = pair.ours, pair.theirs
    yearly = (ours.period == "annual_average") != (theirs.period == "annual_average")
    return not yearly or ours.name.is_growth or is_rate(ours)


def _numbers(pair: Pair) -> Iterator[Finding]:
    """The findings of two numbers of one unit and year."""
    ours, theirs = pair.ours, pair.theirs
    lower = lower_is_better(ours.label, ours.comparator)
    bound = _bound(theirs, lower)
    value = converted(bound, theirs.unit, ours.unit)
    if value is None or ours.value is None:
        return
    slack = abs(ours.value) * (ABOUT if ours.comparator == "~" or theirs.comparator == "~" else 0.0)
    sides = _Sides(_bound(ours, lower), value, lower, slack)
    shown = {"ours": figure(sides.ours), "theirs": figure(value), "unit": ours.unit}
    if pair.is_part and not is_rate(ours):
        if value > sides.ours * (1 + _EXACT) and not lower:
            yield _finding(pair, Category.CONTRADICTION, Severity.HIGH, "exceeds-whole", **shown)
        return
    opposed = {ours.comparator[:1], theirs.comparator[:1]} == {"<", ">"}
    if sides.shortfall > slack + abs(sides.ours) * _EXACT:
        if opposed:
            yield _finding(pair, Category.CONTRADICTION, _severity(pair), "opposed", **shown)
        else:
            share = figure(round(100 * sides.shortfall / abs(sides.ours), 1)) if sides.ours else ""
            yield _finding(pair, Category.WEAKER, _severity(pair), "falls-short", **shown, share=share)
    elif not pair.is_part and _goes_far(sides, ours, theirs):
        yield _finding(pair, Category.CONTRADICTION, Severity.MEDIUM, "other-number", **shown)


def _goes_far(sides: _Sides, ours: Quantity, theirs: Quantity) -> bool:
    """Whether a plan of the same region states quite another number, though a better one."""
    if ours.comparator in {">", ">=", "<", "<="} or theirs.comparator in {"<", "<="} or not sides.ours:
        return False
    return -sides.shortfall > sides.slack + abs(sides.ours) * FURTHER


def compare(pair: Pair, plan: Statements) -> Iterator[Finding]:
    """Everything in which the pair disagrees."""
    ours, theirs = pair.ours, pair.theirs
    if ours.value is None or theirs.value is None:
        return
    if not math.isfinite(theirs.value) or not _is_counted_alike(pair):
        yield _finding(pair, Category.UNIT, Severity.MEDIUM, "counted-otherwise")
        return
    if converted(1.0, theirs.unit, ours.unit) is None:
        yield _finding(
            pair, Category.UNIT, Severity.MEDIUM, "not-comparable", ours=ours.unit, theirs=theirs.unit
        )
        return
    if ours.year != theirs.year:
        if (theirs.name.plain, theirs.of, ours.year) not in plan.dated:
            later = theirs.year > ours.year
            severity = Severity.HIGH if ours.is_binding and later else Severity.MEDIUM
            reason = "later-year" if later else "earlier-year"
            yield _finding(
                pair, Category.YEAR, severity, reason, ours=str(ours.year), theirs=str(theirs.year)
            )
        return
    if converted(1.0, theirs.unit, ours.unit) != 1.0:
        value = converted(theirs.value, theirs.unit, ours.unit)
        shown = figure(round(value, 4)) if value is not None else ""
        yield _finding(
            pair, Category.UNIT, Severity.LOW, "other-unit", theirs=theirs.unit, ours=ours.unit, value=shown
        )
    yield from _numbers(pair)
    if ours.lead and theirs.lead and ours.lead != theirs.lead:
        yield _finding(pair, Category.BODY, Severity.MEDIUM, "other-lead", ours=ours.lead, theirs=theirs.lead)
