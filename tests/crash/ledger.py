"""A process that seals, or brings what was sealed into the log, and kills itself at a named point.

`python -m tests.crash.ledger seal COUNT`: in transactions of three, the last of which dies before it commits.
`python -m tests.crash.ledger work [POINT | @MOMENT]`: as the worker does, until nothing waits. `verify` fails
when anything is wrong, `prove FOLDER` writes proofs of entries there.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import transaction  # Django first

from beichen.kernel.actor import system
from beichen.kernel.levels import Level
from beichen.platforms.ledger import integrating, service, store
from beichen.platforms.ledger.models import Entry, Log
from tests.crash.driver import after, before, die, nth
from tests.crash.moments import watched

BY = system("crash")
POINTS: dict[str, Callable[[], None]] = {
    "places given, not committed": lambda: in_the_update(),
    "places committed": lambda: before(integrating, "write_tiles"),
    "one tile written": lambda: after(store, "put"),
    "three tiles written": lambda: after(store, "put", nth(3)),
    "tiles written, nothing signed": lambda: before(integrating, "write_checkpoint"),
    "signed and committed": lambda: after(integrating, "write_checkpoint"),
}


def in_the_update() -> None:
    """Die when places have been given, before their transaction commits."""
    original = Log.save

    def save(self: Log, *values: Any, **named: Any) -> None:
        original(self, *values, **named)
        if named.get("update_fields") == ["size"]:
            die()

    setattr(Log, "save", save)  # noqa: B010 - the product knows nothing of it


def seal(count: int) -> None:
    """Seal things in transactions of three; the last dies before its commit."""
    for start in range(0, count, 3):
        with transaction.atomic():
            for number in range(start, min(start + 3, count)):
                sha256 = hashlib.sha256(b"%d" % number).hexdigest()
                service.seal("crash.thing", f"C-{os.getpid()}-{number}", sha256, by=BY)
    with transaction.atomic():
        service.seal("crash.thing", f"never-{os.getpid()}", "0" * 64, by=BY)
        die()


def work() -> None:
    """Until nothing waits."""
    while service.integrate():
        pass


def prove(folder: str) -> None:
    """The bundle of each seventh entry and of the last, as its holder is given it."""
    rows = list(Entry.objects.order_by("position"))
    for row in {row.pk: row for row in (*rows[::7], rows[-1])}.values():
        Path(folder, f"{row.position}.json").write_text(json.dumps(service.bundle(row)), encoding="utf-8")


def main(words: list[str]) -> None:
    """Do what the arguments say."""
    service.add_sealed_kind(service.SealedKind("crash.thing", "Thing", Level.L1))
    integrating.MOST = 100  # several batches
    match words:
        case ["seal", count]:
            seal(int(count))
        case ["work", *points]:
            for point in points:
                POINTS[point]()
            work()
        case ["prove", folder]:
            prove(folder)
        case ["verify"]:
            problems = service.verify().problems
            sys.stderr.writelines(f"{problem}\n" for problem in problems)
            sys.exit(1 if problems else 0)


if __name__ == "__main__":
    with watched(sys.argv[1:]) as words:
        main(words)
