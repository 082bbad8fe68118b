"""The words of the room: how an affair stands, and a step of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy as pgettext


class Status(models.TextChoices):
    """How an affair stands (办件状态)."""

    RUNNING = "running", pgettext("affair", "In progress")
    MATERIAL = "material", pgettext("affair", "Material is missing")
    SUSPENDED = "suspended", pgettext("affair", "Suspended")
    DONE = "done", pgettext("affair", "Concluded")
    WITHDRAWN = "withdrawn", pgettext("affair", "Withdrawn")


class Standing(models.TextChoices):
    """How a step stands (待办状态)."""

    WAITING = "waiting", pgettext("step", "Waits")
    TAKEN = "taken", pgettext("step", "Taken")
    DONE = "done", pgettext("step", "Completed")
    OVERTAKEN = "overtaken", pgettext("step", "Overtaken")


CLOSED = (Status.DONE, Status.WITHDRAWN)
OPEN_STEPS = (Standing.WAITING, Standing.TAKEN)
