"""A process that starts affairs, completes steps or lets timers fire, and kills itself at a named point.

`python -m tests.crash.affairs build | start FILE [POINT] | check [POINT] | tick [POINT]`. FILE takes
down what was acknowledged, a line each, before the next is sent: what a clerk knows when the house dies.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import connection  # Django first

from beichen.fronts.services import service
from beichen.fronts.services.affair import acting, ticking
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import town
from beichen.kernel import parcel
from tests.crash.driver import after, nth

COUNT = 12
MIDDLE = 5 if connection.vendor == "postgresql" else 50
"""Which statement of a parcel is the last: PostgreSQL has one for all, SQLite about ten."""

POINTS: dict[str, Callable[[], None]] = {
    "everything written, not committed": lambda: after(acting, "write", nth(5)),
    "committed, not answered": lambda: after(sys.modules[__name__], "_sent", nth(5)),
    "in the middle of what is written": lambda: after(parcel, "send", nth(MIDDLE)),
    "put together, not written": lambda: after(acting, "happened", nth(5)),
    "acted and committed": lambda: after(town, "do", nth(5)),
    "fired, not committed": lambda: after(ticking, "write", nth(5)),
}


def _sent(number: int) -> Any:
    """One application; the same key each time."""
    return town.apply(key=str(number))


def start(file: str) -> None:
    """All applications, each acknowledged before the next."""
    with open(file, "a", encoding="utf-8") as acknowledged:  # noqa: PTH123 - kept open over all
        for number in range(COUNT):
            affair = sys.modules[__name__]._sent(number)
            acknowledged.write(f"{number} {affair.code}\n")
            acknowledged.flush()


def check() -> None:
    """Accept whatever waits at the window."""
    waiting = Affair.objects.filter(tasks__step="check", tasks__closed_at=None).order_by("id")
    for affair in list(waiting):
        town.do(affair, "check", "accept")


def tick() -> None:
    """Let every timer fire that silence has made due."""
    service.tick(town.MONDAY + timedelta(days=10))


def main(words: list[str]) -> None:
    """Do what is asked, and die on the way where a point is named."""
    name, *more = words
    if more and more[-1] in POINTS:
        POINTS[more.pop()]()
    known: dict[str, Callable[..., None]] = {
        "build": town.build,
        "start": start,
        "check": check,
        "tick": tick,
    }
    known[name](*more)


if __name__ == "__main__":
    main(sys.argv[1:])
