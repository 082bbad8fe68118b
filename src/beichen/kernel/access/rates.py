"""Rate limits: how often one client may do one thing, by the `limits` library's moving window.

Each web process counts for itself: with N processes a client gets at most N times the rate, which is enough
against a flood and needs no store that all must wait for.
"""

from __future__ import annotations

import math
import threading
import time
from functools import cache

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from beichen.problem import Problem, ProblemError, code, said

SWEEP_SECONDS = 5
TOO_OFTEN = code("ACC-429", "This was done too often.", status=429)


class Windows(MemoryStorage):
    """The library’s store, swept now and then: after every hit it would start a thread, which costs more."""

    swept = 0.0

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 - takes the place of the library's own
        now = time.monotonic()
        if now - self.swept >= SWEEP_SECONDS:
            self.swept = now
            threading.Thread(target=self._MemoryStorage__expire_events, daemon=True).start()  # type: ignore[attr-defined]


@cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(Windows())


@cache
def _rate(text: str) -> RateLimitItem:
    return parse(text)


def check_rate(what: str, who: str, rate: str) -> None:
    """Count one ``what`` of ``who`` at a rate such as ``30/minute``.

    Raises ProblemError ACC-429 whose hint says in how many seconds it may be tried again.
    """
    item = _rate(rate)
    if _limiter().hit(item, what, who):
        return
    seconds = wait_of(what, who, rate)
    hint = said("try again in {seconds} seconds", seconds=seconds)
    raise ProblemError(Problem(TOO_OFTEN, said("at most {rate}", rate=rate), hint=hint))


def wait_of(what: str, who: str, rate: str) -> int:
    """In how many whole seconds the window has room again; at least one."""
    reset = _limiter().get_window_stats(_rate(rate), what, who).reset_time
    return max(1, math.ceil(reset - time.time()))


def forget_rates() -> None:
    """Begin to count anew; for tests."""
    _limiter.cache_clear()
