"""Which statement of the outline a statement of a plan speaks of: by name, then by likeness.

Names are compared as :mod:`beichen.plan.likeness` brings them to one form. Two quantities pair only when
they are of the same region, or when the plan's is of a part of the outline's; a growth never pairs with a
level; names that are alike but not the same need units of one dimension.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from beichen.hubs.data.service import convert
from beichen.plan.catalogue.statements import Quantity, Statements
from beichen.plan.service import ALIKE, Name, likeness
from beichen.problem import ProblemError

_SHORTEST = 2  # a name of one character says nothing
_COUNTERS = frozenset(["个", "家", "座", "所", "处", "条", "项", "户", "名", "件", "套", "台", "只"])


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement of the outline and one of the plan that speak of the same; ``is_part``: of a part of it."""

    ours: Quantity
    theirs: Quantity
    match: float
    is_part: bool


def converted(value: float, unit: str, into: str) -> float | None:
    """``value`` of ``unit`` as ``into``, None when they measure different things.

    Counters of single things (个, 家, 座) say the same number.
    """
    if unit in _COUNTERS and into in _COUNTERS:
        return value
    try:
        return float(convert(Decimal(str(value)), unit, into))
    except ProblemError:
        return None


def _extent(outline: Statements, plan: Statements, ours: Quantity, theirs: Quantity) -> bool | None:
    """False for the same region, True for a part of it, None when they have nothing to do with each other."""
    whole, part = ours.of or outline.region, theirs.of or plan.region
    if whole == part:
        return False
    return True if not ours.of and part == plan.region else None


def _alike(name: Name, outline: Statements) -> list[tuple[float, str]]:
    """Names of the outline that are like ``name``, with their likeness."""
    if len(name.plain) < _SHORTEST:
        return []
    if name.plain in outline.by_name:
        return [(1.0, name.plain)]
    shared = Counter(plain for pair in name.pairs for plain in outline.by_pair.get(pair, ()))
    least = ALIKE * name.pairs.total() / 2
    found = [
        (likeness(name, outline.by_name[plain][0].name), plain)
        for plain, count in shared.items()
        if count >= least / 2
    ]
    return [item for item in found if item[0] >= ALIKE]


def _rank(pair: Pair) -> tuple[float, bool, bool, bool, bool, bool]:
    ours, theirs = pair.ours, pair.theirs
    return (
        pair.match,
        ours.year == theirs.year,
        ours.value == theirs.value,
        ours.period == theirs.period,
        ours.is_binding,
        ours.kind == "indicators",
    )


def pair_of(theirs: Quantity, outline: Statements, plan: Statements) -> Pair | None:
    """The outline's statement that ``theirs`` speaks of: the likest, of the same year if there is one."""
    found: list[Pair] = []
    for match, plain in _alike(theirs.name, outline):
        for ours in outline.by_name[plain]:
            is_part = _extent(outline, plan, ours, theirs)
            if is_part is None or ours.name.is_growth != theirs.name.is_growth:
                continue
            if match < 1 and converted(1, theirs.unit, ours.unit) is None:
                continue
            found.append(Pair(ours, theirs, match, is_part))
    return max(found, key=_rank, default=None)


def pairs_of(outline: Statements, plan: Statements) -> list[Pair]:
    """Every pair, in the order of the plan."""
    found = (pair_of(item, outline, plan) for item in plan.quantities)
    return [pair for pair in found if pair is not None]
