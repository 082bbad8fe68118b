"""Keys that sign codes, what became of printed codes, and what was printed.

A printed code that was never withdrawn has no row: its signature says that the city made it.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import ALPHABET, Region
from beichen.registry.models import Object

CODE_LENGTH = 40


def run_code() -> str:
    """A print's code: random, so that it does not say how many there are."""
    return "".join(secrets.choice(ALPHABET) for _place in range(10))


class KeyUse(models.TextChoices):
    """What a key signs."""

    STICKER = "sticker", _("Printed codes")
    PERSON = "person", _("Codes of people")


class CodeKey(models.Model):
    """A signing key; the private part lies in a file of its name. ``number`` counts within its use.

    What a key signed stays good after ``until``; after ``refused_at``, when the key was stolen, it does not.
    """

    use = models.CharField(max_length=10, choices=KeyUse)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20, unique=True)
    public = models.CharField(max_length=60, blank=True)  # Ed25519, base64url; a sticker's key has none
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["use", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["use", "number"], name="code_key_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Sticker(models.Model):
    """A printed code that was withdrawn or reissued: which edition is good, or that none is."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    object = models.ForeignKey(Object, models.PROTECT, null=True, related_name="+", db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    edition = models.PositiveSmallIntegerField(default=1)
    is_withdrawn = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["-changed_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-changed_at", "-id"], name="sticker_newest")]

    def __str__(self) -> str:
        return f"{self.code}/{self.edition}"


class StickerStep(models.Model):
    """One withdrawal or reissue, with its reason."""

    sticker = models.ForeignKey(Sticker, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10)
    edition = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.sticker_id} {self.step}"


class RunState(models.TextChoices):
    """How far a print is."""

    WAITING = "waiting", pgettext("print", "Being made")
    READY = "ready", pgettext("print", "Ready")
    FAILED = "failed", pgettext("print", "Failed")


class PrintRun(models.Model):
    """Labels that were asked for: which objects, on which sheet, by whom; the PDF once it is made."""

    code = models.CharField(max_length=10, unique=True, default=run_code)
    layout = models.CharField(max_length=30)
    choice = models.JSONField(default=dict)  # {"type", "region", "text"}
    codes = models.JSONField(default=list)  # what was chosen one by one; empty: by type, region, text
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    file = models.CharField(max_length=40, blank=True)  # the code of the stored PDF
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    made_by_name = models.CharField(max_length=120)

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-made_at", "-id"], name="print_run_newest")]

    def __str__(self) -> str:
        return self.code


class PrintedLabel(models.Model):
    """A code in a print, with its edition."""

    run = models.ForeignKey(PrintRun, models.CASCADE, related_name="labels", db_index=False)
    place = models.PositiveIntegerField()
    code = models.CharField(max_length=CODE_LENGTH, db_index=True)
    name = models.CharField(max_length=200)
    edition = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["run", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "place"], name="printed_label_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.place} {self.code}"
