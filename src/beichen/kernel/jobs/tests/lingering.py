"""Work for the tests of processes beside a worker."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def tell_process(file: str) -> None:
    """Write down which process this is."""
    making = Path(f"{file}.new")
    making.write_text(str(os.getpid()), encoding="utf-8")
    making.replace(file)


def linger(file: str) -> None:
    """Say which process this is, and stay."""
    tell_process(file)
    signal.pause()
