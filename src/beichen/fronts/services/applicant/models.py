"""What is kept of applicants: drafts, the files that they brought, what was sent, and ratings.

A draft is its writer's alone and ends: sent, thrown away or expired, it is deleted with its files. What was
sent is kept with its affair, under the form's version that it was begun with.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from beichen.fronts.services.applicant.words import Contact, Reading
from beichen.fronts.services.forms.models import FormVersion
from beichen.kernel.columns import DeclarationField
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level
from beichen.kernel.org.models import random_code

AFFAIR = "fronts_services.Affair"
RUN = "fronts_services.BundleRun"


class Draft(models.Model):
    """An application that is being written. ``owner`` is the key of who writes, ``subject`` for whom;
    ``item`` is the key of the item or, with ``is_bundle``, of the bundle.

    ``given`` is what the page sent, by the names of its fields; ``asked`` the answers to the guided check;
    ``sources`` says of each field that was taken over where it came from; ``materials`` which papers the city
    holds itself.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    owner = models.CharField(max_length=100)
    subject = models.CharField(max_length=40)
    subject_name = models.CharField(max_length=100, blank=True)
    item = models.SlugField(max_length=60)
    is_bundle = models.BooleanField(default=False)
    form = models.ForeignKey(FormVersion, models.PROTECT, null=True, related_name="+")
    region = models.CharField(max_length=20)
    given: models.JSONField[Any, Any] = models.JSONField(default=dict)
    asked: models.JSONField[Any, Any] = models.JSONField(default=dict)
    sources: models.JSONField[Any, Any] = models.JSONField(default=dict)
    materials: models.JSONField[Any, Any] = models.JSONField(default=dict)
    channel = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    level = models.PositiveSmallIntegerField(default=Level.L3.value)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    FIELD_LEVELS: ClassVar = {"given": Level.L3, "asked": Level.L3}

    class Meta:
        ordering: ClassVar = ["-changed_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-changed_at"], name="draft_owner"),
            models.Index(fields=["expires_at"], name="draft_expiry"),
        ]

    def __str__(self) -> str:
        return self.code


class Submission(models.Model):
    """What was sent: the answers under a form's version, where they came from, how it was signed.

    ``draft`` is the code of the draft that it was: the same one is sent once. With its code and ``secret``
    anybody follows it without an account. It opened an affair, or the run of a bundle, of which ``declared``
    is the form as it was made of those of the parts.
    """

    # One of both is there: readers know which they asked for.
    affair: models.OneToOneField[Any, Any] = models.OneToOneField(
        AFFAIR, models.PROTECT, null=True, related_name="submission"
    )
    run: models.OneToOneField[Any, Any] = models.OneToOneField(
        RUN, models.PROTECT, null=True, related_name="submission"
    )
    draft = models.CharField(max_length=16, unique=True)
    item = models.SlugField(max_length=60)
    form = models.ForeignKey(FormVersion, models.PROTECT, null=True, related_name="+")
    declared = DeclarationField(default=dict)
    owner = models.CharField(max_length=100)
    subject = models.CharField(max_length=40)
    subject_name = models.CharField(max_length=100, blank=True)
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    sources: models.JSONField[Any, Any] = models.JSONField(default=dict)
    signature: models.JSONField[Any, Any] = models.JSONField(default=dict)
    secret = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField(default=Level.L3.value)
    sent_at = models.DateTimeField()

    FIELD_LEVELS: ClassVar = {"answers": Level.L3, "signature": Level.L3}

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(affair__isnull=True, run__isnull=False)
                | models.Q(affair__isnull=False, run__isnull=True),
                name="submission_opened_one",
            ),
        ]

    def __str__(self) -> str:
        return self.draft

    @property
    def code(self) -> str:
        """The number of what it opened."""
        return str((self.affair if self.affair_id else self.run).code)


class Upload(models.Model):
    """A file that an applicant brought: for a field of the form, or for a material (``material.KEY``).

    ``read`` is what a picture of it was read as: suggestions, which count only once they are confirmed.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    draft = models.ForeignKey(Draft, models.PROTECT, null=True, related_name="uploads")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="uploads")
    field = models.CharField(max_length=150)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    standing = models.CharField(max_length=10, choices=Reading, default=Reading.NONE)
    read: models.JSONField[Any, Any] = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()

    FIELD_LEVELS: ClassVar = {"read": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "field"], name="upload_field_once"),
            models.CheckConstraint(
                condition=models.Q(draft__isnull=True) | models.Q(submission__isnull=True),
                name="upload_in_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.code}"


class Rating(models.Model):
    """How an applicant found it (好差评): one for each affair and kind of contact, five grades."""

    affair = models.ForeignKey(AFFAIR, models.PROTECT, related_name="ratings")
    contact = models.CharField(max_length=10, choices=Contact)
    grade = models.PositiveSmallIntegerField()
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)
    text = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    case = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["affair", "contact"], name="rating_once"),
            models.CheckConstraint(
                condition=models.Q(grade__gte=1) & models.Q(grade__lte=5), name="rating_grade"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affair_id} {self.grade}"
