"""Entities that clients keep: made with all that hangs on them, changed, removed (clauses 10.2 to 10.4).

A request is one transaction with one audit record and one event. A thing becomes an object of the registry
and a device, by the same actor, who must be allowed both; its series become measures of that object's type.
What the house keeps is changed there: refused here with STA-108. Observations within a request are sent after
it. Long because what hangs on what is decided in one place.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Body as Organisation
from beichen.kernel.org.models import Region
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.sensorthings import bodies, geometry
from beichen.platforms.iot.sensorthings.bodies import Body
from beichen.platforms.iot.sensorthings.codes import FIXED, NOT_OURS, bad_body, no_entity
from beichen.platforms.iot.sensorthings.models import (
    Datastream,
    Feature,
    HistoricalLocation,
    Location,
    MultiDatastream,
    Part,
    Scoped,
    Thing,
)
from beichen.platforms.iot.sensorthings.rights import READ, WRITE
from beichen.platforms.iot.sensorthings.schema import FORMS, TYPES, EntityType, Relation
from beichen.platforms.iot.sensorthings.types import TYPE, ensure_type, measure_of
from beichen.problem import Problem, ProblemError
from beichen.registry import service as registry
from beichen.registry.models import Object

MOST_ENTITIES = 1_000  # that one request makes
Links = Mapping[str, Any]
Series = Datastream | MultiDatastream
SERIES = frozenset({"Datastreams", "MultiDatastreams"})
# what is made before the entity itself, because it is made of it
FIRST = frozenset({("Things", "Locations"), ("MultiDatastreams", "ObservedProperties")})


@dataclass(slots=True)
class Made:
    """What a request made: the entity itself, and the observations that are to be sent."""

    row: Any
    observations: list[tuple[Series, Any]] = field(default_factory=list)


@transaction.atomic
def create(
    kind: EntityType, body: Body, links: Links | None = None, *, by: Actor, now: datetime | None = None
) -> Made:
    """Make an entity and what stands within it; ``links`` are the related rows that its address names.

    Raises ProblemError ACC-403, STA-101, STA-107, STA-108, and what the registry and the devices refuse.
    """
    maker = _Maker(by, now or timezone.now())
    row = maker.make(kind, body, dict(links or {}), "")
    _tell("created", kind, row, by)
    return Made(row, maker.observations)


def _tell(verb: str, kind: EntityType, row: Any, by: Actor, detail: Body | None = None) -> None:
    subject = f"{kind.name}({row.pk})"
    audit.record(by, f"iot.sensorthings.{verb}", f"{row._meta.label_lower}:{row.pk}", detail=detail or {})
    draft = bus.Draft(f"sensorthings.entity.{verb}", subject, {"name": str(row)[:200]})
    bus.publish_many([draft], by=by)


def _scope(by: Actor) -> Body:
    """Where what an actor makes lies: in the region and body of its first post."""
    found = next(iter(by.scopes), None)
    region = body = None
    if found is not None and found.region_path != EVERYWHERE:
        region = Region.objects.filter(path=found.region_path).first()
    if found is not None and found.body_path != EVERYWHERE:
        body = Organisation.objects.filter(path=found.body_path).first()
    return {"region": region, "body": body}


class _Maker:
    """Makes the entities of one request."""

    def __init__(self, by: Actor, now: datetime) -> None:
        self._by = by
        self._now = now
        self._number = 0
        self._scope = _scope(by)
        self.observations: list[tuple[Series, Any]] = []

    def make(self, kind: EntityType, body: Any, links: dict[str, Any], pointer: str) -> Any:
        """One entity with all that stands within it."""
        self._number += 1
        if self._number > MOST_ENTITIES:
            raise ProblemError(bad_body(f"more than {MOST_ENTITIES:,} entities at once", pointer))
        body = bodies.entity(body, pointer)
        values = bodies.values_of(kind, body, pointer)
        ones = {
            relation.name: self._one(relation, body, links, pointer)
            for relation in kind.relations
            if not relation.is_many
        }
        if issubclass(kind.model, Scoped):
            values |= self._scope
        row = self._build(kind, values, ones, body, links, pointer)
        for relation in kind.relations:
            if relation.is_many and (kind.name, relation.name) not in FIRST:
                self._many(kind, row, relation, body, pointer)
        return row

    def _one(self, relation: Relation, body: Body, links: dict[str, Any], pointer: str) -> Any:
        if relation.name in links:
            return links[relation.name]
        value, place = body.get(relation.name), f"{pointer}/{relation.name}"
        if value is None:
            raise ProblemError(bad_body(f"{relation.name} is missing", place))
        return self.related(TYPES[relation.target], value, place)

    def related(self, kind: EntityType, value: Any, pointer: str) -> Any:
        """An entity that is named by its id, or made."""
        key = bodies.key_of(value)
        if key is None:
            return self.make(kind, value, {}, pointer)
        return seen(kind, key, self._by)

    def _list(self, relation: Relation, body: Body, pointer: str) -> list[Any]:
        value = body.get(relation.name)
        if value is not None and not isinstance(value, list):
            raise ProblemError(bad_body("a list is expected", f"{pointer}/{relation.name}"))
        return value or []

    def _many(self, kind: EntityType, row: Any, relation: Relation, body: Body, pointer: str) -> None:
        """What hangs on an entity, with the link back to it."""
        target = TYPES[relation.target]
        for number, value in enumerate(self._list(relation, body, pointer)):
            place = f"{pointer}/{relation.name}/{number}"
            if target.name == "Observations":
                if kind.name not in SERIES:
                    raise ProblemError(bad_body("observations stand within their Datastream", place))
                self.observations.append((row, value))
            elif kind.name == "Locations" and target.name == "Things":
                put(self.related(target, value, place), [row], by=self._by, now=self._now)
            elif kind.name == "HistoricalLocations":
                row.locations.add(self.related(target, value, place))
            elif bodies.key_of(value) is not None:
                raise ProblemError(bad_body("what is there already is not moved", place))
            else:
                self.make(target, value, {kind.singular: row}, place)

    # ── each kind ─────────────────────────────────────────────────────────────────────────────────

    def _build(
        self, kind: EntityType, values: Body, ones: Links, body: Body, links: Links, pointer: str
    ) -> Any:
        if kind.name == "Things":
            return self._thing(values, body, links, pointer)
        if kind.name == "Datastreams":
            return self._datastream(values, ones, pointer)
        if kind.name == "MultiDatastreams":
            return self._multidatastream(values, ones, body, links, pointer)
        require(self._by, WRITE)
        row = kind.model(**values, is_ours=True)
        for name, one in ones.items():
            setattr(row, name.lower(), one)
            require(self._by, WRITE, one)
        require(self._by, WRITE, row)
        row.save()
        if kind.name == "Locations" and "Things" in links:
            put(links["Things"], [row], by=self._by, now=self._now)
        return row

    def _thing(self, values: Body, body: Body, links: Links, pointer: str) -> Thing:
        relation = TYPES["Things"].relation("Locations")
        given = self._list(relation, body, pointer) if relation else []
        places = [
            self.related(TYPES["Locations"], value, f"{pointer}/Locations/{number}")
            for number, value in enumerate(given)
        ]
        if "Locations" in links:
            places.append(links["Locations"])
        ensure_type()
        row = Thing(**values, is_ours=True)
        require(self._by, WRITE, row)
        urn = f"urn:ngsi-ld:{TYPE}:{secrets.token_hex(12)}"
        row.object = _written(row, urn, places, by=self._by)
        row.save()
        facts = iot.DeviceFacts(f"STA-{row.object.code}"[:64], row.name[:200], thing=row.object.code)
        iot.register_device(facts, by=self._by)
        if places:
            _set(row, places, now=self._now)
        return row

    def _datastream(self, values: Body, ones: Links, pointer: str) -> Datastream:
        thing, sensor, observed = ones["Thing"], ones["Sensor"], ones["ObservedProperty"]
        ours(thing)
        require(self._by, WRITE, thing)
        form = form_of(values["observation_type"])
        measure = _measure(observed, values["unit"], form, _taken(thing), pointer)
        device = thing.object.devices.order_by("pk").first()
        row = Datastream(
            **values, thing=thing, sensor=sensor, observed=observed, measure=measure, form=form,
            device=device, entry=measure, is_ours=True,
        )  # fmt: skip
        row.save()
        return row

    def _multidatastream(
        self, values: Body, ones: Links, body: Body, links: Links, pointer: str
    ) -> MultiDatastream:
        thing, sensor = ones["Thing"], ones["Sensor"]
        ours(thing)
        require(self._by, WRITE, thing)
        relation = TYPES["MultiDatastreams"].relation("ObservedProperties")
        given = self._list(relation, body, pointer) if relation else []
        linked = links.get("ObservedProperties") or links.get("ObservedProperty")
        observed = [
            self.related(TYPES["ObservedProperties"], value, f"{pointer}/ObservedProperties/{number}")
            for number, value in enumerate(given)
        ] or ([linked] if linked is not None else [])
        if not len(observed) == len(values["types"]) == len(values["units"]):
            message = "as many ObservedProperties as data types and units are expected"
            raise ProblemError(bad_body(message, f"{pointer}/ObservedProperties"))
        device = thing.object.devices.order_by("pk").first()
        row = MultiDatastream(**values, thing=thing, sensor=sensor, device=device)
        row.save()
        taken = _taken(thing)
        parts = []
        for place, (own, kind, unit) in enumerate(
            zip(observed, values["types"], values["units"], strict=True)
        ):
            measure = _measure(own, unit, form_of(kind), taken, pointer)
            taken.add(measure)
            parts.append(
                Part(multi=row, place=place, observed=own, measure=measure, form=form_of(kind), entry=measure)
            )
        Part.objects.bulk_create(parts)
        return row


# ── what is measured ──────────────────────────────────────────────────────────────────────────────────


def form_of(observation_type: str) -> str:
    """The form of what a series of this type measures."""
    return FORMS[observation_type.rsplit("/", 1)[-1]]


def _taken(thing: Thing) -> set[str]:
    """The measures that the thing's series have."""
    parts = Part.objects.filter(multi__thing=thing).values_list("measure", flat=True)
    return {*Datastream.objects.filter(thing=thing).values_list("measure", flat=True), *parts}


