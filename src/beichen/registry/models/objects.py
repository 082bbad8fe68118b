"""What is kept: types, objects and their earlier versions, relations, and three indexes over objects.

An object's ``document`` is its NGSI-LD normalised form under the core @context, compact JSON: what a
client without a context of its own reads is exactly these bytes. Names from other contexts stand in it
as IRIs. ``ObjectValue``, ``ObjectShape``, ``Relation`` and ``AttributeUse`` are derived from documents
and hold present objects only; :mod:`.rows` writes them and nothing else does.

Long because an object and its indexes are one thing: whoever changes a table reads the others.
"""

from __future__ import annotations

from typing import Any, ClassVar

import orjson
from django.db import models
from django.db.models import Q

from beichen.kernel.columns import DeclarationField
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.registry.columns import PlainText, ShapeField

NAME_LENGTH = 300  # of a type, an attribute, a relation: a term or an IRI
URN_LENGTH = 512
TEXT_LENGTH = 120  # what of a text stands in the index; longer texts are compared again


class Kind(models.TextChoices):
    """What sort of thing an object is; it decides how the object gets its code."""

    PERSON = "person", "人"
    AFFAIR = "affair", "事"
    PLACE = "place", "地"
    THING = "thing", "物"
    ORGANISATION = "organisation", "组织"


class ObjectType(models.Model):
    """A type of objects. Declared by a scene with its fields, or open: first met in an NGSI-LD payload.

    ``key`` is the type's name in documents: a term of the default vocabulary, or an IRI. ``fields``
    maps names to JSON Schemas; ``indexed``, ``levels`` and ``labels`` speak of the same names. Objects
    of an open type are checked for shape only, and all their plain values are indexed.
    """

    key = PlainText(max_length=NAME_LENGTH, unique=True)
    iri = PlainText(max_length=NAME_LENGTH + 60, unique=True)
    is_declared = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.THING)
    name = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    geometry = models.CharField(max_length=30, blank=True)
    fields = DeclarationField(default=dict)
    required = models.JSONField(default=list)
    indexed = models.JSONField(default=list)
    levels = models.JSONField(default=dict)
    labels = DeclarationField(default=dict)
    relations = DeclarationField(default=dict)
    measures = DeclarationField(default=dict)
    commands = DeclarationField(default=dict)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    scene = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_shared = models.BooleanField(default=False)  # some object has it beside another type

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def is_guarded(self) -> bool:
        """Whether some field needs a higher clearance than the object itself."""
        return bool(self.levels)


class Object(models.Model):
    """A present or removed object: an NGSI-LD entity with a code, a place in both trees, and a level.

    ``urn`` is the entity's id, once among the present. ``stamps`` holds creation and modification
    times of those attributes for which they differ from the object's own; empty for most.
    """

    id = models.BigAutoField(primary_key=True)
    urn = PlainText(max_length=URN_LENGTH)
    code = PlainText(max_length=40, unique=True)
    type = models.ForeignKey(ObjectType, models.PROTECT, related_name="registered", db_index=False)
    name = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="registered", db_index=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="registered", db_index=False)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    scopes = models.TextField(blank=True)  # "|/a/b|/c|", for scopeQ
    document = models.TextField()
    stamps = models.TextField(blank=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["urn"], condition=Q(removed_at=None), name="object_urn_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["type", "id"], condition=Q(removed_at=None), name="object_type"),
            models.Index(
                fields=["region", "id"],
                condition=Q(removed_at=None) & Q(region__isnull=False),
                name="object_region",
            ),
            models.Index(
                fields=["body", "id"],
                condition=Q(removed_at=None) & Q(body__isnull=False),
                name="object_body",
            ),
            models.Index(
                fields=["name", "id"], condition=Q(removed_at=None) & ~Q(name=""), name="object_name"
            ),
            # Those that are gone are asked for by their histories alone.
            models.Index(fields=["urn", "id"], condition=Q(removed_at__isnull=False), name="object_gone_urn"),
            models.Index(
                fields=["type", "id"], condition=Q(removed_at__isnull=False), name="object_gone_type"
            ),
        ]

    def __str__(self) -> str:
        return str(self.urn)

    def parsed(self) -> dict[str, Any]:
        """The document as an object."""
        document: dict[str, Any] = orjson.loads(self.document)
        return document


