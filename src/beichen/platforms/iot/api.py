"""`/api/devices`: devices for programs, their readings over HTTP, commands to them.

Lists page by code: pass ``next`` as ``after``. A device itself comes with ``Authorization: Basic`` of its
code and credential; a program with its key; a person's page with its form's token. Long because every address
of the protocol stands here, each a few lines.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

import orjson
from django.db.models import Q
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from beichen.kernel.access.service import acting, check_rate, require
from beichen.kernel.actor import PUBLIC, Actor
from beichen.platforms.iot import codes, service
from beichen.platforms.iot.ingest import MOST_BATCH_BYTES
from beichen.platforms.iot.models import Command, Device
from beichen.platforms.iot.rights import READ
from beichen.platforms.iot.simulation.offer import simulated
from beichen.platforms.iot.words import State
from beichen.problem import Problem, ProblemError, Where, said
from beichen.web import programs

RATE = "600/minute"
CLAIMS = "30/minute"
router = Router(tags=["devices"])
Word = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


class ChannelIn(Schema):
    """A name in messages that is a measure of a thing."""

    name: str
    thing: str
    measure: str
    factor: float = Field(default=1.0, allow_inf_nan=False)
    offset: float = Field(default=0.0, allow_inf_nan=False)


class DeviceIn(Schema):
    """A device as :class:`service.DeviceFacts` has it; its code stands in the address where it is changed."""

    code: str = ""
    name: str = ""
    thing: str = ""
    group: str = ""
    region: str = ""
    body: str = ""
    every: int = 0
    rate: int = 0
    channels: list[ChannelIn] = Field(default_factory=list, max_length=200)

    def facts(self, code: str = "") -> service.DeviceFacts:
        """Raises ProblemError IOT-102 for a text or a number that no database keeps."""
        values = self.model_dump()
        try:
            written = orjson.dumps(values)
        except TypeError as error:  # beyond 64 bits, or half a surrogate pair
            message = said("a number is too large, or a text holds half a character")
            raise ProblemError(Problem(codes.BAD_DEVICE, message)) from error
        if b"\\u0000" in written:
            raise ProblemError(Problem(codes.BAD_DEVICE, said("a text holds a character without a form")))
        channels = tuple(service.ChannelFacts(**one) for one in values.pop("channels"))
        return service.DeviceFacts(**{**values, "code": code or self.code}, channels=channels)


class DevicesIn(Schema):
    """Up to 1,000 devices."""

    devices: list[DeviceIn] = Field(max_length=1_000)


class CodesIn(Schema):
    """Up to 1,000 devices by their codes."""

    devices: list[Annotated[str, Field(max_length=100)]] = Field(min_length=1, max_length=1_000)


class StateIn(Schema):
    """The state that a device shall have."""

    state: Literal["active", "disabled", "lost"]


class CredentialIn(Schema):
    """A token is made here; a password or a certificate in PEM is brought."""

    kind: Literal["token", "password", "certificate", "claim"]
    secret: str = Field(default="", max_length=20_000)


class ClaimBody(Schema):
    """The claim that stands on a device or in its papers."""

    claim: str = Field(max_length=200)


class CommandBody(Schema):
    """A command of the device's thing, and its parameters."""

    name: str = Field(max_length=60)
    parameters: dict[str, Any] = Field(default_factory=dict)


def entry(row: Device) -> dict[str, Any]:
    """A device as the list has it."""
    return {
        "code": row.code,
        "name": row.name,
        "thing": row.thing.code if row.thing else None,
        "group": row.group.key if row.group else None,
        "region": row.region.code if row.region else None,
        "body": row.body.key if row.body else None,
        "state": row.state,
        "online": row.is_online,
        "last_seen": row.last_seen_at,
        "firmware": row.firmware,
        "config_version": row.config_version,
        "every": row.every,
        "rate": row.rate,
    }


def ordered(row: Command) -> dict[str, Any]:
    """A command as answers show it."""
    names = ("name", "parameters", "state", "created_at", "sent_at", "due_at", "settled_at", "answer")
    return {"id": row.code, **{name: getattr(row, name) for name in names}}


