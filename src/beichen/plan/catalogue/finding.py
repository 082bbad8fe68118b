"""A finding of the consistency check (衔接审查): what disagrees, how much it matters, both quotes.

The explanation is a reason with its values, said in the reader's language by :mod:`.wording`. ``key`` is
the same in every check of the same disagreement, whatever its numbers; ``digest`` changes with them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from beichen.plan.catalogue.statements import Organ, Quantity, Work
from beichen.web.numbers import COMPARATORS, figure


class Category(StrEnum):
    """What is wrong."""

    CONTRADICTION = "contradiction"
    GAP = "gap"
    WEAKER = "weaker"
    YEAR = "year"
    UNIT = "unit"
    BODY = "body"


class Severity(StrEnum):
    """How much it matters: what binds, what should agree, what is worth knowing."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a plan with their place: a fact's kind and key, what it says, where."""

    kind: str
    key: str
    label: str
    amount: str
    year: int | None
    location: str
    words: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement; ``ours`` is the outline's side, ``theirs`` the plan's."""

    category: Category
    severity: Severity
    reason: str
    subject: str
    ours: Quote | None
    theirs: Quote | None
    anchor: str
    match: float = 1.0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Stable through re-checks and new filings."""
        ours = f"{self.ours.kind}/{self.ours.key}" if self.ours else ""
        return hashlib.sha256(f"{self.category}|{ours}|{self.anchor}".encode()).hexdigest()[:16]

    @property
    def digest(self) -> str:
        """Of what both sides say: a decision holds as long as these numbers stand."""
        sides = [f"{side.amount}@{side.year}" if side else "" for side in (self.ours, self.theirs)]
        return hashlib.sha256("|".join(sides).encode()).hexdigest()[:16]


def amount_of(item: Quantity) -> str:
    """A quantity as people write it."""
    if item.value is None:
        return ""
    upper = f"–{figure(item.upper)}" if item.upper is not None else ""
    return f"{COMPARATORS.get(item.comparator, '')}{figure(item.value)}{upper}{item.unit}"


def quote_quantity(item: Quantity) -> Quote:
    """The words of a quantity."""
    return Quote(item.kind, item.key, item.label, amount_of(item), item.year, item.location, item.quote)


def quote_work(item: Work) -> Quote:
    """The words of a project."""
    return Quote("projects", item.key, item.label, "", None, item.location, item.quote)


def quote_organ(item: Organ) -> Quote:
    """The words of a body."""
    return Quote("bodies", item.key, item.label, "", None, item.location, item.quote)
