"""When to try again: exponential back-off with jitter, a limit, and then a dead letter."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


def _fraction() -> float:
    return secrets.randbelow(1_000_000) / 1_000_000


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how soon. With the values below: eight attempts within an hour and a half.

    ``jitter`` spreads each delay by that part of it, so that what failed together does not come back
    together. ``fraction`` gives numbers in [0, 1).
    """

    attempts: int = 8
    first: timedelta = timedelta(seconds=1)
    factor: float = 4.0
    longest: timedelta = timedelta(hours=1)
    jitter: float = 0.25
    fraction: Callable[[], float] = _fraction

    def due(self, failed: int, now: datetime) -> datetime | None:
        """When to try again after ``failed`` attempts; None when that was the last."""
        if failed >= self.attempts:
            return None
        delay = min(self.first * self.factor ** (failed - 1), self.longest)
        return now + delay * (1 + self.jitter * (2 * self.fraction() - 1))
