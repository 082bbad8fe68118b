"""Registering devices (设备登记) and changing them: one by one, many at once, each mistake by its row and
field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from beichen.kernel.access.service import decide, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.platforms.iot import codes
from beichen.platforms.iot.finding import writable
from beichen.platforms.iot.models import Channel, Device, DeviceGroup, Fleet
from beichen.platforms.iot.rights import WRITE
from beichen.platforms.iot.words import SPEAKING, State
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten
from beichen.registry.models import Object

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
LISTED, URN = 50, "urn:"
MOST_RATE, MOST_SECONDS = 100_000, 366 * 86_400


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A name in messages that is a measure of a thing (by its code), times ``factor`` plus ``offset``."""

    name: str
    thing: str
    measure: str
    factor: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What is said of a device: the thing by its code or NGSI-LD id, region by code, body and group by
    key.

    Region and body that are not said are the thing's. ``every`` is in seconds, ``rate`` in readings a second.
    """

    code: str
    name: str = ""
    thing: str = ""
    group: str = ""
    region: str = ""
    body: str = ""
    every: int = 0
    rate: int = 0
    channels: tuple[ChannelFacts, ...] = ()


@dataclass(slots=True)
class Registration:
    """What came of many: the devices with their places in the order, and the problems of each refused, by
    place."""

    devices: list[Device] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    refused: dict[int, list[Problem]] = field(default_factory=dict)


def next_stamp() -> int:
    """A new number of the fleet, in the caller's transaction; the gateway then looks at devices again."""
    if not Fleet.objects.filter(pk=1).update(stamp=F("stamp") + 1):
        Fleet.objects.get_or_create(pk=1, defaults={"stamp": 1})
    return Fleet.objects.values_list("stamp", flat=True).get(pk=1)


class _Known:
    """What facts may name, read once for all of them."""

    def __init__(self, facts: Sequence[DeviceFacts]) -> None:
        channels = [channel for one in facts for channel in one.channels]
        things = {one.thing for one in facts} | {channel.thing for channel in channels}
        named = Q(code__in=things - {""}) | Q(urn__in=[one for one in things if one.startswith(URN)])
        rows = Object.objects.filter(named, removed_at=None).select_related("type", "region", "body")
        self.things = {name: row for row in rows for name in (row.code, row.urn)}
        self.groups = {
            row.key: row for row in DeviceGroup.objects.filter(key__in={one.group for one in facts})
        }
        self.regions = {
            row.code: row for row in Region.objects.filter(code__in={one.region for one in facts})
        }
        self.bodies = {row.key: row for row in Body.objects.filter(key__in={one.body for one in facts})}

    def problems(self, facts: DeviceFacts) -> list[Problem]:
        """Everything about one device's facts that does not fit."""
        found = list(_plain_problems(facts))
        if facts.thing and facts.thing not in self.things:
            found.append(_no_thing(facts.thing, "thing"))
        for name, value, known in (
            ("region", facts.region, self.regions),
            ("body", facts.body, self.bodies),
        ):
            if value and value not in known:
                message = said("there is no {what} {value!r}", what=name, value=value)
                found.append(Problem(codes.BAD_DEVICE, shorten(message), Where(field=name)))
        if facts.group and facts.group not in self.groups:
            keys = list(DeviceGroup.objects.values_list("key", flat=True)[:200])
            message = shorten(said("there is no group {value!r}", value=facts.group))
            found.append(Problem(codes.NO_GROUP, message, Where(field="group"), nearest(facts.group, keys)))
        for number, channel in enumerate(facts.channels):
            found += self._channel_problems(channel, Where(field=f"channels.{number}"))
        return found

    def _channel_problems(self, channel: ChannelFacts, where: Where) -> list[Problem]:
        thing = self.things.get(channel.thing)
        if thing is None:
            return [_no_thing(channel.thing, where.field or "")]
        measures = thing.type.measures
        if channel.measure not in measures:
            message = said("{kind} has no measure {measure!r}", kind=thing.type.key, measure=channel.measure)
            hint = nearest(channel.measure, measures)
            return [Problem(codes.NO_THING, shorten(message), where, hint)]
        return []

    def fill(self, row: Device, facts: DeviceFacts) -> None:
        """Write what the facts say into a row that is not saved yet."""
        thing = self.things.get(facts.thing)
        row.name, row.thing = facts.name, thing
        row.group = self.groups.get(facts.group)
        row.region = self.regions.get(facts.region) or (thing.region if thing else None)
        row.body = self.bodies.get(facts.body) or (thing.body if thing else None)
        row.every, row.rate = facts.every, facts.rate
        row.level = max(Level.L2.value, thing.level if thing else Level.L1.value)

    def channels(self, row: Device, facts: DeviceFacts) -> list[Channel]:
        """The rows of the facts' channels."""
        return [
            Channel(
                device=row,
                name=one.name,
                thing=self.things[one.thing],
                measure=one.measure,
                factor=one.factor,
                offset=one.offset,
            )
            for one in facts.channels
        ]


def _no_thing(value: str, at: str) -> Problem:
    message = shorten(said("there is no object with the code {value!r}", value=value))
    return Problem(codes.NO_THING, message, Where(field=at), said("register the thing first"))


