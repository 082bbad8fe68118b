"""Connections to PostgreSQL that a thread keeps, and that outlive a restart of the server.

Django asks a kept connection ``SELECT 1`` before its first statement in each request, which costs as much as
that statement. A server that stops closes its end, which shows without asking: the connection then has
something to read. It is asked only then, after an error, and when it was not used for a while, since what
stands between may drop what is silent. Connections of a pool are as Django has them.
"""

from __future__ import annotations

import select
import time

from django.db.backends.postgresql import base

SILENT_SECONDS = 30.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection."""

    _used = 0.0

    def is_usable(self) -> bool:
        """Whether statements can be sent: asked of the server where it may have gone."""
        now = time.monotonic()
        is_silent, self._used = now - self._used > SILENT_SECONDS, now
        if self.connection is None or self.errors_occurred or is_silent or self._has_news():
            return bool(super().is_usable())
        return True

    def _has_news(self) -> bool:
        """Whether the server sent what nobody asked for: its end, most of all."""
        if self.connection.closed:
            return True
        ready = select.poll()
        ready.register(self.connection.pgconn.socket, select.POLLIN)
        return bool(ready.poll(0))
