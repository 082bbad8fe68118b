"""Observations that clients send (clauses 10.2 and 12): into the devices' own stream, durable when answered.

An observation goes to the device of its series as a message like any other, so that all treatments apply.
What is known at once to be put aside is refused and not sent. What was said of it beside time and result is
kept under its id before it is sent; sent again, it is the same observation. Long because what is refused at
once, what is kept and what is sent are one decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.sensorthings import bodies
from beichen.platforms.iot.sensorthings.bodies import Body
from beichen.platforms.iot.sensorthings.codes import NO_ENTRY, REFUSED, bad_body, no_entity
from beichen.platforms.iot.sensorthings.filters import moment
from beichen.platforms.iot.sensorthings.identity import identity, identity_of_many
from beichen.platforms.iot.sensorthings.keeping import Series, create, seen
from beichen.platforms.iot.sensorthings.models import Datastream, Feature, MultiDatastream, Told
from beichen.platforms.iot.sensorthings.rights import READ
from beichen.platforms.iot.sensorthings.schema import FEATURES, OBSERVATIONS
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

MOST = 20_000  # observations of one request
MESSAGE = 1_000  # of them in one message
KNOWN = frozenset(OBSERVATIONS.names)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a client, or a device with its credential."""

    by: Actor | None
    device: str = ""
    secret: str = ""


@dataclass(slots=True)
class Observation:
    """One observation on its way: where to, the values by their names, and what was said of it."""

    stream: Series
    at: datetime
    values: Body
    told: Body = field(default_factory=dict)
    feature: Any = None

    @property
    def id(self) -> str:
        """What it will be called."""
        if isinstance(self.stream, MultiDatastream):
            return str(identity_of_many(self.stream.pk, self.at))
        (value,) = self.values.values()
        is_text = isinstance(value, str)
        number = None if is_text else float(value)
        return str(identity(self.stream.pk, self.at, number, value if is_text else None))

    def record(self) -> Body:
        """Its record in a message."""
        return {"ts": self.at.isoformat(), "values": self.values}


def _moments(value: Any, name: str, pointer: str) -> tuple[datetime, datetime | None]:
    """A time or an interval. Raises ProblemError STA-107."""
    start, slash, end = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not bodies.is_time(start) or (slash and not bodies.is_time(end)):
        hint = "2026-07-01T12:00:00Z, or two of them with a slash"
        raise ProblemError(bad_body(f"{name} is no time", f"{pointer}/{name}", hint))
    return moment(start), moment(end) if slash else None


def _told(body: Body, until: datetime | None, pointer: str) -> Body:
    """What is said of an observation beside its time and result."""
    told: Body = {"until": until} if until else {}
    if body.get("resultTime") is not None:
        told["result_time"] = _moments(body["resultTime"], "resultTime", pointer)[0]
    if body.get("validTime") is not None:
        _moments(body["validTime"], "validTime", pointer)
        told["valid"] = body["validTime"][:80]
    for name, column in (("resultQuality", "quality"), ("parameters", "parameters")):
        if body.get(name) is not None:
            told[column] = body[name]
    if "parameters" in told and not isinstance(told["parameters"], dict):
        raise ProblemError(bad_body("parameters is an object", f"{pointer}/parameters"))
    if (
        len(orjson.dumps(told.get("quality"))) + len(orjson.dumps(told.get("parameters")))
        > bodies.MOST_MEMBER
    ):
        raise ProblemError(bad_body("what is said of the result is too long", pointer))
    return told


def _is_result(value: Any) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return isfinite(value)
        except OverflowError:  # a whole number beyond all
            return False
    return isinstance(value, str | bool)


def _values(stream: Series, result: Any, pointer: str) -> Body:
    """The values of a result, by the names under which the device sends them. Raises ProblemError STA-107."""
    place = f"{pointer}/result"
    if isinstance(stream, Datastream):
        if not _is_result(result):
            raise ProblemError(bad_body("result is a number, a truth or a text", place))
        return {stream.entry: result}
    parts = list(stream.parts.all())
    if not isinstance(result, list) or len(result) != len(parts):
        raise ProblemError(bad_body(f"result is a list of {len(parts)} values", place))
    for number, value in enumerate(result):
        if value is not None and not _is_result(value):
            message = "a value is a number, a truth, a text, or null where there is none"
            raise ProblemError(bad_body(message, f"{place}/{number}"))
    values = {part.entry: value for part, value in zip(parts, result, strict=True) if value is not None}
    if not values:
        raise ProblemError(bad_body("none of the values is there", place))
    return values


