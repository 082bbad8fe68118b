"""Updates of firmware (固件升级): offered to a group, asked of each device as a command, seen to the end.

A device whose thing's type declares the command ``update-firmware`` is told version, address and SHA-256 of
the file. It fetches and checks it, and says how far it is (``{"status": "running", "progress": 40}``), in the
end ``done``, or ``failed`` with the reason. That it runs the new version is known when it says so, by
``firmware`` among its attributes, not before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.iot import codes
from beichen.platforms.iot.commanding import send_command
from beichen.platforms.iot.grouping import MOST_OF_GROUP, Ordered, devices_of, find_group
from beichen.platforms.iot.models import Command, Device, DeviceGroup, Update
from beichen.platforms.iot.models.commands import OPEN
from beichen.platforms.iot.rights import COMMAND, READ, WRITE
from beichen.platforms.iot.words import CommandState, Progress
from beichen.problem import Problem, ProblemError, Where, said, shorten

ORDER = "update-firmware"
MOST_VERSION, MOST_URL = 100, 500
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """How far one device of an update is; ``percent`` where it says so, ``reason`` where it failed."""

    device: Device
    progress: Progress
    percent: float | None = None
    reason: str = ""
    command: Command | None = None


def updates_of(group: DeviceGroup, *, by: Actor) -> QuerySet[Update]:
    """What was offered to a group, the newest first."""
    require(by, READ)
    return Update.objects.filter(group=group).order_by("-pk")


def find_update(group: DeviceGroup, code: str, *, by: Actor) -> Update:
    """One of them. Raises ProblemError IOT-130, ACC-403."""
    row = updates_of(group, by=by).filter(code=code[:16]).select_related("group").first()
    if row is None:
        message = shorten(said("no update of this group has the code {value!r}", value=code))
        raise ProblemError(Problem(codes.NO_UPDATE, message, Where(field="update")))
    return row


@transaction.atomic
def offer_update(
    key: str, version: str, url: str, sha256: str, *, by: Actor, now: datetime | None = None
) -> tuple[Update, list[Ordered]]:
    """Offer a version to the devices of a group that do not run it: each is asked, or says why it is not.

    Raises ProblemError IOT-105, IOT-114 for a group that is too large, IOT-118, ACC-403.
    """
    group = find_group(key, by=by)
    require(by, COMMAND)
    require(by, WRITE)
    version, url, sha256 = version.strip(), url.strip(), sha256.strip().lower()
    if problems := list(_problems(version, url, sha256)):
        raise ProblemError(*problems)
    at = now or timezone.now()
    row = Update.objects.create(
        group=group, version=version, url=url, sha256=sha256, offered_by=by.key, offered_at=at
    )
    asked = _ask(row, _large(list(devices_of(group, by=by)[: MOST_OF_GROUP + 1])), by, at)
    detail = {"update": row.code, "version": version, "url": url, "sha256": sha256}
    audit.record(by, "iot.update.offer", f"platforms_iot.devicegroup:{key}", detail=detail)
    bus.publish("iot.update.offered", key, detail, by=by)
    return row, asked


@transaction.atomic
def offer_again(row: Update, *, by: Actor, now: datetime | None = None) -> list[Ordered]:
    """Ask those again who neither run the version nor are still at it. Raises ProblemError ACC-403,
    IOT-114."""
    require(by, COMMAND)
    require(by, WRITE)
    again = [
        one.device
        for one in steps_of(row, by=by)
        if one.progress not in (Progress.RUNS, *Progress.under_way())
    ]
    return _ask(row, _large(again), by, now or timezone.now())


def _problems(version: str, url: str, sha256: str) -> Iterator[Problem]:
    if not _VERSION.match(version):
        hint = said("letters, digits, dots, hyphens: such as 2.1.0")
        yield Problem(codes.BAD_UPDATE, said("this is no version"), Where(field="version"), hint)
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_url = False
    if not is_url or len(url) > MOST_URL or not url.isprintable() or " " in url:
        hint = said("such as https://files.example/cabinet-2.1.0.bin")
        yield Problem(codes.BAD_UPDATE, said("this is no address of a file"), Where(field="url"), hint)
    if not _SHA256.match(sha256):
        hint = said("64 digits of 0-9 and a-f, as sha256sum prints them")
        yield Problem(codes.BAD_UPDATE, said("this is no SHA-256"), Where(field="sha256"), hint)


def _large(devices: list[Device]) -> list[Device]:
    if len(devices) > MOST_OF_GROUP:
        message = said("at most {most} devices are told at once", most=MOST_OF_GROUP)
        raise ProblemError(Problem(codes.LARGE_GROUP, message, hint=said("make smaller groups")))
    return devices


def _ask(row: Update, devices: Sequence[Device], by: Actor, at: datetime) -> list[Ordered]:
    parameters = {"version": row.version, "url": row.url, "sha256": row.sha256}
    found = []
    for device in devices:
        if device.firmware == row.version:
            continue
        try:
            told = send_command(device.code, ORDER, parameters, by=by, now=at, update=row)
            found.append(Ordered(device.code, told))
        except ProblemError as error:
            found.append(Ordered(device.code, None, error.problems))
    return found


def steps_of(row: Update, *, by: Actor) -> list[Step]:
    """How far each device of the update's group is that ``by`` may see; two queries."""
    devices = list(devices_of(row.group, by=by)[:MOST_OF_GROUP])
    newest: dict[int, Command] = {}
    for command in Command.objects.filter(update=row, device__in=devices).order_by("pk"):
        newest[command.device_id] = command
    return [_step(device, newest.get(device.pk), row.version) for device in devices]


def _step(device: Device, command: Command | None, version: str) -> Step:
    answer: Any = command.answer if command is not None and isinstance(command.answer, dict) else {}
    reason = str(answer.get("reason", ""))[:200]
    if device.firmware == version:
        return Step(device, Progress.RUNS, command=command)
    if command is None:
        return Step(device, Progress.NOT_ASKED)
    if command.state in OPEN:
        percent = answer.get("progress")
        is_number = isinstance(percent, int | float) and not isinstance(percent, bool)
        known = min(100.0, max(0.0, float(percent))) if is_number else None
        progress = Progress.UNDER_WAY if answer else Progress.ASKED
        return Step(device, progress, known, command=command)
    ends = {
        CommandState.DONE.value: Progress.DONE,
        CommandState.FAILED.value: Progress.FAILED,
        CommandState.TIMED_OUT.value: Progress.TIMED_OUT,
    }
    return Step(device, ends[str(command.state)], reason=reason, command=command)


def counted(steps: Sequence[Step]) -> dict[Progress, int]:
    """How many devices are how far, in the order of the words; none are left out."""
    return {one: number for one in Progress if (number := sum(step.progress == one for step in steps))}
