"""Loops: work that never ends, such as taking messages to where they go; each runs in the worker process.

A room says in its `jobs.py`:

    @loop("registry.courier")
    def deliver(stop: Event) -> None: ...

Of several workers on one database, one runs a loop, the others stand by. A loop returns when ``stop`` is
set; one that raises because the database is away is started again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping

Loop = Callable[[threading.Event], None]
_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*\Z")
_known: dict[str, Loop] = {}


def loop(name: str) -> Callable[[Loop], Loop]:
    """Register the decorated function. Raises ValueError for a malformed or taken name."""
    if not _NAME.match(name):
        raise ValueError(f"loop {name!r} is not named in lower-case words joined by dots")

    def register(run: Loop) -> Loop:
        if _known.setdefault(name, run) is not run:
            raise ValueError(f"loop {name} is declared twice")
        return run

    return register


def loops() -> Mapping[str, Loop]:
    """The loops of the rooms imported so far."""
    return dict(_known)
