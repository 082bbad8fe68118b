"""A process that takes readings in, and kills itself at a named point.

`python -m tests.crash.readings prepare FILE | work [POINT] | report FILE`: a device whose token is written
into the file; the gateway, in small batches; what there is in the tables, and what a rule raised.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import connection  # Django first

from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.iot import collecting, gateway, keeping, service, speaking
from beichen.platforms.iot.models import Firing
from beichen.platforms.iot.rules import watching
from beichen.platforms.iot.tests import ground
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse import writing
from tests.crash.driver import after, before, nth

POINTS: dict[str, Callable[[], None]] = {
    "in the table, no receipt": lambda: after(writing, "_append", nth(2)),
    "written, not finished": lambda: before(keeping, "finish"),
    "raised, not finished": lambda: after(watching.Watch, "take", nth(2)),
    "finished, not committed": lambda: after(keeping, "finish", nth(2)),
}
RULE = {"on": "well.level_m", "when": "level_m > 10", "for": "2s", "raise": "drainage.high"}


def prepare(file: str) -> None:
    """A well, its device, and a rule about it."""
    ground.town()
    ground.well()
    ground.device(rate=10_000)
    types = {"well": {"fields": ground.WELL.fields, "measures": ground.WELL.measures}}
    service.declare_rules({"high": RULE}, types, scene="drainage", by=ground.BY)
    Path(file).write_text(service.issue_token("D-1", by=ground.BY), encoding="utf-8")


def report(file: str) -> None:
    """Every count of the table, why readings were refused, since when the rule was raised and until when, and
    how many events the bus carries of each type."""
    with warehouse.reader() as ask:
        counts = "SELECT value FROM readings WHERE measure = 'count' ORDER BY value"
        values = ask.sql(counts)["value"].to_pylist()
        reasons = ask.sql("SELECT DISTINCT reason FROM refused_readings")["reason"].to_pylist()
    firings = Firing.objects.order_by("since", "pk").values_list("since", "fired_at", "cleared_at")
    told = [OutboxEvent.objects.filter(type=kind).count() for kind in ("drainage.high", "iot.rule.cleared")]
    lines = (
        (int(value) for value in values),
        reasons,
        (":".join(str(int(at.timestamp())) if at else "" for at in firing) for firing in firings),
        told,
    )
    Path(file).write_text("\n".join(" ".join(map(str, line)) for line in lines), encoding="utf-8")


async def work() -> None:
    """The gateway, until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await gateway.Gateway().run(stop)


def main() -> None:
    """Do what the arguments say."""
    word, *rest = sys.argv[1:]
    if word == "work":
        collecting.MOST_MESSAGES, collecting.LINGER_SECONDS = 20, 0.05
        speaking.FIRST_PAUSE = 0.05
        if rest:
            POINTS[rest[0]]()
        asyncio.run(work())
    else:
        {"prepare": prepare, "report": report}[word](rest[0])
    connection.close()


if __name__ == "__main__":
    sys.modules["tests.crash.readings"] = sys.modules["__main__"]
    main()
