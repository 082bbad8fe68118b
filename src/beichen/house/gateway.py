"""The gateway process: the door for devices, their readings into the tables, commands down to them."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal

from beichen.settings import refuse_unsafe


def _prepare_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()


async def work() -> None:
    """Work until SIGTERM or SIGINT, then finish the batch in hand."""
    from beichen.platforms.iot.gateway import Gateway

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Gateway().run(stop)


def main() -> None:
    """An error that is nobody's fault ends the process; the supervisor starts it again."""
    refuse_unsafe()
    logging.getLogger("nats").setLevel(logging.ERROR)
    _prepare_django()
    gc.freeze()
    asyncio.run(work())


if __name__ == "__main__":
    main()