def _plain_problems(facts: DeviceFacts) -> list[Problem]:
    found = []
    if not CODE.fullmatch(facts.code):
        message = shorten(said("{value!r} is no code of a device", value=facts.code))
        hint = said("up to 64 letters, digits, hyphens and underscores, such as MH-0017")
        found.append(Problem(codes.BAD_DEVICE, message, Where(field="code"), hint))
    if len(facts.name) > 200:
        message = said("the name is longer than {most} characters", most=200)
        found.append(Problem(codes.BAD_DEVICE, message, Where(field="name")))
    for name, value, most in (("every", facts.every, MOST_SECONDS), ("rate", facts.rate, MOST_RATE)):
        if not 0 <= value <= most:
            message = said("{name} is {value}, not 0 to {most}", name=name, value=value, most=most)
            found.append(Problem(codes.BAD_DEVICE, shorten(message), Where(field=name)))
    names = [channel.name for channel in facts.channels]
    for name in sorted({name for name in names if names.count(name) > 1 or not 0 < len(name) <= 100}):
        message = shorten(said("the channel {name!r} is named twice, or has no fit name", name=name))
        found.append(Problem(codes.BAD_DEVICE, message, Where(field="channels")))
    return found


@transaction.atomic
def register_devices(facts: Sequence[DeviceFacts], *, by: Actor, now: datetime | None = None) -> Registration:
    """Register those that can be; what is wrong with the others is told by their place.

    Raises ProblemError ACC-403 when ``by`` may register none anywhere.
    """
    require_anywhere(by)
    known, result = _Known(facts), Registration()
    taken = set(Device.objects.filter(code__in=[one.code for one in facts]).values_list("code", flat=True))
    channels: list[Channel] = []
    at = now or timezone.now()
    for place, one in enumerate(facts):
        problems = known.problems(one)
        if one.code in taken:
            message = shorten(said("the code {code} is taken", code=one.code))
            problems.append(Problem(codes.TAKEN, message, Where(field="code")))
        if not problems:
            row = Device(code=one.code, registered_at=at, is_demo=by.is_simulator)
            known.fill(row, one)
            decision = decide(by, WRITE, row)
            if decision:
                taken.add(one.code)
                result.devices.append(row)
                result.places.append(place)
                channels += known.channels(row, one)
                continue
            problems.append(Problem(codes.BAD_DEVICE, shorten(decision.reason), Where(field="region")))
        result.refused[place] = problems
    stamp = next_stamp() if result.devices else 0
    for row in result.devices:
        row.stamp = stamp
    Device.objects.bulk_create(result.devices, batch_size=500)
    Channel.objects.bulk_create(channels, batch_size=500)
    if result.devices:
        tell("registered", result.devices, by)
    return result


def register_device(facts: DeviceFacts, *, by: Actor, now: datetime | None = None) -> Device:
    """Register one. Raises ProblemError with everything that does not fit: ACC-403, IOT-102 to IOT-105."""
    result = register_devices([facts], by=by, now=now)
    if result.refused:
        raise ProblemError(*result.refused[0])
    return result.devices[0]


def require_anywhere(by: Actor) -> None:
    """Raises ProblemError ACC-403 when ``by`` may write no device at all."""
    require(by, WRITE)


def tell(verb: str, rows: Sequence[Device], by: Actor, detail: Mapping[str, Any] | None = None) -> None:
    """Audit a change of devices and publish it; one record for all of them."""
    said_of = {"count": len(rows), "devices": [row.code for row in rows[:LISTED]], **(detail or {})}
    resource = f"platforms_iot.device:{rows[0].code}" if len(rows) == 1 else "platforms_iot.device"
    audit.record(by, f"iot.device.{verb}", resource, detail=said_of)
    bus.publish_many([device_event(f"iot.device.{verb}", row, detail) for row in rows], by=by)


def device_event(kind: str, row: Device, data: Mapping[str, Any] | None = None) -> bus.Draft:
    """An event about a device, with its place and level; ``data`` beside its thing's code."""
    thing = row.thing.code if row.thing else ""
    region = row.region.path if row.region else ""
    return bus.Draft(kind, row.code, {"thing": thing, **(data or {})}, region=region, level=row.level)


@transaction.atomic
def change_device(facts: DeviceFacts, *, by: Actor) -> Device:
    """Bring a device to what the facts say, its channels too. Raises ProblemError ACC-403, IOT-101 to
    IOT-105."""
    row = writable(facts.code, by=by)
    known = _Known([facts])
    if problems := known.problems(facts):
        raise ProblemError(*problems)
    known.fill(row, facts)
    require(by, WRITE, row)  # nobody moves a device out of their own reach
    row.stamp = next_stamp()
    row.save()
    row.channels.all().delete()
    Channel.objects.bulk_create(known.channels(row, facts))
    tell("changed", [row], by)
    return row


@transaction.atomic
def set_state(code: str, state: State, *, by: Actor) -> Device:
    """Disable a device, mark it lost, or take it into use again. Raises ProblemError ACC-403, IOT-101,
    IOT-113."""
    row = writable(code, by=by)
    if state == State.REGISTERED:
        hint = said("a device is registered until its first message")
        raise ProblemError(Problem(codes.BAD_STATE, said("nothing goes back to registered"), hint=hint))
    if row.state == state:
        return row
    before, row.state, row.stamp = row.state, state, next_stamp()
    row.is_online &= state in SPEAKING  # the gateway parts it from the broker
    row.save(update_fields=["state", "stamp", "is_online"])
    tell("state-changed", [row], by, {"from": before, "to": str(state)})
    return row


@transaction.atomic
def save_group(key: str, name: str, *, by: Actor) -> DeviceGroup:
    """Make or rename a group. Raises ProblemError ACC-403, IOT-102."""
    require_anywhere(by)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", key) or not 0 < len(name) <= 100:
        hint = said("lower-case letters, digits and hyphens, such as batch-2026-03")
        raise ProblemError(
            Problem(codes.BAD_DEVICE, said("a group has a key and a name"), Where(field="key"), hint)
        )
    row, _is_new = DeviceGroup.objects.update_or_create(key=key, defaults={"name": name})
    audit.record(by, "iot.group.save", f"platforms_iot.devicegroup:{key}", detail={"name": name})
    return row
