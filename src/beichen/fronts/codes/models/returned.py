"""What was given back of what gates took, and the sums of each day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.codes.models.people import Entitlement, Reader
from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Person


class ReturnState(models.TextChoices):
    """What became of a ride that somebody wants back."""

    ASKED = "asked", pgettext("return", "Asked for")
    GIVEN = "given", pgettext("return", "Given back")
    REFUSED = "refused", pgettext("return", "Not given back")
    UNDONE = "undone", pgettext("return", "Taken again")
    WITHDRAWN = "withdrawn", pgettext("return", "No longer asked for")


class Return(models.Model):
    """A ride, a loan, a visit that the reader's body gives back (退回), or was asked to.

    ``reference`` is the number of its scan, with which place and time are forgotten: the number and what was
    decided stay. ``round`` says which filling of the counter it was taken from. The body sees no person here.
    """

    reference = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reader = models.ForeignKey(Reader, models.PROTECT, related_name="+")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="+", db_index=False)
    round = models.PositiveIntegerField()
    taken_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=ReturnState)
    wish = models.CharField(max_length=300, blank=True)  # what the person says
    reason = models.CharField(max_length=300, blank=True)  # what the body says
    changed_at = models.DateTimeField(db_index=True)
    changed_by = models.CharField(max_length=120, blank=True)

    ACCESS: ClassVar = ScopeFields(body="reader__body__path")

    class Meta:
        ordering: ClassVar = ["-changed_at", "-id"]

    def __str__(self) -> str:
        return self.reference


class Tally(models.Model):
    """A day of a reader and an entitlement (对账): how often its codes were read, taken from, given back.

    Kept when the scans are forgotten. ``given_back`` counts what was given back on the day, whenever taken.
    """

    day = models.DateField()
    reader = models.ForeignKey(Reader, models.PROTECT, related_name="+", db_index=False)
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="+", db_index=False)
    accepted = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    given_back = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(body="reader__body__path")

    class Meta:
        ordering: ClassVar = ["-day", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "reader", "entitlement"], name="tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reader_id} {self.entitlement_id}"
