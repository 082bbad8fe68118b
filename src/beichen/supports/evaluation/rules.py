"""Rules (计分方法): how a value becomes a score from 0 to 100. Pure; exact in fractions.

Every rule is monotone: a value that is better in the rule's direction, the peers' values staying as they are,
never scores less. A rule that looks at peers has no answer for a subject without any.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

FULL, NOTHING = Fraction(100), Fraction(0)


class Rule(Protocol):
    """What every rule answers and admits."""

    def score(self, value: Fraction, peers: Collection[Fraction]) -> Fraction | None:
        """The score of ``value``; ``peers`` are the values of the others. None: it cannot be told."""

    def faults(self) -> Iterator[str]:
        """Everything for which the rule cannot be used, in plain words."""


def _bounded(score: Fraction) -> Fraction:
    return min(FULL, max(NOTHING, score))


@dataclass(frozen=True, slots=True)
class Linear:
    """Nothing at ``floor``, everything at ``ceiling``; a ceiling below the floor says that less is better."""

    floor: Fraction
    ceiling: Fraction

    def score(self, value: Fraction, peers: Collection[Fraction]) -> Fraction | None:
        """In proportion between the two, bounded outside."""
        return _bounded((value - self.floor) / (self.ceiling - self.floor) * FULL)

    def faults(self) -> Iterator[str]:
        """Floor and ceiling must differ."""
        if self.floor == self.ceiling:
            yield "floor and ceiling are the same"


@dataclass(frozen=True, slots=True)
class Steps:
    """The score of the best bound that the value reaches; nothing below the first."""

    steps: tuple[tuple[Fraction, Fraction], ...]
    is_higher_better: bool = True

    def score(self, value: Fraction, peers: Collection[Fraction]) -> Fraction | None:
        """The highest score among the bounds that are reached."""
        reached = [
            score
            for bound, score in self.steps
            if (value >= bound if self.is_higher_better else value <= bound)
        ]
        return max(reached, default=NOTHING)

    def faults(self) -> Iterator[str]:
        """There is a step, no bound stands twice, and scores lie between 0 and 100."""
        if not self.steps:
            yield "there is no step"
        if len({bound for bound, _score in self.steps}) < len(self.steps):
            yield "a step stands twice"
        if any(not NOTHING <= score <= FULL for _bound, score in self.steps):
            yield "a step's score is not between 0 and 100"


@dataclass(frozen=True, slots=True)
class Rank:
    """The share of the peers that are not better: 100 for the best, 0 for the last; equals score alike."""

    is_higher_better: bool = True

    def score(self, value: Fraction, peers: Collection[Fraction]) -> Fraction | None:
        """None without peers: one alone has no rank."""
        if not peers:
            return None
        beaten = sum(other <= value if self.is_higher_better else other >= value for other in peers)
        return Fraction(beaten, len(peers)) * FULL

    def faults(self) -> Iterator[str]:
        """Nothing can be wrong with it."""
        yield from ()


@dataclass(frozen=True, slots=True)
class MinMax:
    """In proportion between the worst and the best of the subject and its peers."""

    is_higher_better: bool = True

    def score(self, value: Fraction, peers: Collection[Fraction]) -> Fraction | None:
        """Everything where all are equal; None without peers."""
        if not peers:
            return None
        low, high = min(value, *peers), max(value, *peers)
        if low == high:
            return FULL
        share = (value - low) if self.is_higher_better else (high - value)
        return share / (high - low) * FULL

    def faults(self) -> Iterator[str]:
        """Nothing can be wrong with it."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Met:
    """Everything where the bound is reached, else nothing."""

    bound: Fraction
    is_higher_better: bool = True

    def score(self, value: Fraction, peers: Collection[Fraction]) -> Fraction | None:
        """Reached exactly is reached."""
        is_met = value >= self.bound if self.is_higher_better else value <= self.bound
        return FULL if is_met else NOTHING

    def faults(self) -> Iterator[str]:
        """Nothing can be wrong with it."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Direct:
    """The value is a score already."""

    def score(self, value: Fraction, peers: Collection[Fraction]) -> Fraction | None:
        """Bounded to 0 and 100."""
        return _bounded(value)

    def faults(self) -> Iterator[str]:
        """Nothing can be wrong with it."""
        yield from ()
