"""What can be done with entities of SensorThings: make, change, remove them, and send observations."""

from __future__ import annotations

from beichen.platforms.iot.sensorthings.keeping import Made, change, create, remove
from beichen.platforms.iot.sensorthings.mirror import bring, bring_all
from beichen.platforms.iot.sensorthings.rights import READ, WRITE
from beichen.platforms.iot.sensorthings.sending import Sender, observe, observe_all, observe_arrays

__all__ = [
    "READ",
    "WRITE",
    "Made",
    "Sender",
    "bring",
    "bring_all",
    "change",
    "create",
    "observe",
    "observe_all",
    "observe_arrays",
    "remove",
]
