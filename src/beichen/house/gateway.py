"""The gateway process: the door for devices, their readings into the tables, commands down to them."""

from __future__ import annotations

import asyncio
import gc
import logging
import os

from beichen.house.ending import end_on
from beichen.settings import refuse_unsafe

LOOKED_AT = 50_000  # new objects between two looks of the garbage collector


def _prepare_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()


async def work() -> None:
    """Work until SIGTERM or SIGINT, then finish the batch in hand."""
    from beichen.platforms.iot.gateway import Gateway

    stop = asyncio.Event()
    end_on(stop)
    await Gateway().run(stop)


def _spare_the_collector() -> None:
    """Let the garbage collector look seldom, and never at what stays for ever.

    A batch is a hundred thousand small objects that wait for their table: with the usual thresholds they are
    looked at again and again meanwhile, which takes nearly as long as treating them.
    """
    gc.freeze()
    gc.set_threshold(LOOKED_AT, 20, 50)


def main() -> None:
    """An error that is nobody's fault ends the process; the supervisor starts it again."""
    refuse_unsafe()
    logging.getLogger("nats").setLevel(logging.ERROR)
    _prepare_django()
    _spare_the_collector()
    asyncio.run(work())


if __name__ == "__main__":
    main()