def _measure(observed: Any, unit: Mapping[str, Any], form: str, taken: set[str], pointer: str) -> str:
    """The measure of a new series. Raises ProblemError STA-107 where the type has as many as it can hold."""
    measure = measure_of(observed.name, str(unit.get("symbol") or ""), form, taken)
    if measure is None:
        raise ProblemError(bad_body("no more kinds of series can be made", pointer))
    return measure


# ── a thing's place ───────────────────────────────────────────────────────────────────────────────────


def _written(thing: Thing, urn: str, places: Sequence[Location], *, by: Actor) -> Object:
    """The object that a thing is, written as the thing has it."""
    attributes: dict[str, Any] = {"name": {"type": "Property", "value": thing.name}}
    if thing.description:
        attributes["description"] = {"type": "Property", "value": thing.description}
    shapes = [shape for place in places if (shape := _geojson(place)) is not None]
    if shapes:
        attributes["location"] = {"type": "GeoProperty", "value": shapes[0]}
    entity = registry.Entity(urn, [TYPE], None, attributes)
    registry.write_object(registry.Draft(entity, region=thing.region, body=thing.body), by=by)
    return Object.objects.get(urn=urn, removed_at=None)


def _geojson(place: Location) -> Any | None:
    """A place's geometry where the registry keeps such a one."""
    shape = geometry.shape_of(place.shape)
    if shape is None or not shape.is_valid:
        return None
    value = place.shape.get("geometry") if place.shape.get("type") == "Feature" else place.shape
    return {"type": value["type"], "coordinates": value["coordinates"]}


