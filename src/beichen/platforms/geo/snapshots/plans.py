"""How a condition is asked of one snapshot: found once and kept, since neither of them ever changes.

The part that leaves the fewest rows by an order names the candidates; of these the other parts are asked,
comparisons first. A part that gives one value of its field is decided by the order alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beichen.platforms.geo.conditions import Comparison, Part, box_of, names_of, parts_of
from beichen.platforms.geo.snapshots.orders import Found, Orders
from beichen.platforms.geo.source import Box, Condition, Field


@dataclass(frozen=True, slots=True)
class Rest:
    """What is asked of candidates: comparisons of numbers, then a condition that reads some columns."""

    comparisons: tuple[Comparison, ...]
    condition: Condition | None
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """The box in which all matches lie, the rows among which they are, and what is asked of other rows
    (``whole``) and of these (``after``)."""

    reach: Box | None
    few: Found | None
    whole: Rest
    after: Rest


def plan_of(condition: Condition, fields: tuple[Field, ...], orders: Orders) -> Plan:
    """The plan of a checked condition."""
    parts = parts_of(condition, fields)
    found = [(orders.found(part.bounds), part) for part in parts if part.bounds is not None]
    known = [(few, part) for few, part in found if few is not None]
    few, decided = min(known, key=lambda one: one[0].size, default=(None, None))
    left = [part for part in parts if few is None or not few.is_one_value or part is not decided]
    return Plan(box_of(condition), few, _rest(parts), _rest(left))


def _rest(parts: list[Part]) -> Rest:
    nodes: list[Any] = [part.node for part in parts if not part.comparisons]
    condition = {"op": "and", "args": nodes} if nodes else None
    names = frozenset() if condition is None else names_of(condition)
    return Rest(tuple(one for part in parts for one in part.comparisons), condition, names)
