"""Which timetable a group follows: chosen at the desk, changed for this group alone, switched on and off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.iot import codes
from beichen.platforms.iot.grouping import commands_of_group, find_group
from beichen.platforms.iot.models import Device, DeviceGroup, Following, Timetable
from beichen.platforms.iot.rights import COMMAND, READ
from beichen.platforms.iot.timetables.declaration import MOST_ENTRIES, SUNRISE, SUNSET, Entry, read_entry
from beichen.platforms.iot.timetables.reckoning import next_due
from beichen.platforms.iot.timetables.sun import Place, place_of
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten
from beichen.registry.models import ObjectType
from beichen.registry.service import value_faults


def timetables(*, by: Actor) -> QuerySet[Timetable]:
    """The timetables that scenes declare, by key. Raises ProblemError ACC-403."""
    require(by, READ)
    return Timetable.objects.filter(is_current=True)


def following_of(group: DeviceGroup) -> Following | None:
    """By what the group is told; None where nobody said."""
    return Following.objects.filter(group=group).select_related("timetable", "group").first()


def entries_of(row: Following) -> list[Entry]:
    """The group's own entries, or those of the timetable that it follows."""
    told = row.entries if row.entries is not None else row.timetable.entries if row.timetable else []
    return [read_entry(one) for one in told]


def place_in(row: Following) -> Place:
    """Where the sun is looked for."""
    if row.place:
        return (float(row.place[0]), float(row.place[1]))
    if any(entry.sun for entry in entries_of(row)):  # its scene says so by now
        return place_of(row.group)
    return (0.0, 0.0)


def reckon(row: Following, now: datetime) -> None:
    """Work out when the group is told next; the caller saves the row."""
    row.next_at = next_due(entries_of(row), now, place_in(row)) if row.is_on else None


@transaction.atomic
def follow(
    key: str,
    timetable: str,
    entries: Sequence[Mapping[str, Any]] | None = None,
    *,
    is_on: bool = True,
    by: Actor,
    now: datetime | None = None,
) -> Following:
    """Let a group follow a scene's timetable (by its key), or ``entries`` of its own; both: changed ones.

    It begins with the next entry: what was due before is not made up for. Raises ProblemError IOT-105,
    IOT-115 for entries that do not fit, IOT-116, IOT-117 where some of the group's devices are not
    the asker's to command, ACC-403.
    """
    group = find_group(key, by=by)
    _require_all(group, by)
    chosen = _timetable(timetable, by) if timetable else None
    if chosen is None and not entries:
        message = said("a group follows a timetable, or entries of its own")
        raise ProblemError(Problem(codes.BAD_TIMETABLE, message, Where(field="timetable")))
    told = chosen.entries if entries is None and chosen is not None else list(entries or ())
    if entries is not None and (problems := list(entry_problems(told, _commands(group, chosen, by)))):
        raise ProblemError(*problems)
    at = now or timezone.now()
    row = Following.objects.filter(group=group).select_for_update().first() or Following(group=group)
    row.timetable, row.is_on = chosen, is_on
    row.entries = None if chosen is not None and told == chosen.entries else told
    row.place = list(place_of(group)) if _asks_the_sun(told) else []
    row.changed_at, row.changed_by = at, by.key
    reckon(row, at)
    row.save()
    detail = {"timetable": timetable, "entries": row.entries, "is_on": is_on}
    audit.record(by, "iot.timetable.follow", f"platforms_iot.devicegroup:{key}", detail=detail)
    bus.publish("iot.timetable.followed", key, detail, by=by)
    return row


def _asks_the_sun(entries: Sequence[Mapping[str, Any]]) -> bool:
    return any(word in str(entry.get("at", "")) for entry in entries for word in (SUNRISE, SUNSET))


@transaction.atomic
def unfollow(key: str, *, by: Actor) -> None:
    """Let nobody tell the group anything by the clock any more. Raises ProblemError IOT-105, IOT-117."""
    group = find_group(key, by=by)
    _require_all(group, by)
    if Following.objects.filter(group=group).delete()[0]:
        audit.record(by, "iot.timetable.unfollow", f"platforms_iot.devicegroup:{key}")
        bus.publish("iot.timetable.followed", key, {"timetable": None}, by=by)


def _commands(group: DeviceGroup, chosen: Timetable | None, by: Actor) -> dict[str, dict[str, Any]]:
    """What the group can be told: what its things declare, and those for which the timetable was made."""
    kind = ObjectType.objects.filter(key=chosen.type).first() if chosen else None
    return {**(kind.commands if kind else {}), **commands_of_group(group, by=by)}


def _require_all(group: DeviceGroup, by: Actor) -> None:
    """A timetable commands all devices of a group, so that nobody sets one who may command only some."""
    require(by, COMMAND)
    devices = Device.objects.filter(group=group)
    if visible(by, COMMAND, devices).count() != devices.count():
        hint = said("somebody with rights over all of the group may set its timetable")
        message = said("some devices of the group are not yours to command")
        raise ProblemError(Problem(codes.NOT_ALL, message, Where(field="group"), hint))


def _timetable(key: str, by: Actor) -> Timetable:
    row = timetables(by=by).filter(key=key).first()
    if row is None:
        known = timetables(by=by).values_list("key", flat=True)
        message = shorten(said("there is no timetable {value!r}", value=key))
        raise ProblemError(
            Problem(codes.NO_TIMETABLE, message, Where(field="timetable"), nearest(key, known))
        )
    return row


def entry_problems(
    entries: Sequence[Mapping[str, Any]], commands: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """What is wrong with entries, where the things may be told these commands; each with its place."""
    if len(entries) > MOST_ENTRIES:
        message = said("at most {most} entries", most=MOST_ENTRIES)
        yield Problem(codes.BAD_TIMETABLE, message, Where(field="entries"))
    for number, told in enumerate(entries[:MOST_ENTRIES]):
        for name, message, hint in entry_faults(told, commands):
            where = Where(field=f"entries.{number}.{name}")
            yield Problem(codes.BAD_TIMETABLE, shorten(message), where, hint)


def entry_faults(
    told: Mapping[str, Any], commands: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, str]]:
    """The faults of one entry: which part, what is wrong, a hint."""
    try:
        entry = read_entry(told)
    except ValueError as error:
        yield ("at", str(error), "")
        return
    declared = commands.get(entry.order)
    if declared is None:
        message = said("the devices have no command {name!r}", name=entry.order)
        yield ("order", message, nearest(entry.order, commands))
        return
    for place, message in value_faults(dict(declared.get("parameters", {})), entry.parameters):
        yield (f"parameters.{place}".rstrip("."), message, "")
