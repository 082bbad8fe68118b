"""Templates, messages, and each message's deliveries: one for a receiver and a channel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Person, Region, random_code
from beichen.platforms.comms.words import ChannelName, Reason, State, Urgency

SUBJECT_LENGTH, ADDRESS_LENGTH, ABOUT_LENGTH, HREF_LENGTH = 300, 500, 200, 500


class Template(models.Model):
    """A text in two languages with placeholders (消息模板), as a package declares it.

    ``channels`` are those tried after the inbox, in their order. ``values`` are the names that its sender
    gives; empty where the package does not say. ``owner`` is the package, ``scene:drainage``.
    """

    key = models.SlugField(max_length=60, unique=True)
    owner = models.CharField(max_length=80)
    subject_zh = models.CharField(max_length=SUBJECT_LENGTH)
    subject_en = models.CharField(max_length=SUBJECT_LENGTH)
    text_zh = models.TextField()
    text_en = models.TextField()
    channels = models.JSONField(default=list)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    values = models.JSONField(default=list)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class Message(models.Model):
    """What was said once, in both languages as it was then, to whomever its deliveries name.

    ``key`` makes it one: sending again with the same key is the same message. ``about`` names the thing,
    ``case:20261128-0001``; ``href`` is its page in this house. ``sender`` is the key of the actor.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=60)
    subject_zh = models.CharField(max_length=SUBJECT_LENGTH)
    subject_en = models.CharField(max_length=SUBJECT_LENGTH)
    text_zh = models.TextField()
    text_en = models.TextField()
    about = models.CharField(max_length=ABOUT_LENGTH, blank=True)
    href = models.CharField(max_length=HREF_LENGTH, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency)
    level = models.PositiveSmallIntegerField(
        choices=[(level.value, level.name) for level in Level], default=Level.L2.value
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    sender = models.CharField(max_length=120)
    sender_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="region__path", level="level")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["about", "-id"], name="comms_message_about")]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_zh}"

    def subject(self, language: str) -> str:
        """The subject in ``zh`` or ``en``."""
        return self.subject_en if language == "en" else self.subject_zh

    def text(self, language: str) -> str:
        """The text in ``zh`` or ``en``."""
        return self.text_en if language == "en" else self.text_zh


class Delivery(models.Model):
    """A message's way to one receiver over one channel (送达记录).

    ``receiver`` is ``person:CODE``, ``group:KEY``, ``address:DIGEST`` or, once erased, ``erased:NUMBER``.
    ``next_at`` says when to act while the state is queued, held or sending; for sending it is the end of the
    lease, after which another process may take over. ``fallback`` lists ``[channel, address]`` to try, in
    order, should this one fail.
    ``number`` is what the outside world calls it: the same in every attempt. ``reference`` is what a gateway
    calls it. ``data_subject`` is the code of the person, or of the firm, whose address it is.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    number = models.CharField(max_length=32, unique=True)
    receiver = models.CharField(max_length=80)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    data_subject = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=2, default="zh")
    channel = models.CharField(max_length=8, choices=ChannelName)
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)
    is_direct = models.BooleanField(default=False)
    fallback = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="message__region__path", level="message__level")
    FIELD_LEVELS: ClassVar = {"name": Level.L2, "address": Level.L3}

    class Meta:
        verbose_name_plural = "deliveries"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "receiver", "channel"], name="comms_once_a_channel"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_at"], name="comms_delivery_due"),
            models.Index(fields=["person", "channel", "read_at"], name="comms_inbox_unread"),
            models.Index(fields=["person", "channel", "-id"], name="comms_inbox"),
            models.Index(fields=["reference"], name="comms_delivery_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.channel} {self.state}"
