"""Subscriptions, what they watch as an index, and the notifications that are on their way.

A notification holds no data: it names an object and a version, and is written out when it is sent, by the
rights that the subscriber then has.
"""

from __future__ import annotations

from typing import Any, ClassVar

import orjson
from django.db import models
from django.db.models import Q

from beichen.registry.columns import PlainText
from beichen.registry.models.objects import NAME_LENGTH, URN_LENGTH, Object

WATCHED_LENGTH = max(NAME_LENGTH, URN_LENGTH)


class Trigger(models.TextChoices):
    """What of an entity notifies (clause 5.2.12)."""

    ENTITY_CREATED = "entityCreated", "对象创建"
    ENTITY_UPDATED = "entityUpdated", "对象更新"
    ENTITY_DELETED = "entityDeleted", "对象删除"
    ATTRIBUTE_CREATED = "attributeCreated", "属性创建"
    ATTRIBUTE_UPDATED = "attributeUpdated", "属性更新"
    ATTRIBUTE_DELETED = "attributeDeleted", "属性删除"


class Subscription(models.Model):
    """A subscription as its owner wrote it, with names expanded, and how its deliveries went.

    ``document`` is the subscription without its endpoint's ``receiverInfo`` and ``notifierInfo``; those
    may be secrets, stand in ``secrets`` and are given to the owner alone. ``context`` is the @context in
    which notifications are written. ``next_at`` is when a periodic one is due; ``rest_until`` is when an
    endpoint that failed is tried again; ``quiet_until`` is when a throttled one may speak again.
    """

    id = models.BigAutoField(primary_key=True)
    urn = PlainText(max_length=URN_LENGTH, unique=True)
    owner = models.CharField(max_length=120)  # the key of the actor as whom it acts
    name = models.CharField(max_length=200, blank=True)
    document = models.TextField()
    secrets = models.TextField(blank=True)
    context = models.TextField()
    endpoint = models.CharField(max_length=1000)
    is_active = models.BooleanField(default=True)
    is_withdrawn = models.BooleanField(default=False)  # its owner may not read any more
    expires_at = models.DateTimeField(null=True)
    interval = models.FloatField(null=True)  # seconds
    throttling = models.FloatField(default=0)  # seconds
    cooldown = models.FloatField(default=0)  # seconds
    next_at = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    times_sent = models.PositiveBigIntegerField(default=0)
    times_failed = models.PositiveBigIntegerField(default=0)
    failed_in_row = models.PositiveIntegerField(default=0)
    last_notification = models.DateTimeField(null=True)
    last_success = models.DateTimeField(null=True)
    last_failure = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "id"], name="subscription_owner"),
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="subscription_periodic"
            ),
        ]

    def __str__(self) -> str:
        return str(self.urn)

    def parsed(self) -> dict[str, Any]:
        """The document as an object."""
        document: dict[str, Any] = orjson.loads(self.document)
        return document


class Watch(models.Model):
    """What a subscription waits for: a subject (an entity's id, a type, or ``*``) and an attribute.

    ``attribute`` is empty when every change counts. An event finds its subscriptions through this index.
    """

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="watches")
    subject = PlainText(max_length=WATCHED_LENGTH)
    attribute = PlainText(max_length=NAME_LENGTH, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "attribute", "subscription"], name="watch_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.subject} {self.attribute}"


class Notification(models.Model):
    """A notification to be sent: the version of an object that a subscription is told of.

    ``trigger`` is empty for a periodic one, whose entities are looked up when it is sent. Rows of one
    subscription and object leave in the order of their keys; a sent row is deleted.
    """

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="waiting")
    object = models.ForeignKey(Object, models.CASCADE, null=True, related_name="+", db_index=False)
    object_version = models.PositiveIntegerField(default=0)
    trigger = models.CharField(max_length=20, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="notification_due"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.object_id} v{self.object_version}"
