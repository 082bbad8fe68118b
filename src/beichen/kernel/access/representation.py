"""What is kept of representation (代理): who acts for whom, in what, how long, and who allowed it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person


class SubjectKind(models.TextChoices):
    """Whom affairs are done for: a natural person (自然人) or a firm or other organisation (法人)."""

    PERSON = "person", "自然人"
    FIRM = "firm", "法人"


class RepresentationKind(models.TextChoices):
    """Why somebody may act for another.

    A legal representative (法定代表人) acts for the firm in everything and allows others to; staff and agents
    act by such an allowance; a parent (监护人) acts for a child.
    """

    LEGAL = "legal", "法定代表人"
    STAFF = "staff", "经办人"
    AGENT = "agent", "代理人"
    PARENT = "parent", "监护人"


class Representation(models.Model):
    """A person acts for a subject, from a time until a time, in some affairs or (none named) in all.

    ``subject_code`` is the code of a person or of the registry's object of the firm; ``granted_by`` and
    ``revoked_by`` are keys of actors. A row is never changed but to end it, and to forget the name and the
    paper of somebody who closed their account.
    """

    representative = models.ForeignKey(Person, models.PROTECT, related_name="representations")
    subject_code = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=8, choices=SubjectKind)
    kind = models.CharField(max_length=8, choices=RepresentationKind)
    affairs = models.JSONField(default=list)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=200, blank=True)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=100, blank=True)

    FIELD_LEVELS: ClassVar = {"subject_name": Level.L2, "evidence": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["representative", "subject_code", "kind"],
                condition=models.Q(revoked_at=None),
                name="representation_once_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_code", "id"], name="representation_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_code}"
