"""What is kept: the entities of SensorThings, those of the house beside those that clients made.

A thing stands upon an object of the registry, a series (``Datastream``) upon a measure of its object's type.
Rows with ``is_ours`` False follow the registry and the devices (:mod:`.mirror`) and are changed there.
Bounds are degrees, empty for a place that is no GeoJSON geometry. Observations are no rows: they are the
readings of the table ``readings``; ``Told`` keeps what a client said of one beyond its time and result.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.platforms.iot.models import Device
from beichen.registry.models import Object

NAME_LENGTH = 255


class Scoped(models.Model):
    """What lies in a region and with a body, and has a level."""

    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    is_ours = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        abstract = True


class Located(Scoped):
    """What has a geometry and its bounds."""

    encoding = models.CharField(max_length=100, default="application/geo+json")
    shape = models.JSONField(default=dict)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        abstract = True


class Location(Located):
    """A place of things (位置)."""

    object = models.OneToOneField(Object, models.CASCADE, null=True, related_name="sta_location")
    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["west", "east"], name="sta_location_west")]

    def __str__(self) -> str:
        return self.name


class Thing(Scoped):
    """An object that measures something (事物)."""

    object = models.OneToOneField(Object, models.CASCADE, related_name="sta_thing")
    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict)
    locations = models.ManyToManyField(Location, related_name="things")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class HistoricalLocation(models.Model):
    """Where a thing was from a time on (历史位置)."""

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="historicals", db_index=False)
    time = models.DateTimeField()
    locations = models.ManyToManyField(Location, related_name="historicals")
    is_ours = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(
        region="thing__region__path", body="thing__body__path", level="thing__level"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["thing", "time"], name="sta_historical_time")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.time}"


class Sensor(Scoped):
    """A device, a procedure, or a kind of instrument (传感器)."""

    device = models.OneToOneField(Device, models.CASCADE, null=True, related_name="sta_sensor")
    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    description = models.TextField(blank=True)
    encoding = models.CharField(max_length=100)
    metadata = models.JSONField(default=str)
    properties = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class ObservedProperty(models.Model):
    """What is measured (观测属性): a word, the same for everybody. ``kind`` and ``measure`` name a type's
    measure."""

    kind = models.CharField(max_length=300, blank=True)
    measure = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    definition = models.TextField(blank=True)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict)
    is_ours = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "measure"], condition=models.Q(is_ours=False), name="sta_property_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Datastream(models.Model):
    """A series (数据流): a measure of a thing's object.

    ``form`` is the measure's: number, integer, boolean, text. ``device`` sends its observations under the
    name ``entry``; without a device none can be sent.
    """

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="datastreams", db_index=False)
    sensor = models.ForeignKey(Sensor, models.PROTECT, related_name="datastreams")
    observed = models.ForeignKey(ObservedProperty, models.PROTECT, related_name="datastreams")
    measure = models.CharField(max_length=100)
    form = models.CharField(max_length=8)
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="sta_datastreams")
    entry = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    description = models.TextField(blank=True)
    observation_type = models.CharField(max_length=200)
    unit = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)
    is_ours = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(
        region="thing__region__path", body="thing__body__path", level="thing__level"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thing", "measure"], name="sta_datastream_once"),
        ]

    def __str__(self) -> str:
        return self.name


class MultiDatastream(models.Model):
    """A series whose observations have several results of one time (复合数据流), a measure each.

    ``types`` and ``units`` are those of its parts, in their order, as the client sent them. ``device`` is as
    in a :class:`Datastream`.
    """

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="multidatastreams")
    sensor = models.ForeignKey(Sensor, models.PROTECT, related_name="multidatastreams")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="sta_multidatastreams")
    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    description = models.TextField(blank=True)
    observation_type = models.CharField(max_length=200)
    types = models.JSONField(default=list)
    units = models.JSONField(default=list)
    properties = models.JSONField(default=dict)
    is_ours = models.BooleanField(default=True)

    ACCESS: ClassVar = ScopeFields(
        region="thing__region__path", body="thing__body__path", level="thing__level"
    )

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class Part(models.Model):
    """One of the results of a :class:`MultiDatastream`, the ``place``-th from 0: a measure and its form.

    ``entry`` is the name under which the device sends it.
    """

    multi = models.ForeignKey(MultiDatastream, models.CASCADE, related_name="parts", db_index=False)
    place = models.PositiveSmallIntegerField()
    observed = models.ForeignKey(ObservedProperty, models.PROTECT, related_name="parts")
    measure = models.CharField(max_length=100)
    form = models.CharField(max_length=8)
    entry = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["multi", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["multi", "place"], name="sta_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.multi_id} {self.place}"


class Feature(Located):
    """What an observation is of (观测对象): a thing's place, unless the client said another."""

    thing = models.OneToOneField(Thing, models.CASCADE, null=True, related_name="feature")
    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["west", "east"], name="sta_feature_west")]

    def __str__(self) -> str:
        return self.name


class Told(models.Model):
    """What a client said of an observation beside its time and result; ``key`` is the observation's id.

    It is of a ``datastream`` or of a ``multi``.
    """

    key = models.CharField(max_length=80, unique=True)
    datastream = models.ForeignKey(Datastream, models.CASCADE, null=True, related_name="told")
    multi = models.ForeignKey(MultiDatastream, models.CASCADE, null=True, related_name="told", db_index=False)
    since = models.DateTimeField(null=True)  # of an interval, with its end
    until = models.DateTimeField(null=True)
    result_time = models.DateTimeField(null=True)
    valid = models.CharField(max_length=80, blank=True)
    quality = models.JSONField(null=True)
    parameters = models.JSONField(null=True)
    feature = models.ForeignKey(Feature, models.SET_NULL, null=True, related_name="told")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["datastream", "result_time"], name="sta_told_result"),
            models.Index(fields=["multi", "result_time"], name="sta_told_multi_result"),
            models.Index(
                fields=["datastream", "until"], condition=models.Q(until__isnull=False), name="sta_told_until"
            ),
        ]

    def __str__(self) -> str:
        return self.key
