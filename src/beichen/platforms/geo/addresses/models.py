"""What is kept: addresses with their parts and their earlier states, named places with the keys to find them.

The index of n-grams over places (``platforms_geo_place_text``) is no model: see :data:`.gazetteer.TEXTS`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.kernel.columns import PlainText
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Region, random_code


class AddressKind(models.TextChoices):
    """What an address of the library stands for."""

    DOOR = "door", _("House number")
    BUILDING = "building", pgettext("address", "Building")
    PLACE = "place", pgettext("address", "Named place")
    JUNCTION = "junction", _("Junction of roads")


class Standing(models.TextChoices):
    """Whether an address is in use (GB/T 39609 knows it as its life)."""

    CURRENT = "current", pgettext("address", "In use")
    PLANNED = "planned", pgettext("address", "Planned")
    RETIRED = "retired", pgettext("address", "Out of use")


class Address(models.Model):
    """A standard address (标准地址). Parts are in the folded notation, ``text`` as it is written.

    ``door`` and ``block`` are the keys of :class:`.parts.Parts`, by which what people write is looked up.
    ``cell`` is the H3 cell of resolution 10. ``owner`` is the package that brought it, empty for a steward's.
    """

    code = models.CharField(max_length=60, unique=True)
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=AddressKind, default=AddressKind.DOOR)
    name = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", db_index=False)
    road = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=30, blank=True)
    first_number = models.PositiveIntegerField(null=True)
    estate = models.CharField(max_length=60, blank=True)
    building = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    room = models.CharField(max_length=20, blank=True)
    door = models.CharField(max_length=130, blank=True)
    block = models.CharField(max_length=100, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    cell = models.BigIntegerField()
    source = models.CharField(max_length=200)
    licence = models.CharField(max_length=60)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.CURRENT)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    owner = models.CharField(max_length=80, blank=True)
    is_corrected = models.BooleanField(default=False)  # by a steward: loading its package leaves it alone
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="region__path", level="level")

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name_plural = "addresses"
        indexes: ClassVar = [
            models.Index(fields=["door"], name="address_door"),
            models.Index(fields=["block"], name="address_block"),
            models.Index(fields=["estate"], name="address_estate"),
            models.Index(fields=["name"], name="address_name"),
            models.Index(fields=["road", "first_number"], name="address_along_road"),
            models.Index(fields=["cell"], name="address_cell"),
            models.Index(fields=["owner", "code"], name="address_owner"),
            models.Index(fields=["region", "code"], name="address_region"),
            models.Index(fields=["kind", "code"], name="address_kind"),
            models.Index(fields=["standing", "code"], name="address_standing"),
        ]

    def __str__(self) -> str:
        return self.text


class AddressVersion(models.Model):
    """What an address was before a change: its fields, until when, who changed it and why."""

    address = models.ForeignKey(Address, models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    values = models.JSONField()
    until = models.DateTimeField()
    changed_by = models.CharField(max_length=100)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address", "version"], name="address_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.address_id}@{self.version}"


class PlaceKind(models.TextChoices):
    """What a named place is."""

    ADDRESS = "address", pgettext("place", "Address")
    ROAD = "road", pgettext("place", "Road")
    REGION = "region", pgettext("place", "Region")
    OBJECT = "object", pgettext("place", "Thing or facility")
    FEATURE = "feature", pgettext("place", "Feature of the map")


class Place(models.Model):
    """A name with a place, to be found as one types (地名). ``ref`` names its origin: ``address:CODE``.

    ``text`` is what n-grams are made of; ``weight`` orders what fits equally, the weightier first.
    """

    ref = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=PlaceKind)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    about = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=500)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", db_index=False)
    weight = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-weight", "id"]
        indexes: ClassVar = [
            models.Index(fields=["name"], name="place_name"),
            models.Index(fields=["kind", "id"], name="place_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceKey(models.Model):
    """A way to type a place: its name, pinyin, initials or English name, folded and without blanks.

    ``weight`` and ``kind`` are the place's.
    """

    place = models.ForeignKey(Place, models.CASCADE, related_name="keys")
    key = PlainText(max_length=60)
    weight = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=PlaceKind)

    class Meta:
        ordering: ClassVar = ["id"]
        # Each answers from itself. None begins with the kind, which a database would take for a narrow one.
        indexes: ClassVar = [
            models.Index(fields=["key", "weight", "kind", "place"], name="place_key_beginning"),
            models.Index(fields=["weight", "key", "place"], name="place_key_by_weight"),
            models.Index(fields=["weight", "kind", "key", "place"], name="place_key_by_kind"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class Gazetteer(models.Model):
    """One row: another stamp whenever the city's names change, so that each process reads them anew.

    ``read_at`` says when the names of all things were read last; since then each change was followed.
    """

    stamp = models.PositiveBigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "gazetteers"

    def __str__(self) -> str:
        return f"stamp {self.stamp}"


class SheetState(models.TextChoices):
    """How far a file of addresses is."""

    RUNNING = "running", pgettext("file of addresses", "Is being matched")
    DONE = "done", pgettext("file of addresses", "Matched")
    STOPPED = "stopped", pgettext("file of addresses", "Stopped")


class AddressSheet(models.Model):
    """A file of addresses that a job looks up (批量匹配), of the actor with the key ``owner``."""

    code = models.CharField(max_length=16, unique=True, default=random_code)
    owner = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    headings = models.JSONField(default=list)
    column = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=SheetState, default=SheetState.RUNNING)
    total = models.PositiveIntegerField()
    matched = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="address_sheet_own"),
            models.Index(fields=["state", "touched_at"], name="address_sheet_state"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AddressRow(models.Model):
    """A row of such a file, and what was found of it once it is done."""

    sheet = models.ForeignKey(AddressSheet, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    is_done = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["sheet", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "number"], name="address_row_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sheet", "is_done", "number"], name="address_row_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.number}"
