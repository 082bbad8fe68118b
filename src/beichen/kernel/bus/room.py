"""The disk of the embedded broker: how much is left, and a new start for a broker that had none.

A stream of nats-server into which a write failed takes nothing more until the server starts anew, though
there is room again. Nothing that was acknowledged is touched by that.
"""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from beichen.settings import settings


def folder() -> Path | None:
    """Where the embedded broker keeps its streams; None for a broker elsewhere."""
    chosen = settings()
    return chosen.data_dir / "nats" if chosen.nats_url.startswith("embedded:") else None


def bytes_left() -> int | None:
    """How much room its disk has; None where that is not ours to see."""
    place = folder()
    with suppress(OSError):
        return shutil.disk_usage(place).free if place is not None else None
    return None


def start_anew() -> bool:
    """End the embedded broker, which its supervisor starts again; returns whether there was one.

    Only a process of this machine that was started with our own configuration is signalled.
    """
    place = folder()
    if place is None:
        return False
    with suppress(OSError, ValueError):
        number = int((place / "nats.pid").read_text())
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        if str(place / "nats.conf").encode() in words:
            os.kill(number, signal.SIGTERM)
            return True
    return False