def observation(stream: Series, body: Any, *, now: datetime, pointer: str = "") -> Observation:
    """An observation from its body. Raises ProblemError STA-107, STA-110."""
    body = bodies.entity(body, pointer)
    for name in body:
        if name not in KNOWN and "@iot." not in name and name != "id":
            hint = nearest(name, KNOWN)
            raise ProblemError(bad_body(f"Observation has no {name[:30]!r}", f"{pointer}/{name[:60]}", hint))
    values = _values(stream, body.get("result"), pointer)
    at, until = now, None
    if body.get("phenomenonTime") is not None:
        at, until = _moments(body["phenomenonTime"], "phenomenonTime", pointer)
    told = _told(body, until, pointer)
    if stream.device is None or not all(values):
        message = f"no device sends for {type(stream).__name__} {stream.pk}"
        hint = "register a device; one whose channel converts sends for itself"
        raise ProblemError(Problem(REFUSED, message, Where(pointer=pointer), hint))
    return Observation(stream, at.astimezone(UTC), values, told, body.get("FeatureOfInterest"))


def stream_of(key: Any, sender: Sender, pointer: str = "", *, is_multi: bool = False) -> Series:
    """The series that an id names, for who may send to it. Raises ProblemError STA-101, STA-107."""
    name = "MultiDatastream" if is_multi else "Datastream"
    if not isinstance(key, int) or isinstance(key, bool) or not 0 < key < 2**63:
        raise ProblemError(bad_body(f"a {name} is named by its @iot.id", pointer))
    rows: QuerySet[Any] = Datastream.objects.select_related("device")
    if is_multi:
        rows = MultiDatastream.objects.select_related("device").prefetch_related("parts")
    if sender.by is None:
        row = rows.filter(pk=key, device__code=sender.device).first()
    else:
        row = visible(sender.by, READ, rows).filter(pk=key).first()
    if row is None:
        raise no_entity(f"{name} {key}")
    found: Series = row
    return found


def named_in(body: Body, sender: Sender, pointer: str = "") -> Series:
    """The series that a body names, of the one kind or the other. Raises ProblemError STA-101, STA-107."""
    is_multi = "MultiDatastream" in body
    if is_multi and "Datastream" in body:
        raise ProblemError(bad_body("a Datastream or a MultiDatastream is named, not both", pointer))
    name = "MultiDatastream" if is_multi else "Datastream"
    named = body.get(name)
    key = named.get("@iot.id") if isinstance(named, dict) else None
    return stream_of(key, sender, f"{pointer}/{name}", is_multi=is_multi)


def faults(items: Sequence[Observation], *, now: datetime) -> list[ProblemError | None]:
    """What is known at once against each observation."""
    messages = [(_code(one), orjson.dumps(one.record())) for one in items]
    found: list[ProblemError | None] = []
    for one, reason in zip(items, iot.foretell(messages, now=now), strict=True):
        if not reason:
            found.append(None)
            continue
        message = said("a reading of {name} is {reason}", name=one.stream.name, reason=reason)
        hint = said("the series takes: {form}", form=", ".join(_forms(one.stream)))
        found.append(ProblemError(Problem(REFUSED, shorten(message), Where(pointer="/result"), hint)))
    return found


def _forms(stream: Series) -> list[str]:
    return [stream.form] if isinstance(stream, Datastream) else [part.form for part in stream.parts.all()]


def _code(one: Observation) -> str:
    return one.stream.device.code if one.stream.device else ""


def send(items: Sequence[Observation], sender: Sender) -> list[str]:
    """Keep observations; returns their ids. All are durable when it returns.

    Raises ProblemError ACC-403, IOT-109, IOT-111 (some may be kept), STA-101, STA-107, STA-111.
    """
    if sender.by is None:
        others = [one for one in items if _code(one) != sender.device]
        if others or not iot.admits(sender.device, sender.secret):
            raise ProblemError(Problem(NO_ENTRY, said("a device sends for itself, with its credential")))
    if any(one.told or one.feature is not None for one in items):  # else nobody's lock is waited for
        _keep_told(items, sender)
    records: dict[str, list[Body]] = {}
    for one in items:
        records.setdefault(_code(one), []).append(one.record())
    for device, found in records.items():
        for start in range(0, len(found), MESSAGE):
            payload = orjson.dumps(found[start : start + MESSAGE])
            iot.ingest(device, payload, by=sender.by, secret=sender.secret)
    return [one.id for one in items]