def _set(thing: Thing, places: Sequence[Location], *, now: datetime) -> None:
    thing.locations.set(places)
    then = HistoricalLocation.objects.create(thing=thing, time=now, is_ours=True)
    then.locations.set(places)
    first = places[0]
    names = ("name", "description", "encoding", "shape", "west", "south", "east", "north")
    values = {name: getattr(first, name) for name in (*names, "region_id", "body_id", "level")}
    Feature.objects.update_or_create(thing=thing, defaults={**values, "is_ours": True})


def put(thing: Thing, places: Sequence[Location], *, by: Actor, now: datetime) -> None:
    """Bring a thing to other places: its object too, and its history."""
    ours(thing)
    require(by, WRITE, thing)
    _written(thing, thing.object.urn, places, by=by)
    _set(thing, places, now=now)


# ── what is there ─────────────────────────────────────────────────────────────────────────────────────


def seen(kind: EntityType, key: int, by: Actor) -> Any:
    """An entity that the actor may see. Raises ProblemError STA-101."""
    row = visible(by, READ, kind.model.objects.all()).filter(pk=key).first()
    if row is None:
        raise no_entity(f"{kind.singular} {key}")
    return row


def ours(row: Any) -> None:
    """Raises ProblemError STA-108 for what the house keeps."""
    if not row.is_ours:
        message = f"{str(row)[:40]} is kept by the registry or a device"
        raise ProblemError(Problem(NOT_OURS, message[:80], hint="change it there: /ngsi-ld/v1, /api/devices"))


