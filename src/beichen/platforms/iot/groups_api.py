"""`/api/devices/groups`: devices that are handled together: commands, timetables, updates for all of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from beichen.kernel.access.service import acting
from beichen.platforms.iot import service
from beichen.platforms.iot.api import CommandBody, ordered, writer
from beichen.platforms.iot.models import Following, Update
from beichen.platforms.iot.timetables.declaration import MOST_ENTRIES

router = Router(tags=["devices"])


class GroupName(Schema):
    """What a group is called."""

    name: str = Field(min_length=1, max_length=100)


class EntryIn(Schema):
    """A command by the clock or the sun, as `timetables.yaml` says it."""

    at: str = Field(max_length=20)
    order: str = Field(max_length=60)
    parameters: dict[str, Any] = Field(default_factory=dict)
    days: Literal["", "workdays", "rest-days"] = ""
    wait: str = Field("", max_length=10)

    def declared(self) -> dict[str, Any]:
        """Without what is not said."""
        return {name: value for name, value in self.dict().items() if value not in ("", {})}


class FollowingIn(Schema):
    """Which timetable a group follows (by its key), or entries of its own; both: that one, changed."""

    timetable: str = Field("", max_length=130)
    entries: list[EntryIn] | None = Field(None, max_length=MOST_ENTRIES)
    on: bool = True


class UpdateIn(Schema):
    """A version of firmware, and where devices fetch it."""

    version: str = Field(max_length=100)
    url: str = Field(max_length=500)
    sha256: str = Field(max_length=64)


@router.get("", summary="Groups of devices")
def list_groups(request: HttpRequest) -> dict[str, Any]:
    """Those in which the asker may see a device, with how many."""
    rows = service.groups(by=acting(request))
    return {
        "groups": [{"key": row.key, "name": row.name, "devices": getattr(row, "number", 0)} for row in rows]
    }


@router.put("/{slug:group}", summary="Make or rename a group")
def save_group(request: HttpRequest, group: str, told: GroupName) -> dict[str, Any]:
    """A device is put into it by its own `group`."""
    row = service.save_group(group, told.name, by=writer(request))
    return {"key": row.key, "name": row.name}


@router.get("/{slug:group}/commands", summary="The newest command of each device of a group")
def list_results(request: HttpRequest, group: str) -> dict[str, Any]:
    """How far each is: the result of a command to the group, device by device."""
    by = acting(request)
    rows = list(service.devices_of(service.find_group(group, by=by), by=by))
    last = service.last_commands(rows)
    told = [ordered(last[row.pk]) if row.pk in last else None for row in rows]
    return {"devices": [{"device": row.code, "command": one} for row, one in zip(rows, told, strict=True)]}


@router.post("/{slug:group}/commands", summary="Tell all devices of a group", response={201: Any})
def order(request: HttpRequest, group: str, told: Annotated[CommandBody, Body()]) -> Status[dict[str, Any]]:
    """Each device with its command, or with the reason why it was not ordered."""
    results = service.command_group(group, told.name, told.parameters, by=writer(request))
    return Status(201, _results(results))


def _results(results: list[service.Ordered]) -> dict[str, Any]:
    return {
        "ordered": sum(one.command is not None for one in results),
        "devices": [
            {
                "device": one.device,
                "command": ordered(one.command) if one.command else None,
                "problems": [problem.as_dict() for problem in one.problems],
            }
            for one in results
        ],
    }


def _followed(row: Following | None) -> dict[str, Any]:
    if row is None:
        return {"timetable": None, "entries": [], "on": False, "next_at": None, "told_at": None, "told": []}
    return {
        "timetable": row.timetable.key if row.timetable else None,
        "changed": row.timetable is not None and row.entries is not None,
        "entries": row.entries if row.entries is not None else row.timetable.entries if row.timetable else [],
        "on": row.is_on,
        "next_at": row.next_at,
        "told_at": row.told_at,
        "told": row.outcome.get("told", []),
    }


@router.get("/{slug:group}/timetable", summary="By which timetable a group is told")
def read_timetable(request: HttpRequest, group: str) -> dict[str, Any]:
    """Its entries, when it is told next, and what became of the last time."""
    return _followed(service.following_of(service.find_group(group, by=acting(request))))


@router.put("/{slug:group}/timetable", summary="Let a group follow a timetable")
def follow(request: HttpRequest, group: str, told: FollowingIn) -> dict[str, Any]:
    """A scene's, or entries of its own; it begins with the next entry."""
    entries = None if told.entries is None else [one.declared() for one in told.entries]
    by = writer(request)
    return _followed(service.follow(group, told.timetable, entries, is_on=told.on, by=by))


@router.delete("/{slug:group}/timetable", summary="Let a group follow none", response={204: None})
def unfollow(request: HttpRequest, group: str) -> Status[None]:
    """Nothing is told to it by the clock any more."""
    service.unfollow(group, by=writer(request))
    return Status(204, None)


def _offered(row: Update) -> dict[str, Any]:
    names = ("code", "version", "url", "sha256", "offered_at")
    return {name: getattr(row, name) for name in names}


@router.get("/{slug:group}/updates", summary="Updates that were offered to a group, the newest first")
def list_updates(
    request: HttpRequest, group: str, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """What was offered; how far each device is, the update itself says."""
    by = acting(request)
    rows = service.updates_of(service.find_group(group, by=by), by=by)[:limit]
    return {"updates": [_offered(row) for row in rows]}


@router.post("/{slug:group}/updates", summary="Offer an update of firmware", response={201: Any})
def offer(request: HttpRequest, group: str, told: UpdateIn) -> Status[dict[str, Any]]:
    """Every device that does not run the version is asked, or says why it is not."""
    row, asked = service.offer_update(group, told.version, told.url, told.sha256, by=writer(request))
    return Status(201, {**_offered(row), **_results(asked)})


@router.get("/{slug:group}/updates/{slug:code}", summary="How far an update is")
def read_update(request: HttpRequest, group: str, code: str) -> dict[str, Any]:
    """Each device: whether it runs the version, how far it is, why it failed; and how many are how far."""
    by = acting(request)
    row = service.find_update(service.find_group(group, by=by), code, by=by)
    steps = service.steps_of(row, by=by)
    return {
        **_offered(row),
        "counts": {str(one): number for one, number in service.counted(steps).items()},
        "devices": [
            {
                "device": one.device.code,
                "firmware": one.device.firmware,
                "progress": str(one.progress),
                "percent": one.percent,
                "reason": one.reason,
            }
            for one in steps
        ],
    }


@router.post("/{slug:group}/updates/{slug:code}/again", summary="Ask again", response={201: Any})
def offer_again(request: HttpRequest, group: str, code: str) -> Status[dict[str, Any]]:
    """Those who neither run the version nor are still at it."""
    by = writer(request)
    row = service.find_update(service.find_group(group, by=by), code, by=by)
    return Status(201, _results(service.offer_again(row, by=by)))
