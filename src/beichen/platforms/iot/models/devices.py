"""Devices (设备), what they measure, and how they prove that they are themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.platforms.iot.words import CredentialKind, State
from beichen.registry.models import Object

CODE_LENGTH = 64


class DeviceGroup(models.Model):
    """Devices that are handled together: a delivery, a line, a contractor's (分组)."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class Device(models.Model):
    """What sends readings under its own code, and is told commands.

    ``thing`` is the object whose measures a message's names are, unless a channel says otherwise. ``every``
    is the number of seconds after which it should have spoken again; 0 where nobody expects it. ``rate`` is
    readings a second that it may send for long, 0 for the house's own. ``stamp`` is the fleet's at its last
    change. What one with ``is_demo`` measures is made up.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=200, blank=True)
    thing = models.ForeignKey(Object, models.PROTECT, null=True, related_name="devices")
    group = models.ForeignKey(DeviceGroup, models.PROTECT, null=True, related_name="devices")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="devices")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="devices")
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    state = models.CharField(max_length=12, choices=State, default=State.REGISTERED)
    every = models.PositiveIntegerField(default=0)
    rate = models.PositiveIntegerField(default=0)
    firmware = models.CharField(max_length=100, blank=True)
    config_version = models.CharField(max_length=100, blank=True)
    attributes = models.JSONField(default=dict)
    is_online = models.BooleanField(default=False)
    last_seen_at = models.DateTimeField(null=True)
    last_seq = models.BigIntegerField(null=True)
    silent_at = models.DateTimeField(null=True)  # when it goes offline unless it speaks
    claim_digest = models.CharField(max_length=64, blank=True)
    registered_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)
    stamp = models.BigIntegerField(default=0)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [
            models.Index(fields=["state", "code"], name="device_state"),
            models.Index(fields=["name"], name="device_name"),
            models.Index(fields=["last_seen_at"], name="device_seen"),
            models.Index(fields=["silent_at"], condition=Q(is_online=True), name="device_silent"),
        ]

    def __str__(self) -> str:
        return self.code


class Channel(models.Model):
    """A name in a device's messages that is a measure of a thing: ``value × factor + offset``."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="channels", db_index=False)
    name = models.CharField(max_length=100)
    thing = models.ForeignKey(Object, models.PROTECT, related_name="channels")
    measure = models.CharField(max_length=100)
    factor = models.FloatField(default=1.0)
    offset = models.FloatField(default=0.0)

    class Meta:
        ordering: ClassVar = ["device", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "name"], name="device_channel_once"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.name}"


class Credential(models.Model):
    """How a device proves that it is itself; a device may have several while one replaces the other.

    ``digest`` is SHA-256 of a token, which is random and long; Argon2 of a password, which a person may have
    chosen; SHA-256 of a certificate in DER, its fingerprint. ``hint`` tells credentials apart for people.
    """

    device = models.ForeignKey(Device, models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=12, choices=CredentialKind)
    digest = models.CharField(max_length=200)
    hint = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} …{self.hint}"


class Fleet(models.Model):
    """One row: a number that grows with every change of a device, so that the gateway knows when to look."""

    stamp = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return str(self.stamp)
