"""What is kept: devices with their credentials and channels, batches of readings, tallies, commands."""

from __future__ import annotations

from beichen.platforms.iot.models.commands import Command
from beichen.platforms.iot.models.devices import Channel, Credential, Device, DeviceGroup, Fleet
from beichen.platforms.iot.models.intake import Batch, Intake, Tally

__all__ = [
    "Batch",
    "Channel",
    "Command",
    "Credential",
    "Device",
    "DeviceGroup",
    "Fleet",
    "Intake",
    "Tally",
]
