"""What is kept: devices, credentials, channels, batches of readings, tallies, commands, rules,
timetables, updates."""

from __future__ import annotations

from beichen.platforms.iot.models.commands import Command
from beichen.platforms.iot.models.devices import Channel, Credential, Device, DeviceGroup, Fleet
from beichen.platforms.iot.models.intake import Batch, Intake, Tally
from beichen.platforms.iot.models.rules import Firing, Rule, RuleState
from beichen.platforms.iot.models.timetables import Following, Timetable
from beichen.platforms.iot.models.updates import Update

__all__ = [
    "Batch",
    "Channel",
    "Command",
    "Credential",
    "Device",
    "DeviceGroup",
    "Firing",
    "Fleet",
    "Following",
    "Intake",
    "Rule",
    "RuleState",
    "Tally",
    "Timetable",
    "Update",
]
