"""What is kept: the days that a city amends, and the hours at which its offices work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AmendedDay(models.Model):
    """A day that the city declares working or free, whatever the State Council's notice says."""

    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {'working' if self.is_working else 'free'}"


class WorkingSpan(models.Model):
    """One span of the working day, in the city's time; a day is the sum of its spans."""

    start = models.TimeField(unique=True)
    end = models.TimeField()

    class Meta:
        ordering: ClassVar = ["start"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(start__lt=models.F("end")), name="span_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"
