"""A suggestion, and what everything that suggests can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label and how much speaks for it: a share between 0 and 1."""

    label: str
    share: float


class Suggester(Protocol):
    """What classifiers and keywords have in common."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything that may be suggested."""

    def suggest(self, texts: Sequence[str], top: int = 3) -> list[list[Suggestion]]:
        """For each text at most ``top`` suggestions, the best first, shares summing to at most 1.

        None for a text in which nothing is known.
        """

    def is_unsure(self, suggestions: Sequence[Suggestion]) -> bool:
        """Whether a person should look before the best of them is acted upon."""


def ranked(labels: Sequence[str], shares: Sequence[float], top: int) -> list[Suggestion]:
    """The ``top`` best of the labels for which anything speaks; of equals the one named first."""
    order = sorted(range(len(labels)), key=lambda at: -shares[at])[: max(0, top)]
    return [Suggestion(labels[at], float(shares[at])) for at in order if shares[at] > 0]
