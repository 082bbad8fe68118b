"""The worker process: the bus (relay, subscribers, retries), the jobs with their schedule, and the loops."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
from collections.abc import Callable
from functools import partial

from beichen.house.ending import end_on
from beichen.settings import refuse_unsafe

logger = logging.getLogger("beichen.house.worker")
PAUSE_SECONDS = 2.0


def _prepare_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()


def work_on_jobs(stop: threading.Event) -> None:
    """Run jobs until ``stop``; a database that is away is waited for."""
    from django.db import DatabaseError, InterfaceError, connection

    from beichen.kernel.jobs.worker import JobWorker

    while not stop.is_set():
        try:
            JobWorker().run(stop)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("jobs wait %.0f s: %s", PAUSE_SECONDS, error)
            stop.wait(PAUSE_SECONDS)
        finally:
            connection.close()


def work_on_loop(name: str, run: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run a room's loop until ``stop``, in the one worker that holds its lock."""
    import psycopg
    from django.db import DatabaseError, InterfaceError, connection

    from beichen.kernel.bus.lock import Lock

    lock = Lock(name)
    while not stop.is_set():
        try:
            if lock.take():
                run(stop)
            else:
                stop.wait(PAUSE_SECONDS)
        except (DatabaseError, InterfaceError, psycopg.Error) as error:
            logger.warning("%s waits %.0f s: %s", name, PAUSE_SECONDS, error)
            stop.wait(PAUSE_SECONDS)
        finally:
            lock.release()
            connection.close()


def _in_thread(work: Callable[[threading.Event], None], stop: threading.Event) -> asyncio.Task[None]:
    return asyncio.create_task(asyncio.to_thread(work, stop))


async def work() -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand."""
    from beichen.house import schedule
    from beichen.kernel.bus.runner import Bus
    from beichen.kernel.jobs.loops import loops

    schedule.announce()
    stop, stop_threads = asyncio.Event(), threading.Event()
    end_on(stop)
    jobs = _in_thread(work_on_jobs, stop_threads)
    rooms = [_in_thread(partial(work_on_loop, name, run), stop_threads) for name, run in loops().items()]
    bus = asyncio.create_task(Bus().run(stop))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({jobs, bus, stopping, *rooms}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        stop_threads.set()
        await asyncio.gather(jobs, bus, stopping, *rooms)


def main() -> None:
    """An error that is nobody's fault ends the process; the supervisor starts it again."""
    refuse_unsafe()
    gc.disable()
    _prepare_django()
    gc.freeze()
    gc.enable()
    asyncio.run(work())


if __name__ == "__main__":
    main()
