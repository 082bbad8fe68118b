"""The entities of SensorThings 1.1 (clause 8): their properties and relations, and where they are kept.

``column`` is the ORM's path from the entity's row; ``back`` leads from the related row to this one, so that
one question finds what belongs to many entities. Observations have no rows: :mod:`.observing` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from beichen.platforms.iot.sensorthings import models


class Kind(StrEnum):
    """What a value is, for comparing it."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"
    DATE = "date"
    CLOCK = "time of day"
    DURATION = "duration"
    SPAN = "interval"
    JSON = "JSON"
    GEO = "geometry"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Property:
    """A property; ``is_needed`` where a new entity has it; ``choices`` are what its URI may end with."""

    name: str
    column: str
    kind: Kind = Kind.TEXT
    is_needed: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to one or many entities of the type ``target``; ``column`` leads to the related row.

    ``order`` is what the related rows are put in order by, where they have one of their own.
    """

    name: str
    target: str
    column: str
    back: str
    is_many: bool = False
    is_needed: bool = False
    order: str = ""


@dataclass(frozen=True, slots=True)
class EntityType:
    """A type of entities, by the name of its collection."""

    name: str
    singular: str
    model: Any
    properties: tuple[Property, ...]
    relations: tuple[Relation, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """What an entity has: its properties and relations."""
        return (*(one.name for one in self.properties), *(one.name for one in self.relations))

    def own(self, name: str) -> Property | None:
        """The property of this name."""
        return next((one for one in self.properties if one.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """The relation of this name."""
        return next((one for one in self.relations if one.name == name), None)


def _named(*more: Property) -> tuple[Property, ...]:
    head = (Property("name", "name", is_needed=True), Property("description", "description"))
    return (*head, *more, Property("properties", "properties", Kind.JSON))


# what a series measures, by the form of its measure (clause 8.2.4, table 12)
FORMS = {
    "OM_Measurement": "number",
    "OM_CountObservation": "integer",
    "OM_TruthObservation": "boolean",
    "OM_CategoryObservation": "text",
    "OM_Observation": "text",
}
OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
OBSERVATION_TYPES = {form: OM + name for name, form in FORMS.items() if name not in {"OM_Observation"}}
COMPLEX = "OM_ComplexObservation"
ENCODING = Property("encodingType", "encoding", is_needed=True)
THINGS = EntityType(
    "Things",
    "Thing",
    models.Thing,
    _named(),
    (
        Relation("Locations", "Locations", "locations", "things", is_many=True),
        Relation("HistoricalLocations", "HistoricalLocations", "historicals", "thing", is_many=True),
        Relation("Datastreams", "Datastreams", "datastreams", "thing", is_many=True),
        Relation("MultiDatastreams", "MultiDatastreams", "multidatastreams", "thing", is_many=True),
    ),
)
LOCATIONS = EntityType(
    "Locations",
    "Location",
    models.Location,
    _named(ENCODING, Property("location", "shape", Kind.GEO, is_needed=True)),
    (
        Relation("Things", "Things", "things", "locations", is_many=True),
        Relation("HistoricalLocations", "HistoricalLocations", "historicals", "locations", is_many=True),
    ),
)
HISTORICAL = EntityType(
    "HistoricalLocations",
    "HistoricalLocation",
    models.HistoricalLocation,
    (Property("time", "time", Kind.TIME, is_needed=True),),
    (
        Relation("Thing", "Things", "thing", "historicals", is_needed=True),
        Relation("Locations", "Locations", "locations", "historicals", is_many=True),
    ),
)
SENSORS = EntityType(
    "Sensors",
    "Sensor",
    models.Sensor,
    _named(ENCODING, Property("metadata", "metadata", Kind.JSON, is_needed=True)),
    (
        Relation("Datastreams", "Datastreams", "datastreams", "sensor", is_many=True),
        Relation("MultiDatastreams", "MultiDatastreams", "multidatastreams", "sensor", is_many=True),
    ),
)
OBSERVED = EntityType(
    "ObservedProperties",
    "ObservedProperty",
    models.ObservedProperty,
    _named(Property("definition", "definition", is_needed=True)),
    (
        Relation("Datastreams", "Datastreams", "datastreams", "observed", is_many=True),
        Relation("MultiDatastreams", "MultiDatastreams", "parts__multi", "parts__observed", is_many=True),
    ),
)
DATASTREAMS = EntityType(
    "Datastreams",
    "Datastream",
    models.Datastream,
    _named(
        Property("observationType", "observation_type", is_needed=True, choices=tuple(FORMS)),
        Property("unitOfMeasurement", "unit", Kind.JSON, is_needed=True),
    ),
    (
        Relation("Thing", "Things", "thing", "datastreams", is_needed=True),
        Relation("Sensor", "Sensors", "sensor", "datastreams", is_needed=True),
        Relation("ObservedProperty", "ObservedProperties", "observed", "datastreams", is_needed=True),
        Relation("Observations", "Observations", "", "", is_many=True),
    ),
)
MULTI = EntityType(
    "MultiDatastreams",
    "MultiDatastream",
    models.MultiDatastream,
    _named(
        Property("observationType", "observation_type", is_needed=True, choices=(COMPLEX,)),
        Property("multiObservationDataTypes", "types", Kind.JSON, is_needed=True),
        Property("unitOfMeasurements", "units", Kind.JSON, is_needed=True),
    ),
    (
        Relation("Thing", "Things", "thing", "multidatastreams", is_needed=True),
        Relation("Sensor", "Sensors", "sensor", "multidatastreams", is_needed=True),
        Relation(
            "ObservedProperties",
            "ObservedProperties",
            "parts__observed",
            "parts__multi",
            is_many=True,
            order="parts__place",
        ),
        Relation("Observations", "Observations", "", "", is_many=True),
    ),
)
FEATURES = EntityType(
    "FeaturesOfInterest",
    "FeatureOfInterest",
    models.Feature,
    _named(ENCODING, Property("feature", "shape", Kind.GEO, is_needed=True)),
    (Relation("Observations", "Observations", "", "", is_many=True),),
)
OBSERVATIONS = EntityType(
    "Observations",
    "Observation",
    None,
    (
        Property("phenomenonTime", "measured_at", Kind.TIME),
        Property("resultTime", "", Kind.TIME),
        Property("result", "value", Kind.JSON, is_needed=True),
        Property("resultQuality", "", Kind.JSON),
        Property("validTime", "", Kind.SPAN),
        Property("parameters", "", Kind.JSON),
    ),
    (
        Relation("Datastream", "Datastreams", "datastream", ""),
        Relation("MultiDatastream", "MultiDatastreams", "multi", ""),
        Relation("FeatureOfInterest", "FeaturesOfInterest", "feature", ""),
    ),
)
TYPES = {
    one.name: one
    for one in (
        THINGS, LOCATIONS, HISTORICAL, DATASTREAMS, MULTI, SENSORS, OBSERVED, OBSERVATIONS, FEATURES,
    )
}  # fmt: skip
