"""A process that publishes or works, and kills itself at a named point.

`python -m tests.crash.driver publish COUNT` and `python -m tests.crash.driver work [POINT]`. The points
wrap the functions between which the process dies; the product itself knows nothing of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import connection, transaction  # Django first

from beichen.kernel.actor import system
from beichen.kernel.bus import delivery, inbox, outbox, parking, pull, relay, service
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.runner import Bus
from beichen.kernel.bus.subscribers import Subscriber

SUBJECTS = 7
STUBBORN = "0"  # the first event of this subject fails at its first attempts
_failures = {"left": 2}


def die() -> None:
    """As a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def note(event: Event) -> None:
    """The effect: a row. A doubled effect would be a second row."""
    if event.subject == STUBBORN and event.data == 0 and _failures["left"]:
        _failures["left"] -= 1
        raise LookupError("not yet")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crash_effect (subject, number) VALUES (%s, %s)", [event.subject, event.data]
        )


def after(module: Any, name: str, when: Callable[[], bool] = lambda: True) -> None:
    """Die when ``module.name`` has returned."""
    original = getattr(module, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if when():
            die()
        return result

    setattr(module, name, wrapped)


def before(module: Any, name: str) -> None:
    """Die when ``module.name`` is called."""
    setattr(module, name, lambda *args, **kwargs: die())


def nth(number: int) -> Callable[[], bool]:
    """True at the ``number``-th call."""
    calls = {"made": 0}

    def count() -> bool:
        calls["made"] += 1
        return calls["made"] == number

    return count


POINTS: dict[str, Callable[[], None]] = {
    "published, not marked": lambda: before(outbox, "mark_relayed"),
    "marked": lambda: after(outbox, "mark_relayed"),
    "claimed, not handled": lambda: after(inbox, "claim"),
    "in the middle of a batch": lambda: after(sys.modules[__name__], "note", nth(20)),
    "parked, not committed": lambda: before(delivery, "_finish"),
    "committed, not acknowledged": lambda: after(delivery, "deliver"),
    "second batch committed": lambda: after(delivery, "deliver", nth(2)),
    "tried again, not committed": lambda: before(parking, "_release_next"),
    "tried again and committed": lambda: after(parking, "try_again", nth(2)),
}


def publish(count: int) -> None:
    """``count`` events in transactions of ten; the last transaction dies after its commit."""
    for start in range(0, count, 10):
        drafts = [
            service.Draft("crash.thing.happened", str(n % SUBJECTS), n) for n in range(start, start + 10)
        ]
        with transaction.atomic():
            service.publish_many(drafts, by=system("crash"))
    die()


async def work() -> None:
    """The bus with one subscriber, until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    handle = Subscriber("crash.note", ("crash.>",), lambda event: sys.modules[__name__].note(event))
    retry = Retry(attempts=20, first=timedelta(milliseconds=1), factor=1, jitter=0)
    await Bus({handle.name: handle}, retry=retry).run(stop)


def main() -> None:
    """Do what the arguments say."""
    if sys.argv[1] == "publish":
        publish(int(sys.argv[2]))
        return
    relay.BATCH = pull.BATCH = 50  # several batches
    if len(sys.argv) > 2:
        POINTS[sys.argv[2]]()
    asyncio.run(work())


if __name__ == "__main__":
    sys.modules["tests.crash.driver"] = sys.modules["__main__"]
    main()
