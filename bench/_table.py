"""How long it takes until the table of readings answers what was sent."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 240.0


POLL = 0.005  # how exactly an end is seen: a hundredth of what the smallest size takes


def until(holds: Callable[[], bool], pause: float = 0.05) -> None:
    """Wait for something that comes true."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("too late")
        time.sleep(pause)


def counted() -> int:
    """How many readings the table answers."""
    from beichen.platforms.warehouse import service as warehouse

    with warehouse.reader() as ask:
        return int(ask.sql("SELECT count(*) AS number FROM readings")["number"][0].as_py())


def _treated() -> int:
    """How many readings are in, as the database says: it costs less to ask than the table."""
    from django.db.models import Sum

    from beichen.platforms.iot.models import Tally

    return int(Tally.objects.aggregate(sum=Sum("number"))["sum"] or 0)


def in_table(size: int, send: Callable[[], None]) -> tuple[float, float]:
    """Seconds until the table holds all that was sent, and until all were acknowledged.

    The database counts a reading after the table has it, so that whoever asks from then on finds it: the
    clock stops there, and that the table answers all of them is looked up after it.
    """
    before, treated = counted(), _treated()
    started = time.perf_counter()
    send()
    acknowledged = time.perf_counter() - started
    until(lambda: _treated() >= treated + size, POLL)
    took = time.perf_counter() - started
    if counted() != before + size:
        raise ValueError(f"{counted() - before} of {size} readings are in the table")
    return took, acknowledged