@transaction.atomic
def _keep_told(items: Sequence[Observation], sender: Sender) -> None:
    """Keep what was said of observations, under their ids; one audit record where there is any."""
    features = [_feature(one, sender) for one in items]
    rows = [
        Told(
            key=one.id,
            **{"datastream" if isinstance(one.stream, Datastream) else "multi": one.stream},
            feature=feature,
            since=one.at if "until" in one.told else None,
            **one.told,
        )
        for one, feature in zip(items, features, strict=True)
        if one.told or feature
    ]
    if rows:
        columns = ["feature", "since", "until", "result_time", "valid", "quality", "parameters"]
        unique = list({row.key: row for row in rows}.values())
        Told.objects.bulk_create(
            unique, batch_size=500, update_conflicts=True, unique_fields=["key"], update_fields=columns
        )
        by = sender.by or Actor(f"device:{sender.device}", sender.device)
        audit.record(
            by, "iot.sensorthings.told", "platforms_iot_sensorthings.told", detail={"count": len(unique)}
        )


def _feature(one: Observation, sender: Sender) -> Feature | None:
    if one.feature is None:
        return None
    key = bodies.key_of(one.feature)
    if sender.by is None:
        raise ProblemError(bad_body("a device names no feature", "/FeatureOfInterest"))
    if key is None:
        made = create(FEATURES, bodies.entity(one.feature, "/FeatureOfInterest"), by=sender.by)
        row: Feature = made.row
        return row
    found: Feature = seen(FEATURES, key, sender.by)
    return found


def observe(stream: Series, body: Any, sender: Sender, *, now: datetime | None = None) -> str:
    """Keep one observation; returns its id. Raises as :func:`observation` and :func:`send`, and STA-110."""
    at = now or timezone.now()
    item = observation(stream, body, now=at)
    if (fault := faults([item], now=at)[0]) is not None:
        raise fault
    return send([item], sender)[0]


def observe_all(items: Sequence[tuple[Series, Any]], sender: Sender) -> list[str]:
    """Keep the observations of a deep insert. What is wrong with one refuses all."""
    if not items:
        return []
    now = timezone.now()
    made = [observation(stream, body, now=now) for stream, body in items]
    if found := [one for one in faults(made, now=now) if one is not None]:
        raise found[0]
    return send(made, sender)


def observe_arrays(body: Any, sender: Sender, *, now: datetime | None = None) -> list[str | ProblemError]:
    """Keep data arrays (``CreateObservations``): for each row in turn its id, or why it was refused.

    Raises ProblemError STA-107 for what is no list of data arrays, and as :func:`send`.
    """
    at = now or timezone.now()
    outcomes: list[str | ProblemError] = []
    items: list[tuple[int, Observation]] = []
    if not isinstance(body, list):
        raise ProblemError(bad_body("a list of data arrays is expected"))
    for number, group in enumerate(body):
        _read_array(group, f"/{number}", sender, at, outcomes, items)
    good: list[tuple[int, Observation]] = []
    for one, fault in zip(items, faults([item for _place, item in items], now=at), strict=True):
        if fault is None:
            good.append(one)
        else:
            outcomes[one[0]] = fault
    made = send([item for _place, item in good], sender) if good else []
    for (place, _item), key in zip(good, made, strict=True):
        outcomes[place] = key
    return outcomes


def _read_array(
    group: Any,
    pointer: str,
    sender: Sender,
    at: datetime,
    outcomes: list[str | ProblemError],
    items: list[tuple[int, Observation]],
) -> None:
    """Read one data array: an outcome a row, empty where there is an item for it."""
    names, rows = _array(group, pointer)
    if len(outcomes) + len(rows) > MOST:
        raise ProblemError(bad_body(f"more than {MOST:,} observations at once", pointer))
    try:
        stream = named_in(group, sender, pointer)
    except ProblemError as error:
        outcomes += [error] * len(rows)
        return
    for place, row in enumerate(rows):
        outcomes.append("")
        try:
            item = _of_row(stream, names, row, at, f"{pointer}/dataArray/{place}")
        except ProblemError as error:
            outcomes[-1] = error
        else:
            items.append((len(outcomes) - 1, item))


def _array(group: Any, pointer: str) -> tuple[list[str], list[Any]]:
    """Names and rows of a data array. Raises ProblemError STA-107."""
    group = bodies.entity(group, pointer)
    names, rows = group.get("components"), group.get("dataArray")
    is_named = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not is_named or not isinstance(rows, list):
        raise ProblemError(bad_body("components and dataArray are lists", pointer))
    return names, rows


def _of_row(stream: Series, names: list[str], row: Any, at: datetime, pointer: str) -> Observation:
    if not isinstance(row, list) or len(row) != len(names):
        raise ProblemError(bad_body(f"a row has {len(names)} values", pointer))
    body = dict(zip(names, row, strict=True))
    if "FeatureOfInterest/id" in body:
        key = body.pop("FeatureOfInterest/id")
        body |= {"FeatureOfInterest": {"@iot.id": key}} if key is not None else {}
    return observation(stream, body, now=at, pointer=pointer)
