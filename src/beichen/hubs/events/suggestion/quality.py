"""How good suggestions are, measured on texts that were held out from learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from beichen.hubs.events.suggestion.suggestions import Suggester

TOP = 3


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares between 0 and 1 of the held-out texts; None where no text could be held out.

    ``top1`` and ``top3``: the label is the first, one of the first three. ``sure``: texts that need no
    second look; ``right_when_sure``: of these, how many had the right label first. ``support`` is the
    number of texts, ``made_on`` the day of the measurement.
    """

    top1: float | None
    top3: float | None
    sure: float | None
    right_when_sure: float | None
    support: int
    made_on: date


def measured(suggester: Suggester, texts: Sequence[str], labels: Sequence[str], *, today: date) -> Quality:
    """The quality of what is suggested for ``texts``, which have these ``labels``."""
    if not texts:
        return Quality(None, None, None, None, 0, today)
    found = suggester.suggest(texts, TOP)
    named = [[one.label for one in row] for row in found]
    first = np.array([row[:1] == [label] for row, label in zip(named, labels, strict=True)])
    among = np.array([label in row for row, label in zip(named, labels, strict=True)])
    sure = np.array([not suggester.is_unsure(row) for row in found])
    right = float(first[sure].mean()) if sure.any() else None
    return Quality(_share(first), _share(among), _share(sure), right, len(texts), today)


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean())
