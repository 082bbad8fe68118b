"""What is kept of who people are: confirmed addresses, codes on their way, how sure an identity is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person


class ContactKind(models.TextChoices):
    """How an account is reached, and by what else than its name it is signed in to."""

    PHONE = "phone", "手机号码"
    MAIL = "mail", "电子邮箱"


class Assurance(models.TextChoices):
    """How sure it is who somebody is (身份核验等级), from the least to the most."""

    SELF_STATED = "self-stated", "自报身份"
    WINDOW = "window", "窗口核验"
    UPSTREAM = "upstream", "统一身份认证"


ORDER = tuple(Assurance)


class AccountContact(models.Model):
    """An address that its owner confirmed by a code; numbers as E.164, mail in small letters."""

    account = models.ForeignKey("kernel_access.Account", models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=ContactKind)
    address = models.CharField(max_length=254, unique=True)
    confirmed_at = models.DateTimeField(default=timezone.now)

    FIELD_LEVELS: ClassVar = {"address": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account}"


class ContactCode(models.Model):
    """A code on its way; ``handle`` is what the session knows, ``digest`` what is kept of the code.

    Kept for a day: the rows of the last hour are counted, so that nobody is flooded with codes.
    """

    handle = models.CharField(max_length=43, unique=True)
    kind = models.CharField(max_length=8, choices=ContactKind)
    address = models.CharField(max_length=254)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    FIELD_LEVELS: ClassVar = {"address": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["address", "created_at"], name="contact_code_of_address"),
            models.Index(fields=["created_at"], name="contact_code_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at}"


class IdentityCheck(models.Model):
    """Somebody made sure who a person is: at a window, by a paper; or the city's identity provider said so.

    ``checked_by`` is the key of an actor; ``evidence`` says which paper, never its whole number; ``name`` is
    what the paper or the provider says that they are called, empty where it said nothing of it.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="identity_checks")
    level = models.CharField(max_length=12, choices=Assurance)
    evidence = models.CharField(max_length=200)
    name = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField(default=timezone.now)
    checked_by = models.CharField(max_length=100)

    FIELD_LEVELS: ClassVar = {"evidence": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.level} of {self.person}"


def checks_of(person: Person) -> list[IdentityCheck]:
    """Everybody who made sure who ``person`` is, the surest first, of as sure ones the latest; one query."""
    rows = sorted(IdentityCheck.objects.filter(person=person), key=lambda row: -row.pk)
    return sorted(rows, key=lambda row: ORDER.index(Assurance(row.level)), reverse=True)