def writer(request: HttpRequest) -> Actor:
    """Who writes. A page's session alone is not enough: another site could send it. Raises IOT-109."""
    return programs.writer(request, codes.NO_ENTRY, area="iot.api", rate=RATE)


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    """Name and secret of a device that comes by itself."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ("", "")
    return (name, secret) if "\0" not in name + secret else ("", "")


@router.get("", summary="Devices, by code")
def list_devices(
    request: HttpRequest,
    text: Word = "",
    state: Literal["", "registered", "active", "disabled", "lost"] = "",
    group: Word = "",
    thing: Word = "",
    online: Literal["", "true", "false"] = "",
    after: Word = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page of the devices that the asker may see; ``text`` begins a code or a name."""
    rows = service.devices(by=acting(request)).filter(code__gt=after)
    if text:
        rows = rows.filter(Q(code__startswith=text) | Q(name__startswith=text))
    if state:
        rows = rows.filter(state=state)
    if group:
        rows = rows.filter(group__key=group)
    if thing:
        rows = rows.filter(thing__code=thing)
    if online:
        rows = rows.filter(is_online=online == "true")
    page = list(rows.order_by("code")[: limit + 1])
    following = page[limit - 1].code if len(page) > limit else None
    return {"devices": [entry(row) for row in page[:limit]], "next": following}


@router.post("", summary="Register devices", response={201: Any, 422: Any})
def register(request: HttpRequest, told: DevicesIn) -> Status[dict[str, Any]]:
    """Registers those that can be; the others come back with their problems, by their place from 0. Where
    none can be, the status is 422."""
    facts = [one.facts() for one in told.devices]
    outcome = service.register_devices(facts, by=writer(request))
    refused = {
        str(place): [problem.as_dict() for problem in problems] for place, problems in outcome.refused.items()
    }
    status = 422 if refused and not outcome.devices else 201
    return Status(status, {"registered": [row.code for row in outcome.devices], "refused": refused})


@router.post("/readings", summary="Readings of many devices", response={202: Any})
def take_batch(request: HttpRequest) -> Status[dict[str, Any]]:
    """Arrow IPC, CSV or JSON (``device``, ``measure``, ``value``, ``at``, ``seq``); answered when it is
    durable."""
    content = request.read(MOST_BATCH_BYTES + 1)  # not `body`, which refuses more than a form may hold
    accepted = service.ingest_batch(content, request.headers.get("Content-Type", ""), by=acting(request))
    return Status(202, {"accepted": accepted})


@router.post("/tokens", summary="Give many devices tokens", response={201: Any})
def add_tokens(request: HttpRequest, told: CodesIn) -> Status[dict[str, Any]]:
    """For a delivery of up to 1,000: a token each by code, this once; all of them or none."""
    return Status(201, {"tokens": service.issue_tokens(told.devices, by=writer(request))})


@router.get("/simulation", summary="What the installed scenes say of their devices, for trials")
def simulation(request: HttpRequest) -> dict[str, Any]:
    """Types with their formulas, people's reports, the city's place and climate; see `beichen simulate`."""
    require(acting(request), READ)
    return simulated()


@router.get("/timetables", summary="Timetables that scenes declare")
def list_timetables(request: HttpRequest) -> dict[str, Any]:
    """Those that a group of devices may follow."""
    rows = service.timetables(by=acting(request))
    names = ("key", "name", "name_en", "type", "entries", "version")
    return {"timetables": [{name: getattr(row, name) for name in names} for row in rows]}


@router.get("/{slug:device}", summary="A device with what it measured last")
def read_device(request: HttpRequest, device: str) -> dict[str, Any]:
    """What it said of itself, its latest values, its credentials without secrets, what was refused lately."""
    return _whole(service.find_device(device, by=acting(request)))


