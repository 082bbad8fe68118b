"""A process hears that it is to end, however many threads talk to its loop."""

import asyncio
import signal

from beichen.house.ending import end_on


def test_a_signal_is_heard_while_the_pipe_of_wakes_is_full() -> None:
    async def run() -> bool:
        stop = asyncio.Event()
        end_on(stop, signal.SIGUSR1)
        for _wake in range(20_000):
            asyncio.get_running_loop().call_soon_threadsafe(int)
        signal.raise_signal(signal.SIGUSR1)
        await asyncio.wait_for(stop.wait(), 30)
        return stop.is_set()

    before = signal.getsignal(signal.SIGUSR1)
    try:
        assert asyncio.run(run())
    finally:
        signal.signal(signal.SIGUSR1, before)
