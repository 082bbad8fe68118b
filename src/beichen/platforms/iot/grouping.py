"""Groups of devices (分组): one command to all of a group, with a result for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import Actor
from beichen.platforms.iot import codes
from beichen.platforms.iot.commanding import send_command
from beichen.platforms.iot.finding import devices
from beichen.platforms.iot.models import Command, Device, DeviceGroup
from beichen.platforms.iot.rights import COMMAND, READ
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

MOST_OF_GROUP = 500  # devices that one order reaches


@dataclass(frozen=True, slots=True)
class Ordered:
    """What became of a group's command at one device: the command, or why there is none."""

    device: str
    command: Command | None
    problems: Sequence[Problem] = ()


def groups(*, by: Actor) -> QuerySet[DeviceGroup]:
    """The groups in which ``by`` may see a device, or that have none yet; ``number`` is how many."""
    require(by, READ)
    seen = visible(by, READ, Device.objects.all())
    rows = DeviceGroup.objects.annotate(
        number=Count("devices", filter=Q(devices__in=seen), distinct=True),
        all_of_it=Count("devices", distinct=True),
    )
    return rows.filter(Q(number__gt=0) | Q(all_of_it=0)).order_by("key")


def find_group(key: str, *, by: Actor) -> DeviceGroup:
    """One of them. Raises ProblemError IOT-105, ACC-403."""
    row = groups(by=by).filter(key=key).first()
    if row is None:
        known = groups(by=by).values_list("key", flat=True)
        message = shorten(said("there is no group {value!r}", value=key))
        raise ProblemError(Problem(codes.NO_GROUP, message, Where(field="group"), nearest(key, known)))
    return row


def devices_of(group: DeviceGroup, *, by: Actor) -> QuerySet[Device]:
    """The group's devices that ``by`` may see, by code."""
    return devices(by=by).filter(group=group).order_by("code")


def commands_of_group(group: DeviceGroup, *, by: Actor) -> dict[str, dict[str, Any]]:
    """What the things of a group can be told, by the command's name: what any of them declares."""
    types = devices_of(group, by=by).exclude(thing=None).values_list("thing__type__commands", flat=True)
    found: dict[str, dict[str, Any]] = {}
    for commands in types.order_by().distinct():
        found |= commands
    return found


def last_commands(devices: Sequence[Device]) -> dict[int, Command]:
    """The newest command of each device, by its row's id: one query."""
    newest = Command.objects.filter(device__in=devices).order_by().values("device").annotate(last=Max("pk"))
    rows = Command.objects.filter(pk__in=newest.values("last"))
    return {row.device_id: row for row in rows}


@transaction.atomic
def command_group(
    key: str,
    name: str,
    parameters: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime | None = None,
    wait: timedelta | None = None,
) -> list[Ordered]:
    """Order a command of every device of a group: each is ordered, or says why it is not.

    ``wait`` is how long each may take, where that is not what the command says. All results are written
    together, or, where somebody dies on the way, none. Raises ProblemError for a
    group that does not exist, and IOT-114 for one with more than :data:`MOST_OF_GROUP` devices.
    """
    group = find_group(key, by=by)
    require(by, COMMAND)
    told = list(devices_of(group, by=by).values_list("code", flat=True)[: MOST_OF_GROUP + 1])
    if len(told) > MOST_OF_GROUP:
        message = said("at most {most} devices are told at once", most=MOST_OF_GROUP)
        raise ProblemError(Problem(codes.LARGE_GROUP, message, hint=said("make smaller groups")))
    return [_ordered(code, name, parameters, by, now, wait) for code in told]


def _ordered(
    device: str,
    name: str,
    parameters: Mapping[str, Any],
    by: Actor,
    now: datetime | None,
    wait: timedelta | None,
) -> Ordered:
    try:
        return Ordered(device, send_command(device, name, parameters, by=by, now=now, wait=wait))
    except ProblemError as error:
        return Ordered(device, None, error.problems)
