"""What is kept of an objection: with its affair what it says and how it was answered, apart who filed it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection.words import Ruling
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Person


class Objection(models.Model):
    """An objection (异议) to the public notice of an affair, durable once it is answered with its code.

    ``step`` is the notice's, ``body`` the one that decided and answers. Name, telephone and e-mail are L3,
    may be empty, and are erased on request; what was said stays with the affair. ``key`` is the sender's own
    identity of it, ``secret`` what follows it without an account.
    """

    code = models.CharField(max_length=20, unique=True)
    affair = models.ForeignKey(Affair, models.PROTECT, related_name="objections")
    step = models.CharField(max_length=60)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    statement = models.TextField()
    is_interested = models.BooleanField(default=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    key = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 - many have none
    secret = models.CharField(max_length=20)
    filed_at = models.DateTimeField()
    ruling = models.CharField(max_length=10, choices=Ruling, default=Ruling.WAITING)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=100, blank=True)
    by_name = models.CharField(max_length=100, blank=True)
    erased_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="affair__region__path", body="body__path", level="affair__level")
    FIELD_LEVELS: ClassVar = {"name": Level.L3, "phone": Level.L3, "email": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["filed_at", "id"], name="objection_filed"),
            models.Index(
                fields=["body", "filed_at", "id"],
                condition=Q(ruling=Ruling.WAITING),
                name="objection_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether somebody has to answer it."""
        return self.ruling == Ruling.WAITING

    @property
    def has_contact(self) -> bool:
        """Whether who filed it left a name or an address that is still kept."""
        return bool(self.name or self.phone or self.email)

    @property
    def whose(self) -> str:
        """Under which code looks at who filed it are recorded: the person's where there is one."""
        return self.person.code if self.person is not None else self.code
