"""Whether the worker wants to stop: a task that may take long looks, ends early, goes on at its next run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event

_asked: ContextVar[Event | None] = ContextVar("beichen_jobs_stop", default=None)


def is_stopping() -> bool:
    """Whether the worker that runs this task was told to stop; False outside a worker."""
    stop = _asked.get()
    return stop is not None and stop.is_set()


@contextmanager
def stopped_by(stop: Event) -> Iterator[None]:
    """Tasks that run within heed ``stop``."""
    token = _asked.set(stop)
    try:
        yield
    finally:
        _asked.reset(token)
