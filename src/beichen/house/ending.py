"""Being told to end: SIGTERM and SIGINT of a process that runs an event loop."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def end_on(stop: asyncio.Event, *numbers: signal.Signals) -> None:
    """Set ``stop`` when the process is told to end; for the main thread, within the loop.

    Not the loop's own `add_signal_handler`: that one learns of signals by a byte in the pipe by which other
    threads wake it, and while hundreds of them wait there the byte has no room, and the signal is lost.
    """
    loop = asyncio.get_running_loop()

    def told(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in numbers or SIGNALS:
        signal.signal(number, told)