def _whole(row: Device) -> dict[str, Any]:
    latest = service.latest_of(row)
    return {
        **entry(row),
        "attributes": row.attributes,
        "channels": [
            {
                "name": one.name,
                "thing": one.thing.code,
                "measure": one.measure,
                "factor": one.factor,
                "offset": one.offset,
            }
            for one in row.channels.select_related("thing")
        ],
        "latest": [
            {"thing": one.object.code, "measure": one.name, "value": one.value, "at": one.at}
            for one in latest
        ],
        "credentials": [
            {"number": one.pk, "kind": one.kind, "hint": one.hint, "created_at": one.created_at}
            for one in row.credentials.filter(revoked_at=None)
        ],
        "refused": service.refused_of(row),
    }


@router.put("/{slug:device}", summary="Change a device")
def change(request: HttpRequest, device: str, told: DeviceIn) -> dict[str, Any]:
    """Bring the device to what the body says, its channels too."""
    by = writer(request)
    service.change_device(told.facts(device), by=by)
    return _whole(service.find_device(device, by=by))


@router.post("/{slug:device}/state", summary="Take a device into or out of use")
def set_state(request: HttpRequest, device: str, told: StateIn) -> dict[str, Any]:
    """Readings of a device that is disabled or lost are put aside, and it is not let in."""
    by = writer(request)
    service.set_state(device, State(told.state), by=by)
    return entry(service.find_device(device, by=by))


@router.post("/{slug:device}/credentials", summary="Give a device a credential", response={201: Any})
def add_credential(request: HttpRequest, device: str, told: CredentialIn) -> Status[dict[str, Any]]:
    """The answer holds a token or a claim this once."""
    by = writer(request)
    if told.kind == "token":
        return Status(201, {"token": service.issue_token(device, by=by)})
    if told.kind == "claim":
        return Status(201, {"claim": service.issue_claim(device, by=by)})
    if told.kind == "password":
        service.set_password(device, told.secret, by=by)
        return Status(201, {"kind": "password"})
    return Status(201, {"fingerprint": service.add_certificate(device, told.secret, by=by)})


@router.delete("/{slug:device}/credentials/{int:number}", summary="Revoke a credential", response={204: None})
def revoke(request: HttpRequest, device: str, number: int) -> Status[None]:
    """It counts no more from now on."""
    service.revoke_credential(device, min(number, 2**62), by=writer(request))
    return Status(204, None)


@router.post("/{slug:device}/claim", summary="Trade a claim for a token", response={201: Any})
def claim(request: HttpRequest, device: str, told: ClaimBody) -> Status[dict[str, Any]]:
    """A new device fetches its token, once; nobody else needs to know it."""
    check_rate("iot.claim", request.META.get("REMOTE_ADDR", ""), CLAIMS)
    return Status(201, {"token": service.claim_device(device, told.claim, by=PUBLIC)})


@router.post("/{slug:device}/telemetry", summary="Readings of a device", response={202: Any})
def take(request: HttpRequest, device: str) -> Status[dict[str, Any]]:
    """JSON or CBOR as over MQTT, answered when it is durable."""
    basic = _basic(request)
    if basic is not None and basic[0] != device:
        message = said("a device speaks for itself")
        raise ProblemError(Problem(codes.NO_ENTRY, message, Where(field="Authorization")))
    by, secret = (acting(request), "") if basic is None else (None, basic[1])
    return Status(202, {"accepted": service.ingest(device, request.body, by=by, secret=secret)})


@router.get("/{slug:device}/commands", summary="Commands to a device, the newest first")
def list_commands(
    request: HttpRequest, device: str, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """How far each is, and what the device answered."""
    by = acting(request)
    row = service.find_device(device, by=by)
    return {"commands": [ordered(one) for one in service.commands_of(row, by=by)[:limit]]}


@router.post("/{slug:device}/commands", summary="Send a command", response={201: Any})
def send(request: HttpRequest, device: str, told: Annotated[CommandBody, Body()]) -> Status[dict[str, Any]]:
    """It is said to the device until it answers or the command's time is out."""
    by = writer(request)
    return Status(201, ordered(service.send_command(device, told.name, told.parameters, by=by)))
