"""What is kept: regions and bodies as trees, people, and posts.

Both trees keep a ``path`` of their ancestors' keys, ``/220000/220100/220102/``, so that a subtree is
one indexed range and access needs one query. Paths are written by :mod:`.service` alone.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

from beichen.kernel.levels import Level, ScopeFields

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letters that are read as digits


def random_code() -> str:
    """A person's code: 16 random characters (78 bits), so that it says nothing and cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


class RegionLevel(models.TextChoices):
    """The five levels of GB/T 2260 and GB/T 10114, and the grid cell below them."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "区县"
    STREET = "street", "街道"
    COMMUNITY = "community", "社区"
    GRID = "grid", "网格"


class Region(models.Model):
    """An administrative region (行政区划) with its GB/T 2260 code, or a grid cell."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=12, choices=RegionLevel)
    kind = models.CharField(max_length=30, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=140, unique=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code"], name="region_level"),
            models.Index(fields=["name"], name="region_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class Body(models.Model):
    """An organisation (机构): a bureau, a district government, a company, with its place in a tree."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)  # GB 32100
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="bodies")
    path = models.CharField(max_length=400, unique=True)
    is_current = models.BooleanField(default=True)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="path")

    class Meta:
        ordering: ClassVar = ["path"]
        verbose_name_plural = "bodies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~models.Q(credit_code=""), name="body_credit_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A human being known to the city. The code is random; what identifies is levelled."""

    code = models.CharField(max_length=16, unique=True, default=random_code)
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="people")
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path")
    FIELD_LEVELS: ClassVar = {"name": Level.L2, "phone": Level.L3, "email": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.code


class Post(models.Model):
    """A person holds a role at a body for a region, from a time until a time (任职)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    role = models.CharField(max_length=60)
    title = models.CharField(max_length=100, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="posts")
    region = models.ForeignKey(Region, models.PROTECT, related_name="posts")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role", "body", "region"],
                condition=models.Q(until=None),
                name="post_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.body}"
