"""What is kept: the chain of records, and its head.

Both tables are made by SQL in the migration and are not managed by Django, because they refuse
UPDATE, DELETE and TRUNCATE by trigger: Django's own ``flush`` must never try.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditRecord(models.Model):
    """One act. ``hash`` is SHA-256 over the previous hash and this record's canonical JSON."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)  # RFC 3339, UTC, microseconds: the very text that was hashed
    actor = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    resource = models.CharField(max_length=200)
    subject = models.CharField(max_length=64)  # the person or firm whose data it is, or empty
    reason = models.CharField(max_length=200)  # why it was allowed
    address = models.CharField(max_length=60)
    detail = models.TextField()  # canonical JSON
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        managed = False
        db_table = "kernel_audit_record"
        ordering: ClassVar = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.actor} {self.action} {self.resource}"


class AuditHead(models.Model):
    """The chain's last sequence and hash: one row, locked by every writer, so the chain never forks."""

    id = models.IntegerField(primary_key=True)
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        managed = False
        db_table = "kernel_audit_head"

    def __str__(self) -> str:
        return f"head at {self.sequence}"
