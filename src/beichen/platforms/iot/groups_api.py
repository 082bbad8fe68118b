"""`/api/devices/groups`: devices that are handled together, and one command to all of them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Field, Router, Schema, Status

from beichen.kernel.access.service import acting
from beichen.platforms.iot import service
from beichen.platforms.iot.api import CommandBody, ordered, writer

router = Router(tags=["devices"])


class GroupName(Schema):
    """What a group is called."""

    name: str = Field(min_length=1, max_length=100)


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
    return Status(
        201,
        {
            "ordered": sum(one.command is not None for one in results),
            "devices": [
                {
                    "device": one.device,
                    "command": ordered(one.command) if one.command else None,
                    "problems": [problem.as_dict() for problem in one.problems],
                }
                for one in results
            ],
        },
    )
