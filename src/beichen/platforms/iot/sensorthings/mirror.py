"""Entities of what the house has: objects whose type measures something, their places, devices and measures.

They are derived, as an index is: the registry and the devices hold the facts, and writing here leaves no
record of its own. :func:`bring` is called for changed objects (:mod:`.subscribers`), and for all of them now
and then (:mod:`.jobs`), because a type or a channel may change without an event. It writes what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.platforms.iot.models import Channel, Device
from beichen.platforms.iot.sensorthings import geometry
from beichen.platforms.iot.sensorthings.models import (
    NAME_LENGTH,
    Datastream,
    Feature,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from beichen.platforms.iot.sensorthings.schema import OBSERVATION_TYPES
from beichen.platforms.iot.sensorthings.types import TYPE
from beichen.registry.models import Object, ObjectType

CHUNK = 500
GEO = "application/geo+json"
JSON = "application/json"
Key = Callable[[Any], Hashable]


def measured_types() -> dict[int, ObjectType]:
    """The types whose objects are things here."""
    rows = ObjectType.objects.exclude(key=TYPE)
    return {row.pk: row for row in rows if row.measures}


def settle(
    rows: QuerySet[Any], key: Key, wanted: Mapping[Hashable, Mapping[str, Any]]
) -> dict[Hashable, Any]:
    """Bring rows to what is wanted of them, by key; those that differ are written, new ones added."""
    present = {key(row): row for row in rows}
    changed, columns = [], sorted({name for values in wanted.values() for name in values})
    for one, values in wanted.items():
        row = present.get(one)
        if row is None:
            continue
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    if changed:
        rows.model._default_manager.bulk_update(changed, columns, batch_size=CHUNK)
    added = [rows.model(**values) for one, values in wanted.items() if one not in present]
    rows.model._default_manager.bulk_create(added, batch_size=CHUNK)
    return {one: present[one] for one in wanted if one in present} | {key(row): row for row in added}


def _scope(row: Object | Device) -> dict[str, Any]:
    return {"region_id": row.region_id, "body_id": row.body_id, "level": row.level}


def _text(document: Mapping[str, Any], name: str) -> str:
    attribute = document.get(name)
    value = attribute.get("value") if isinstance(attribute, dict) else ""
    return value if isinstance(value, str) else ""


def _word(declared: Mapping[str, Any], name: str) -> str:
    return str(declared.get("zh") or declared.get("en") or name)[:NAME_LENGTH]


@transaction.atomic
def bring(codes: Iterable[str]) -> int:
    """Bring the entities of these objects up to date; those of objects that are gone are removed.

    Returns how many things there are for them now.
    """
    types = measured_types()
    wanted = list(dict.fromkeys(codes))
    objects = list(Object.objects.filter(code__in=wanted, removed_at=None, type__in=types))
    kept = [row.pk for row in objects]
    gone = Thing.objects.filter(object__code__in=wanted).exclude(object__in=kept)
    _forget(gone.exclude(object__removed_at=None, is_ours=True))
    if objects:
        _bring(objects, types)
    return len(objects)


def _forget(things: QuerySet[Thing]) -> None:
    keys = list(things.values_list("pk", "object"))
    if keys:
        Location.objects.filter(object__in=[key for _thing, key in keys]).delete()
        Thing.objects.filter(pk__in=[key for key, _object in keys]).delete()


def _bring(objects: Sequence[Object], types: Mapping[int, ObjectType]) -> None:
    documents = {row.pk: orjson.loads(row.document) for row in objects}
    things = settle(
        Thing.objects.filter(object__in=objects),
        lambda row: row.object_id,
        {
            row.pk: {
                "object_id": row.pk,
                "name": (row.name or row.code)[:NAME_LENGTH],
                "description": _text(documents[row.pk], "description"),
                "properties": {"code": row.code, "urn": row.urn, "type": types[row.type_id].key},
                **_scope(row),
            }
            for row in objects
        },
    )
    _places(objects, documents, things)
    _series(objects, types, things)


def _places(
    objects: Sequence[Object], documents: Mapping[int, Any], things: Mapping[Hashable, Thing]
) -> None:
    """Locations, where the things were, and what their observations are of."""
    placed: dict[Hashable, dict[str, Any]] = {}
    for row in objects:
        attribute = documents[row.pk].get("location")
        value = attribute.get("value") if isinstance(attribute, dict) else None
        if value is not None:
            placed[row.pk] = {
                "name": (row.name or row.code)[:NAME_LENGTH],
                "encoding": GEO,
                "shape": value,
                **geometry.bounds_of(geometry.shape_of(value)),
                **_scope(row),
            }
    before: dict[Hashable, Any] = dict(
        Location.objects.filter(object__in=list(placed)).values_list("object", "shape")
    )
    locations = settle(
        Location.objects.filter(object__in=list(placed)),
        lambda row: row.object_id,
        {key: {"object_id": key, **values} for key, values in placed.items()},
    )
    moved = [key for key in placed if before.get(key) != placed[key]["shape"]]
    now = timezone.now()
    history = HistoricalLocation.objects.bulk_create(
        [HistoricalLocation(thing=things[key], time=now) for key in moved], batch_size=CHUNK
    )
    _link(Thing.locations.through, "thing", [(things[key], locations[key]) for key in moved])
    _link(
        HistoricalLocation.locations.through,
        "historicallocation",
        [(row, locations[key]) for row, key in zip(history, moved, strict=True)],
    )
    settle(
        Feature.objects.filter(thing__in=[things[key] for key in placed]),
        lambda row: row.thing_id,
        {things[key].pk: {"thing_id": things[key].pk, **values} for key, values in placed.items()},
    )


def _link(through: Any, side: str, pairs: Sequence[tuple[Any, Location]]) -> None:
    rows = [through(**{f"{side}_id": one.pk, "location_id": place.pk}) for one, place in pairs]
    through.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)


def _feeds(objects: Sequence[Object]) -> dict[tuple[int, str], tuple[Device, str]]:
    """Which device feeds each measure, under which name; a channel before the device's own thing.

    A channel that converts is not sent through: what is observed is the converted value. Its name is empty.
    """
    feeds: dict[tuple[int, str], tuple[Device, str]] = {}
    channels = Channel.objects.filter(thing__in=objects).select_related("device").order_by("device", "name")
    for channel in channels:
        is_plain = channel.factor == 1.0 and channel.offset == 0.0
        entry = channel.name if is_plain else ""
        feeds.setdefault((channel.thing_id, channel.measure), (channel.device, entry))
    for device in Device.objects.filter(thing__in=objects).order_by("pk"):
        if device.thing_id is not None:
            feeds.setdefault((device.thing_id, ""), (device, ""))
    return feeds


def _unknown() -> Sensor:
    """The sensor of what no device measures."""
    row, _is_new = Sensor.objects.get_or_create(
        device=None,
        is_ours=False,
        defaults={"name": "unknown", "description": "No device is registered.", "encoding": JSON},
    )
    return row


def _series(
    objects: Sequence[Object], types: Mapping[int, ObjectType], things: Mapping[Hashable, Thing]
) -> None:
    feeds = _feeds(objects)
    devices = {device.pk: device for device, _entry in feeds.values()}
    sensors = settle(
        Sensor.objects.filter(device__in=list(devices)),
        lambda row: row.device_id,
        {
            key: {
                "device_id": key,
                "name": (device.name or device.code)[:NAME_LENGTH],
                "encoding": JSON,
                "metadata": {"code": device.code, "firmware": device.firmware},
                **_scope(device),
            }
            for key, device in devices.items()
        },
    )
    observed = _observed({types[row.type_id].pk: types[row.type_id] for row in objects})
    wanted: dict[Hashable, dict[str, Any]] = {}
    for row in objects:
        kind, thing = types[row.type_id], things[row.pk]
        for measure, declared in kind.measures.items():
            device, entry = feeds.get((row.pk, measure)) or feeds.get((row.pk, "")) or (None, "")
            if device is not None and (row.pk, measure) not in feeds:
                entry = measure
            sensor = sensors[device.pk] if device else _unknown()
            wanted[(thing.pk, measure)] = {
                "thing_id": thing.pk,
                "sensor_id": sensor.pk,
                "observed_id": observed[(kind.key, measure)].pk,
                "measure": measure,
                "form": declared.get("type", "number"),
                "device_id": device.pk if device else None,
                "entry": entry,
                "name": f"{thing.name} {_word(declared, measure)}"[:NAME_LENGTH],
                "observation_type": OBSERVATION_TYPES[declared.get("type", "number")],
                "unit": unit_of(declared.get("unit")),
            }
    rows = Datastream.objects.filter(thing__in=[things[row.pk] for row in objects])
    settle(rows, lambda row: (row.thing_id, row.measure), wanted)
    stale = [row.pk for row in rows.all() if (row.thing_id, row.measure) not in wanted]
    Datastream.objects.filter(pk__in=stale).delete()


def _observed(kinds: Mapping[int, ObjectType]) -> dict[Hashable, ObservedProperty]:
    wanted: dict[Hashable, dict[str, Any]] = {
        (kind.key, measure): {
            "kind": kind.key,
            "measure": measure,
            "name": _word(declared, measure),
            "definition": f"{kind.iri}#{measure}",
        }
        for kind in kinds.values()
        for measure, declared in kind.measures.items()
    }
    rows = ObservedProperty.objects.filter(kind__in=[kind.key for kind in kinds.values()], is_ours=False)
    return settle(rows, lambda row: (row.kind, row.measure), wanted)


def unit_of(unit: Any) -> dict[str, Any]:
    """A unit as SensorThings says it; without one the members are null, as for texts and truths."""
    if not unit or unit == "1":
        return {"name": None, "symbol": None, "definition": None}
    return {"name": str(unit), "symbol": str(unit), "definition": f"ucum:{unit}"}


def bring_all() -> int:
    """Bring the entities of all objects that measure up to date; returns how many things there are."""
    types, last, number = measured_types(), 0, 0
    while True:
        rows = Object.objects.filter(type__in=types, removed_at=None, pk__gt=last).order_by("pk")
        found = list(rows.values_list("pk", "code")[:CHUNK])
        if not found:
            break
        number += bring([code for _key, code in found])
        last = found[-1][0]
    gone = Thing.objects.exclude(object__removed_at=None).values_list("object__code", flat=True)
    lost = Thing.objects.filter(is_ours=False).exclude(object__type__in=types)
    bring([*gone, *lost.values_list("object__code", flat=True)])
    return number
