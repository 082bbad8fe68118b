"""Certificates (电子证照): kinds as scenes declare them, issuers' keys, status lists, what was issued."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Person, Region

LIST_SIZE = 1 << 16
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """A certificate's code: random, so that nobody counts or guesses them."""
    return "".join(secrets.choice(ALPHABET) for _place in range(16))


class CertificateState(models.TextChoices):
    """Whether a certificate holds."""

    VALID = "valid", _("Valid")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")


class Cause(models.TextChoices):
    """Why a certificate counts no more, in words that whoever checks it may read; nobody's own words.

    What gave a certificate says it when that is taken back; empty: its issuer decided on the certificate
    itself.
    """

    WITHDRAWN = "withdrawn", _("The application that it came from was withdrawn.")
    ANNULLED = "annulled", _("The decision that it came from was taken back.")


class CertificateKind(models.Model):
    """A kind of certificates: what a scene or a city declares in `certificates.yaml`."""

    key = models.SlugField(max_length=60, unique=True)
    owner = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    issuer = models.ForeignKey(Body, models.PROTECT, related_name="certificate_kinds")
    days = models.PositiveIntegerField(default=0)  # 0: valid for ever
    fields = models.JSONField(default=list)  # {"key", "zh", "en", "type", "required", "optional", "choices"}
    look = models.CharField(max_length=20, default="blue")
    is_current = models.BooleanField(default=True)

    ACCESS: ClassVar = ScopeFields(body="issuer__path")

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


class IssuerKey(models.Model):
    """A public key with which certificates are or were signed; the private one lies in a file of its name."""

    kid = models.CharField(max_length=60, unique=True)
    jwk = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)  # since when it signs no more; what it signed stays good

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.kid


class StatusList(models.Model):
    """A list of :data:`LIST_SIZE` states, two bits each; a certificate has a random place in one."""

    number = models.PositiveIntegerField(unique=True)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"list {self.number}"


class Certificate(models.Model):
    """One certificate. ``text`` is the whole SD-JWT, with every disclosure: the holder's own.

    It is a person's (``holder``), or that of the firm with the code ``firm``, or of neither. ``origin`` is
    what gave it (``affair:CODE``), ``matter`` the key by which a representation names such things.
    """

    code = models.CharField(max_length=16, unique=True, default=new_code)
    kind = models.ForeignKey(CertificateKind, models.PROTECT, related_name="certificates")
    holder = models.ForeignKey(Person, models.PROTECT, null=True, related_name="certificates")
    firm = models.CharField(max_length=64, blank=True, default="")
    origin = models.CharField(max_length=80, blank=True, default="")
    matter = models.CharField(max_length=60, blank=True, default="")
    issuer = models.ForeignKey(Body, models.PROTECT, related_name="certificates")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="certificates")
    claims = models.JSONField()
    text = models.TextField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=CertificateState, default=CertificateState.VALID)
    reason = models.CharField(max_length=300, blank=True)
    cause = models.CharField(max_length=10, choices=Cause, blank=True, default="")
    changed_at = models.DateTimeField(null=True)
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="certificates")
    place = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(
        choices=[(one.value, one.name) for one in Level], default=Level.L3.value
    )
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(body="issuer__path", level="level")
    FIELD_LEVELS: ClassVar = {"claims": Level.L3, "text": Level.L3}

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["status_list", "place"], name="certificate_place_once"),
            models.CheckConstraint(
                condition=models.Q(holder__isnull=True) | models.Q(firm=""), name="certificate_of_one"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder", "-id"], name="certificate_holder"),
            models.Index(fields=["firm", "-id"], condition=~models.Q(firm=""), name="certificate_firm"),
            models.Index(fields=["origin"], condition=~models.Q(origin=""), name="certificate_origin"),
            models.Index(
                fields=["status_list", "place"],
                condition=~models.Q(state="valid"),
                name="certificate_not_valid",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> str:
        """The code of whom it is, a person or a firm; empty for nobody's."""
        return self.holder.code if self.holder is not None else self.firm