@transaction.atomic
def change(
    kind: EntityType, key: int, body: Body, *, by: Actor, is_whole: bool = False, now: datetime | None = None
) -> None:
    """Change what a body states of an entity, or, with ``is_whole``, everything (PUT).

    Related entities are named by their ids. Raises ProblemError ACC-403, STA-101, STA-107, STA-108.
    """
    row = seen(kind, key, by)
    require(by, WRITE, row)
    ours(row)
    values = bodies.values_of(kind, body, is_whole=is_whole)
    if kind.name in SERIES and _measured(kind, row, values) != _measured(kind, row, {}):
        hint = f"make another {kind.singular}"
        raise ProblemError(bad_body("what is measured, and its unit, stay", "/unitOfMeasurement", hint))
    for relation in kind.relations:
        _linked(kind, row, relation, body, values, by=by, now=now or timezone.now())
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    if kind.name == "Things":
        _written(row, row.object.urn, list(row.locations.all()), by=by)
    _tell("changed", kind, row, by, {"fields": sorted(values)})


def _measured(kind: EntityType, row: Any, values: Body) -> list[tuple[str, Any]]:
    """The form and unit of each result of a series, as it would be with these values."""
    if kind.name == "Datastreams":
        types = [values.get("observation_type", row.observation_type)]
        units = [values.get("unit", row.unit)]
    else:
        types, units = values.get("types", row.types), values.get("units", row.units)
    if len(types) != len(units):
        return []
    return [(form_of(one), unit.get("symbol")) for one, unit in zip(types, units, strict=True)]


def _linked(
    kind: EntityType, row: Any, relation: Relation, body: Body, values: Body, *, by: Actor, now: datetime
) -> None:
    """Other related entities, by their ids; an empty list says nothing."""
    given = body.get(relation.name)
    if not given or relation.target == "Observations":
        return
    place = f"/{relation.name}"
    found = []
    for value in given if isinstance(given, list) else [given]:
        key = value.get("@iot.id") if isinstance(value, dict) else None
        if not isinstance(key, int) or isinstance(key, bool) or not 0 < key < 2**63:
            raise ProblemError(bad_body("related entities are named by their @iot.id", place))
        found.append(seen(TYPES[relation.target], key, by))
    if kind.name == "Things" and relation.name == "Locations":
        if {one.pk for one in found} != set(row.locations.values_list("pk", flat=True)):
            put(row, found, by=by, now=now)
    elif not relation.is_many:
        if relation.name == "Thing" and found[0].pk != row.thing_id:
            raise ProblemError(bad_body("what was measured of a thing stays there", place))
        values[relation.column] = found[0]
    elif kind.name == "HistoricalLocations":
        row.locations.set(found)


@transaction.atomic
def remove(kind: EntityType, key: int, *, by: Actor) -> None:
    """Remove an entity, and what cannot be without it (clause 10.4). Readings stay in their table.

    Raises ProblemError ACC-403, STA-101, STA-108, STA-109 for what observations are of.
    """
    row = seen(kind, key, by)
    require(by, WRITE, row)
    ours(row)
    if kind.name == "FeaturesOfInterest" and (row.thing_id is not None or row.told.exists()):
        raise ProblemError(Problem(FIXED, "observations are of this feature, and stay"))
    if kind.name in {"Sensors", "ObservedProperties"}:
        of_it = {"sensor" if kind.name == "Sensors" else "parts__observed": row}
        found = [*row.datastreams.all(), *MultiDatastream.objects.filter(**of_it).distinct()]
        for stream in found:
            ours(stream)
            require(by, WRITE, stream)
        for model in (Datastream, MultiDatastream):
            keys = [one.pk for one in found if isinstance(one, model)]
            model._default_manager.filter(pk__in=keys).delete()
    if kind.name == "Locations":
        row.historicals.filter(is_ours=True).delete()
    _tell("removed", kind, row, by)
    if kind.name == "Things":
        for device in row.object.devices.all():
            iot.set_state(device.code, iot.State.DISABLED, by=by)
        for error in registry.remove_objects([row.object.urn], by=by).values():
            raise error
    row.delete()