class Measurement(models.Model):
    """The latest value that something measured of an object, by the measure's name; see :mod:`.measuring`.

    It is shown as an attribute of the object and is no version of it: a reading a second must not write
    the object's document a second. ``number`` also keeps truth as 0 and 1; ``form`` says which.
    """

    id = models.BigAutoField(primary_key=True)
    object = models.ForeignKey(Object, models.CASCADE, related_name="measurements", db_index=False)
    name = PlainText(max_length=NAME_LENGTH)
    form = models.CharField(max_length=8)
    number = models.FloatField(null=True)
    text = PlainText(max_length=NAME_LENGTH, null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = PlainText(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["object", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["object", "name"], name="measurement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} {self.name}"

    @property
    def value(self) -> float | int | bool | str | None:
        """The value in its own form."""
        return plain_value(self.form, self.number, self.text)


def plain_value(form: str, number: float | None, text: str | None) -> float | int | bool | str | None:
    """A kept value in the form that its measure declares."""
    if form == "text" or number is None:
        return text
    if form == "boolean":
        return bool(number)
    return int(number) if form == "integer" else number


class ObjectVersion(models.Model):
    """What an object was from ``valid_from`` until ``valid_to``; the present is the object itself."""

    id = models.BigAutoField(primary_key=True)
    object = models.ForeignKey(Object, models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    document = models.TextField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["object", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["object", "version"], name="object_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} v{self.version}"


class Typing(models.Model):
    """A type that an object has beside its first."""

    id = models.BigAutoField(primary_key=True)
    type = models.ForeignKey(ObjectType, models.PROTECT, related_name="typings", db_index=False)
    object = models.ForeignKey(Object, models.CASCADE, related_name="typings")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "object"], name="object_typing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} is {self.type_id}"


class Relation(models.Model):
    """A relationship of a present object: ``name`` is a term or IRI, ``target`` the id of an entity."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Object, models.CASCADE, related_name="relations")
    name = PlainText(max_length=NAME_LENGTH)
    target = PlainText(max_length=URN_LENGTH)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["target", "name"], name="relation_target")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.name} {self.target}"


class ValueKind(models.IntegerChoices):
    """How an indexed value compares."""

    NUMBER = 1
    TEXT = 2
    TIME = 3
    TRUTH = 4


class ObjectValue(models.Model):
    """One plain value of an indexed attribute. ``number`` is also seconds since 1970, and 0 or 1."""

    id = models.BigAutoField(primary_key=True)
    object = models.ForeignKey(Object, models.CASCADE, related_name="values")
    attribute = PlainText(max_length=NAME_LENGTH)
    kind = models.PositiveSmallIntegerField(choices=ValueKind)
    number = models.FloatField(null=True)
    text = PlainText(max_length=TEXT_LENGTH, null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["attribute", "kind", "number", "object"],
                condition=Q(number__isnull=False),
                name="value_number",
            ),
            models.Index(
                fields=["attribute", "text", "object"], condition=Q(text__isnull=False), name="value_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} {self.attribute}"


class ObjectShape(models.Model):
    """A geometry of a present object (one a GeoProperty), with its bounds in degrees."""

    id = models.BigAutoField(primary_key=True)
    object = models.ForeignKey(Object, models.CASCADE, related_name="shapes")
    type = models.ForeignKey(ObjectType, models.PROTECT, related_name="+", db_index=False)
    attribute = PlainText(max_length=NAME_LENGTH)
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    shape = ShapeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.object_id} {self.attribute}"


class AttributeUse(models.Model):
    """How many present objects of a type use an attribute, by attribute type; "" counts the objects."""

    id = models.BigAutoField(primary_key=True)
    type = models.ForeignKey(ObjectType, models.PROTECT, related_name="uses", db_index=False)
    attribute = PlainText(max_length=NAME_LENGTH, blank=True)
    form = models.CharField(max_length=20, blank=True)  # Property, Relationship, GeoProperty …
    count = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["type", "attribute", "form"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "attribute", "form"], name="attribute_use_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["attribute", "type"], name="attribute_use")]

    def __str__(self) -> str:
        return f"{self.attribute} {self.count}"
