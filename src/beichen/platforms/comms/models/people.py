"""How people are reached, when they are left alone, and the groups they are in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Person


class Contact(models.Model):
    """A person's own addresses and preferences; what is empty is taken from the person.

    ``muted`` are channels that only urgent messages may use. ``quiet_from`` and ``quiet_until`` are hours of
    every day in which what can wait is held; both or neither.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="contact")
    language = models.CharField(max_length=2, default="zh")
    mail = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    muted = models.JSONField(default=list)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="person__region__path")
    FIELD_LEVELS: ClassVar = {"mail": Level.L3, "phone": Level.L3}

    def __str__(self) -> str:
        return str(self.person)


class Subscription(models.Model):
    """A browser that shows messages (RFC 8030): a person's, or one that follows a thing without an account.

    ``receiver`` is ``person:CODE``, or the thing that is followed: ``report:CODE``. ``digest`` stands for the
    endpoint, which is a secret: whoever knows it and our key may send to the browser.
    """

    digest = models.CharField(max_length=32)
    receiver = models.CharField(max_length=80)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    language = models.CharField(max_length=2, default="zh")
    created_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="person__region__path")
    FIELD_LEVELS: ClassVar = {"endpoint": Level.L4, "p256dh": Level.L4, "auth": Level.L4}

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["receiver", "digest"], name="comms_browser_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["digest"], name="comms_browser"),
            models.Index(fields=["person", "created_at"], name="comms_browser_age"),
        ]

    def __str__(self) -> str:
        return f"{self.receiver} {self.digest[:8]}"


class QuietHours(models.Model):
    """The city's quiet hours (全市免打扰): one row, or none."""

    quiet_from = models.TimeField()
    quiet_until = models.TimeField()

    class Meta:
        verbose_name_plural = "quiet hours"

    def __str__(self) -> str:
        return f"{self.quiet_from:%H:%M}–{self.quiet_until:%H:%M}"


class Group(models.Model):
    """People who are told together: those who hold certain posts, and those who were added by name.

    ``posts`` are ``{"body": KEY, "role": KEY, "region": CODE}``, role and region optional. ``chat`` is the
    secret address of the group's own chat (WeCom, DingTalk, Feishu), where it has one.
    """

    key = models.SlugField(max_length=60, unique=True)
    owner = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    posts = models.JSONField(default=list)
    chat = models.CharField(max_length=500, blank=True)
    is_current = models.BooleanField(default=True)

    FIELD_LEVELS: ClassVar = {"chat": Level.L4}

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A person who is in a group by name."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "person"], name="comms_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.person}"
