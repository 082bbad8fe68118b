"""The log: its identity, its entries, its checkpoints, and the witnesses that cosign them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body


class Log(models.Model):
    """The one log of this house: its name and key, which never change, and how many entries have their
    place."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=200)
    key = models.CharField(max_length=400)  # the verifier key, as a signed note names it
    sm2_key = models.CharField(max_length=400, blank=True)
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """Something that was sealed. Only ``position`` is ever written again, once, when the worker gives it
    its place.

    ``text`` is what the public log holds. What it commits to, the rest of the row, is for whoever may read
    it.
    """

    position = models.BigIntegerField(null=True, unique=True)
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    salt = models.CharField(max_length=32)
    text = models.CharField(max_length=400)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(choices=[(one.value, one.name) for one in Level])

    ACCESS: ClassVar = ScopeFields(level="level")

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "reference", "sha256"], name="ledger_entry_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(position=None), name="ledger_entry_waits"),
            models.Index(fields=["reference"], name="ledger_entry_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Checkpoint(models.Model):
    """What the log said that it was; ``note`` is the signed note, to which cosignatures are added."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    signed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-size"]
        indexes: ClassVar = [
            models.Index(
                fields=["-size"],
                condition=models.Q(published_at__isnull=False),
                name="ledger_checkpoint_published",
            ),
        ]

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"


class Witness(models.Model):
    """Somebody outside who cosigns: a key, and an address where it listens, or none if it comes by itself."""

    name = models.CharField(max_length=200, unique=True)  # as its key says
    title = models.CharField(max_length=200)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="witnesses")
    key = models.CharField(max_length=400, unique=True)
    url = models.CharField(max_length=500, blank=True)
    is_active = models.BooleanField(default=True)
    size = models.BigIntegerField(default=0)  # of the last checkpoint that it cosigned
    cosigned_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    contradicts = models.BooleanField(default=False)  # it says that the log was rewritten
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name_plural = "witnesses"

    def __str__(self) -> str:
        return self.name


class Cosignature(models.Model):
    """A witness's signature under a checkpoint; ``at`` is the witness's own time."""

    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, related_name="cosignatures")
    witness = models.ForeignKey(Witness, models.PROTECT, related_name="cosignatures")
    line = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="ledger_cosignature_once"),
        ]

    def __str__(self) -> str:
        return f"{self.witness_id} under {self.checkpoint_id}"


class Anchoring(models.Model):
    """A checkpoint that was written into somebody else's log, with the receipt that came back."""

    size = models.BigIntegerField()
    note = models.TextField()
    adapter = models.CharField(max_length=40)
    target = models.CharField(max_length=500)
    receipt = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.size} at {self.target}"
