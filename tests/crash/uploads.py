"""A process that reads a file as the worker does, and kills itself at a named point.

`python -m tests.crash.uploads POINT | FILE`. One file is brought, once; FILE is what there is in the end.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import connection  # Django first
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.jobs.worker import LEASE, JobWorker
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Layer, Revision, Upload
from beichen.platforms.geo.source import Asked
from beichen.platforms.geo.uploads import bringing, reading
from tests.crash.driver import after, before

BY = system("crash")
ROWS = 20_000  # more than two pieces
TURNS = 40


def in_the_middle() -> None:
    """Die when the second piece is spooled."""
    calls = {"made": 0}

    def second() -> bool:
        calls["made"] += 1
        return calls["made"] == 2

    after(reading, "_spooled", second)


POINTS: dict[str, Callable[[], None]] = {
    "begun": lambda: before(bringing, "_read"),
    "in the middle of the file": in_the_middle,
    "examined, nothing kept": lambda: before(bringing, "keep_features"),
    "kept, no revision": lambda: after(bringing, "keep_features"),
    "shown, not committed": lambda: after(bringing, "show"),
    "committed, the job is not over": lambda: after(bringing, "_read"),
}


def ready() -> None:
    """The file that is brought, in one request that came to its end."""
    if Upload.objects.exists():
        return
    load_roles(by=BY)
    lines = (f"{125 + n / 100_000:.5f},{43 + n / 100_000:.5f},{n}" for n in range(ROWS))
    sheet = "\n".join(["lon,lat,n", *lines]).encode()
    words = service.LayerWords(key="posts", name="灯杆", source="A survey", licence="CC0-1.0")
    service.bring_layer(io.BytesIO(sheet), "a.csv", words, by=BY)


def shifted(by: timedelta) -> datetime:
    """The time, so much later: who died before is given up at once."""
    return timezone.now() + by


def work() -> None:
    """Ticks until nothing is left, by a clock that goes on past the lease of each worker before."""
    for turn in range(1, TURNS):
        worker = JobWorker(partial(shifted, (LEASE + timedelta(hours=1)) * turn))
        while worker.tick():
            pass
        if not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists():
            return


def report(file: str) -> None:
    """How the upload stands, how many revisions there are, how many features are read from the layer."""
    upload = Upload.objects.get()
    layer = Layer.objects.get(key="posts")
    features = service.source_of(layer, BY).page(Asked(limit=ROWS * 2)).features
    Path(file).write_text(
        f"{upload.state} {upload.kept} {Revision.objects.count()} {len(set(features))} {len(features)}",
        encoding="utf-8",
    )


def main() -> None:
    """Die at the point that the arguments name, or bring it to its end and say what there is."""
    (word,) = sys.argv[1:]
    ready()
    if word in POINTS:
        POINTS[word]()
    work()
    if word not in POINTS:
        report(word)
    connection.close()


if __name__ == "__main__":
    main()
