"""Who reads codes of people and how they know them; entitlements, gates, scans.

A person's codes are not kept; a scan is, for a limited time, for the person to see.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.codes.models.named import NamedBody
from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Person


class Reader(models.Model):
    """Who reads codes of people (依赖方): it knows each person by a pseudonym of its own.

    ``body`` serves there; None until the city has the body that the declaration names (``body_id``, its key).
    """

    key = models.SlugField(max_length=60, unique=True)
    owner = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    body = NamedBody(db_column="body_key", related_name="code_readers")
    is_current = models.BooleanField(default=True)

    ACCESS: ClassVar = ScopeFields(body="body__path")

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name


class Pseudonym(models.Model):
    """How one reader knows one person; only this house can say who it is."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="pseudonyms", db_index=False)
    value = models.CharField(max_length=20)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reader", "value"], name="code_pseudonym_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.value}"


class Holder(models.Model):
    """A person who withdrew the codes made so far, when a phone was lost: earlier ones do not count."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    withdrawn_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.person_id}"


class Entitlement(models.Model):
    """A kind of entitlement (权益) of the residents' card, as a scene or a city declares it.

    ``grantor`` is the body that grants it; None until the city has the one that is named (``grantor_id``, its
    key). ``times`` are rows of days and hours at which it counts; empty: always. ``start`` is what a counter
    begins with (rides), None where nothing is counted. ``is_open``: every resident has it, without a grant.
    ``board`` are rows of a type of objects, the reader to whom the code is shown there, and what its fields
    must say.
    """

    key = models.SlugField(max_length=60, unique=True)
    owner = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    about = models.CharField(max_length=500, blank=True)
    about_en = models.CharField(max_length=500, blank=True)
    grantor = NamedBody(db_column="grantor_key", related_name="entitlements")
    readers = models.JSONField(default=list)  # keys of readers
    days = models.PositiveIntegerField(default=0)  # 0: for ever
    is_open = models.BooleanField(default=False)
    times = models.JSONField(default=list)  # {"days": [1..7], "from": "09:00", "until": "16:30"}
    counter = models.CharField(max_length=60, blank=True)
    counter_en = models.CharField(max_length=100, blank=True)
    start = models.PositiveIntegerField(null=True)
    look = models.CharField(max_length=20, default="blue")
    board = models.JSONField(default=list)  # {"at": "facility", "reader": "city-transit", "where": {}}
    is_current = models.BooleanField(default=True)

    ACCESS: ClassVar = ScopeFields(body="grantor__path")

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name


class GrantState(models.TextChoices):
    """Whether an entitlement of somebody holds."""

    VALID = "valid", pgettext("entitlement", "Valid")
    SUSPENDED = "suspended", pgettext("entitlement", "Suspended")
    REVOKED = "revoked", pgettext("entitlement", "Revoked")


class Grant(models.Model):
    """An entitlement that a person holds."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="grants", db_index=False)
    state = models.CharField(max_length=10, choices=GrantState, default=GrantState.VALID)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(body="entitlement__grantor__path")

    class Meta:
        ordering: ClassVar = ["-changed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entitlement", "person"], name="grant_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["-changed_at", "-id"], name="grant_newest")]

    def __str__(self) -> str:
        return f"{self.entitlement_id} of {self.person_id}"


class Counter(models.Model):
    """What is left of an entitlement that is counted (rides); nothing is written before the first use.

    ``left`` is ``start - taken + returned`` of this ``round``: each new grant fills the counter and begins
    the next one. ``forgotten`` of what was taken is in no scan any more.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    entitlement = models.ForeignKey(Entitlement, models.CASCADE, related_name="+", db_index=False)
    left = models.PositiveIntegerField()
    start = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    forgotten = models.PositiveIntegerField(default=0)
    round = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entitlement", "person"], name="counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.left}"


class Gate(models.Model):
    """A gate, a validator in a bus, a desk's scanner: a program with a key, at a place, for some purposes."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    reader = models.ForeignKey(Reader, models.PROTECT, related_name="gates")
    place = models.CharField(max_length=100)
    entitlements = models.JSONField(default=list)  # keys, a subset of those that its reader may read
    takes = models.BooleanField(default=False)  # each pass takes one from the counter
    is_open = models.BooleanField(default=True)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=120)

    ACCESS: ClassVar = ScopeFields(body="reader__body__path")

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name


class Scan(models.Model):
    """A code that a person showed: who read it, where, when, for what. Kept for the person, for a limited
    time.

    There is no coordinate, and no list of it but the person's own.
    """

    nonce = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    reader = models.ForeignKey(Reader, models.PROTECT, related_name="+", db_index=False)
    gate = models.ForeignKey(Gate, models.PROTECT, null=True, related_name="+", db_index=False)
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, null=True, related_name="+", db_index=False)
    place = models.CharField(max_length=100, blank=True)
    answer = models.CharField(max_length=20)
    at = models.DateTimeField()
    is_offline = models.BooleanField(default=False)
    took = models.PositiveIntegerField(default=0)  # the counter's round from which it took one; 0: nothing
    repeats = models.PositiveIntegerField(default=0)  # how often the same code was shown again

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at", "-id"], name="scan_person"),
            models.Index(fields=["at"], name="scan_time"),
        ]

    def __str__(self) -> str:
        return self.nonce
