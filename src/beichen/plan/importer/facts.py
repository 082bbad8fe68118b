"""The facts of a plan, each with the place where it stands in the source text.

``location`` is the path of numbers as the plan prints them: "10.2.1" is part 10, chapter 2, section 1;
"专栏14" is a box; "0" is what stands before the first heading. ``start`` and ``end`` are character
offsets into :attr:`PlanFacts.text`. ``key`` stays the same when the text around a fact, its number or
its place in the file changes, so that a correction by hand finds its fact again after a re-import.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from beichen.plan.importer.folding import fold
from beichen.problem import Problem

Attribute = Literal["binding", "expected"]
Period = Literal["level", "annual_average", "cumulative"]
Comparator = Literal["=", ">=", ">", "<=", "<", "~"]

_NOT_WORDS = re.compile(r"[\W_]+")


def stable_key(kind: str, *words: str) -> str:
    """A key of 16 hexadecimal digits from words; spaces, punctuation and width do not count."""
    plain = "|".join(_NOT_WORDS.sub("", fold(word)).lower() for word in words)
    return hashlib.sha256(f"{kind}|{plain}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Node:
    """A part, chapter, section, item, box or task of the plan.

    ``start``/``end`` bound the heading (of a task: its paragraph), ``body_end`` is where the node ends.
    A task's location is its section's with ``#`` and its place there.
    """

    key: str
    level: str
    number: int
    title: str
    location: str
    parent: str | None
    start: int
    end: int
    body_end: int


@dataclass(frozen=True, slots=True)
class IndicatorPart:
    """One line of an indicator that is stated in several (urban and rural incomes under one number)."""

    name: str
    unit: str
    base_value: float | None
    base_raw: str
    target_value: float | None
    target_raw: str
    comparator: Comparator | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of the plan's indicator table.

    ``base_value`` and ``target_value`` are None where the table has no number; the ``*_raw`` members
    keep what is printed (「按省下达」). ``period`` says what the target is: a level in the target year,
    an annual average over the plan's years, or a sum over them. ``growth_raw`` keeps the column of
    annual or cumulative growth when the target is a level and the column is filled too. ``parts`` is
    not empty for an indicator of several lines; the values are then those of its first line.
    """

    key: str
    number: int
    group: str
    name: str
    unit: str
    base_value: float | None
    base_raw: str
    base_year: int | None
    target_value: float | None
    target_raw: str
    target_year: int | None
    comparator: Comparator | None
    period: Period
    growth_value: float | None
    growth_raw: str
    attribute: Attribute | None
    parts: tuple[IndicatorPart, ...]
    location: str
    start: int
    end: int
    raw: str


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity that the plan promises in its prose.

    ``value`` and ``unit`` are as printed (80, 万辆); a range has its lower bound in ``value`` and its
    upper bound in ``upper``. ``quote`` is the clause without the source's line breaks.
    """

    key: str
    subject: str
    metric: str
    comparator: Comparator
    value: float
    upper: float | None
    unit: str
    period: Period
    target_year: int
    location: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project named in a box, under the group heading that it stands under."""

    key: str
    box: str
    box_title: str
    group: str
    name: str
    description: str
    location: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a body is named."""

    location: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Body:
    """A named organisation and where it is named; location, start and end are of the first mention."""

    key: str
    name: str
    kind: str
    location: str
    start: int
    end: int
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Everything that was read from a plan, and what was not understood."""

    title: str
    start_year: int
    end_year: int
    source: str
    text: str = field(repr=False)
    outline: tuple[Node, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    projects: tuple[Project, ...]
    bodies: tuple[Body, ...]
    problems: tuple[Problem, ...]


AnyFact = TypeVar("AnyFact", Node, Indicator, Target, Project, Body)


def distinct(facts: Iterable[AnyFact]) -> tuple[AnyFact, ...]:
    """The facts with keys of their own: the second of one key is told apart by its place among them."""
    seen: dict[str, int] = {}
    found: list[AnyFact] = []
    for fact in facts:
        count = seen[fact.key] = seen.get(fact.key, 0) + 1
        found.append(fact if count == 1 else replace(fact, key=stable_key(fact.key, str(count))))
    return tuple(found)
