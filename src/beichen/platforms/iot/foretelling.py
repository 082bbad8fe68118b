"""What would become of messages if they were treated now: for doors that answer at once.

The gateway decides, later and with all that it knows; what is told here is what a message says against its
device and the thing's model already: an unknown measure, a wrong type, a value out of range, an impossible
time, a device out of use. Duplicates and rates are not foretold.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from beichen.platforms.iot.arrivals import Arrived
from beichen.platforms.iot.fleet import NEVER, Devices, micros
from beichen.platforms.iot.treatment import Outcome, Treater
from beichen.platforms.iot.words import Treatment

MOST_KNOWN = 2_000
PASSED_OVER = frozenset({"", Treatment.DUPLICATE.value, Treatment.TOO_FAST.value})


_own = threading.local()


def forget() -> None:
    """What this thread knows of devices is forgotten: for tests, whose databases begin anew."""
    _own.__dict__.clear()


def _devices() -> Devices:
    """The devices that this thread knows; read again when the fleet or a type changes, and when too many."""
    known: Devices | None = getattr(_own, "devices", None)
    if known is None or len(known) > MOST_KNOWN:
        known = _own.devices = Devices()
    return known


def foretell(messages: Sequence[tuple[str, bytes]], *, now: datetime | None = None) -> list[str]:
    """Why each message (device and content) will be put aside, a word of ``Treatment``; empty when it is not
    known to be. A fixed number of queries: one where all devices are known from before."""
    devices = _devices()
    devices.learn({device for device, _payload in messages})
    at = micros(now or timezone.now())
    found = []
    for device, payload in messages:
        if (speaker := devices.speaker(device)) is not None:
            speaker.refilled = NEVER  # the buckets that count are the gateway's
        outcome: Outcome = Treater(devices).treat([Arrived(device, payload, at)], lambda _rows: set())
        reason = next((str(one.reason) for one in outcome.refused if one.reason not in PASSED_OVER), "")
        found.append(reason)
    return found
