"""Any moment: a process that dies before its N-th statement to the database, or counts its statements.

A driver hands over its last word: ``@N`` dies, ``@FILE`` writes the number of statements at the end, another
is not meant. Between two statements nothing changes the database: N walks through every moment.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Counter:
    """Counts statements, as one of Django's execute wrappers."""

    def __init__(self, last: int) -> None:
        self.made, self._last = 0, last

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        """Send a statement, unless it is the one before which the process dies."""
        self.made += 1
        if self.made == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*given)


@contextmanager
def watched(words: list[str]) -> Iterator[list[str]]:
    """The words without the last, where that is a moment; within, statements are counted."""
    from django.db import connection  # who only asks for moments has no Django

    word = words[-1] if words and words[-1].startswith("@") else ""
    told = word.removeprefix("@")
    counter = Counter(int(told) if told.isdigit() else 0)
    with connection.execute_wrapper(counter):
        yield words[:-1] if word else words
    if told and not told.isdigit():
        Path(told).write_text(str(counter.made), encoding="utf-8")


def moments(seed: int, count: int, most: int) -> list[str]:
    """``count`` moments before statement ``most``, the same for each seed."""
    chosen = random.Random(seed)
    return [f"@{chosen.randint(1, most)}" for _ in range(count)]
