"""What a plan states, in the form in which two plans are compared: quantities, works and bodies.

Pure values; :mod:`.reading` fills them from the database. ``of`` is whose a quantity is: empty for the
whole of the plan's own region, the name of another region, or empty with the subject put into the name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from beichen.plan.service import Name


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a plan promises: a row of its indicator table or a target of its prose.

    ``value`` is None where an indicator prints no number (按省下达). ``lead`` is the body that the sentence
    names as responsible, empty where it names none.
    """

    kind: str
    key: str
    label: str
    name: Name
    of: str
    comparator: str
    value: float | None
    upper: float | None
    unit: str
    period: str
    year: int
    is_binding: bool
    location: str
    quote: str
    number: int = 0
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A project; ``within`` is the heading that its box stands under."""

    key: str
    label: str
    plain: str
    description: str
    location: str
    within: str
    quote: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Organ:
    """A body that the plan names."""

    key: str
    label: str
    kind: str
    location: str
    quote: str


@dataclass(frozen=True)
class Statements:
    """Everything comparable of one plan. ``region`` is the name of its region."""

    key: str
    kind: str
    region: str
    end_year: int
    quantities: tuple[Quantity, ...] = ()
    works: tuple[Work, ...] = ()
    organs: tuple[Organ, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, list[Quantity]]:
        """Quantities by their plain name."""
        found: dict[str, list[Quantity]] = defaultdict(list)
        for item in self.quantities:
            found[item.name.plain].append(item)
        return dict(found)

    @cached_property
    def by_pair(self) -> dict[str, list[str]]:
        """Plain names by each pair of characters in them: where to look for names that are alike."""
        found: dict[str, list[str]] = defaultdict(list)
        for plain, items in self.by_name.items():
            for pair in items[0].name.pairs:
                found[pair].append(plain)
        return dict(found)

    @cached_property
    def dated(self) -> frozenset[tuple[str, str, int]]:
        """(name, whose, year) of every quantity."""
        return frozenset((item.name.plain, item.of, item.year) for item in self.quantities)


@dataclass(frozen=True, slots=True)
class Covers:
    """What of the outline a plan details: headings by location, indicators by number."""

    locations: tuple[str, ...] = ()
    numbers: frozenset[int] = field(default_factory=frozenset)

    def holds(self, location: str) -> bool:
        """Whether a place of the outline stands under a heading that is covered."""
        bare = location.partition("#")[0]
        return any(bare == item or bare.startswith(f"{item}.") for item in self.locations)
