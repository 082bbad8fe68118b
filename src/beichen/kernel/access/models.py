"""What is kept: accounts and clients that sign in, and roles that carry permissions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from beichen.kernel.access.identity import AccountContact as AccountContact
from beichen.kernel.access.identity import ContactCode as ContactCode
from beichen.kernel.access.identity import IdentityCheck as IdentityCheck
from beichen.kernel.access.openid.models import Consent as Consent
from beichen.kernel.access.openid.models import DeviceRequest as DeviceRequest
from beichen.kernel.access.openid.models import LogoutNotice as LogoutNotice
from beichen.kernel.access.openid.models import Pseudonym as Pseudonym
from beichen.kernel.access.openid.models import RelyingParty as RelyingParty
from beichen.kernel.access.openid.models import SigningKey as SigningKey
from beichen.kernel.access.openid.models import SignOn as SignOn
from beichen.kernel.access.openid.models import Token as Token
from beichen.kernel.access.openid.models import TokenKind as TokenKind
from beichen.kernel.access.openid.models import UpstreamIdentity as UpstreamIdentity
from beichen.kernel.access.representation import Representation as Representation
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Person, Region


class Account(AbstractUser):
    """How a person signs in. What the person may do comes from posts, never from the account."""

    person = models.OneToOneField(Person, models.PROTECT, null=True, related_name="account")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["username"]
        indexes: ClassVar = [models.Index(Lower("username"), name="account_username_low")]

    def __str__(self) -> str:
        return self.username


class Role(models.Model):
    """A set of permissions and the highest data level they reach.

    ``permissions`` is a list of names such as ``plan.fact.correct``; ``plan.*`` means all of a room.
    ``shipped`` is what the role had as Beichen brought it, empty when a city declares it.
    """

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    permissions = models.JSONField(default=list)
    shipped = models.JSONField(default=list)
    clearance = models.PositiveSmallIntegerField(
        choices=[(level.value, level.name) for level in Level], default=Level.L1.value
    )

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name


class Client(models.Model):
    """A program that acts with a key of its own, in one role, for one body and region."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=60)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="clients")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="clients")
    fingerprint = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key
