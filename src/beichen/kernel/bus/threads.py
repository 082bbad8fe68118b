"""Threads in which an event loop uses the database: a connection is kept only while it is sound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError, connection


def _attached(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    is_kept = connection.vendor == "sqlite"  # others go back to the pool
    try:
        return function(*args, **kwargs)
    except (DatabaseError, InterfaceError):
        is_kept = False
        raise
    finally:
        if not is_kept:
            connection.close()


class DatabaseThreads:
    """A pool of threads. With one of them, calls are done in the order in which they were made."""

    def __init__(self, number: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix=name)

    def submit(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> asyncio.Future[Any]:
        """Begin ``function``; the running loop learns its result."""
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._pool, partial(_attached, function, *args, **kwargs))

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What ``function`` returns or raises."""
        return await self.submit(function, *args, **kwargs)

    def close(self) -> None:
        """End the threads, their connections first."""
        self._pool.submit(lambda: connection.close()).result()
        self._pool.shutdown(wait=True)
