"""The web process: granian in front of Django under WSGI. `python -m beichen.house.web PORT`."""

from __future__ import annotations

import gc
import signal
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from beichen.house.leash import follow_parent
from beichen.settings import settings

STOP_SECONDS = 3
THREADS = 4


def application() -> Any:
    """Django, in a worker that ends when granian's main process is killed."""
    follow_parent(signal.SIGKILL)
    gc.disable()  # half a million objects that stay for ever: not worth looking at while they come
    from django.conf import settings as django_settings

    from beichen.house.wsgi import application as django_application

    keep_connections(django_settings.DATABASES["default"])
    gc.freeze()
    gc.enable()
    return django_application


def keep_connections(database: dict[str, Any]) -> None:
    """Have each thread keep its connection to PostgreSQL.

    There are few threads, and to take a connection from a pool, and to give it back, costs more than a query.
    Other processes, and other servers than ours, have more threads than need one at a time.
    """
    if database["OPTIONS"].pop("pool", None) is not None:  # SQLite's are kept anyway
        database |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def main() -> None:
    """Serve until told to end."""
    chosen = settings()
    Granian(
        "beichen.house.web:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=chosen.address,
        port=int(sys.argv[1]),
        workers=chosen.web_workers,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
