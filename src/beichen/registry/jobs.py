"""The room's work in the background: taking notifications to their endpoints."""

from __future__ import annotations

import threading

from beichen.kernel.jobs.loops import loop
from beichen.registry.subscriptions.courier import Courier


@loop("registry.courier")
def deliver(stop: threading.Event) -> None:
    """Send what waits, until told to stop."""
    Courier().run(stop)
