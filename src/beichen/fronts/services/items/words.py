"""The words of items: how papers came in, how appointments, tickets, payments and parts stand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy as pgettext


class Channel(models.TextChoices):
    """Where an application came in."""

    ONLINE = "online", pgettext("channel", "Online")
    WINDOW = "window", pgettext("channel", "At a window")
    PROGRAM = "program", pgettext("channel", "By a program")


class How(models.TextChoices):
    """How a material came in (收件方式)."""

    ORIGINAL = "original", pgettext("material", "Original received")
    COPY = "copy", pgettext("material", "Copy received")
    UPLOADED = "uploaded", pgettext("material", "Uploaded")
    HELD = "held", pgettext("material", "Held by the city")
    MISSING = "missing", pgettext("material", "Missing")
    NOT_NEEDED = "not-needed", pgettext("material", "Not needed here")


class ReceiptKind(models.TextChoices):
    """What a window gives in writing."""

    RECEIVED = "received", pgettext("receipt", "Receipt")
    TOLD = "told", pgettext("receipt", "What is missing, told at once")
    COLLECTED = "collected", pgettext("receipt", "Result collected")


class MarkKind(models.TextChoices):
    """Marks of time (红黄牌)."""

    YELLOW = "yellow", pgettext("mark", "Yellow mark")
    RED = "red", pgettext("mark", "Red mark")


class PartState(models.TextChoices):
    """How a part of a bundle stands."""

    WAITING = "waiting", pgettext("part", "Waits for another part")
    RUNNING = "running", pgettext("part", "In progress")
    DONE = "done", pgettext("part", "Concluded")
    REFUSED = "refused", pgettext("part", "Ended without the result")
    BLOCKED = "blocked", pgettext("part", "Cannot start")
    SKIPPED = "skipped", pgettext("part", "Not needed here")
    WITHDRAWN = "withdrawn", pgettext("part", "Withdrawn")


class BookingState(models.TextChoices):
    """How an appointment stands (预约状态)."""

    BOOKED = "booked", pgettext("appointment", "Booked")
    ARRIVED = "arrived", pgettext("appointment", "Arrived")
    CANCELLED = "cancelled", pgettext("appointment", "Cancelled")
    MISSED = "missed", pgettext("appointment", "Did not come")


class TicketState(models.TextChoices):
    """How a queue number stands (排队叫号)."""

    WAITING = "waiting", pgettext("ticket", "Waits")
    CALLED = "called", pgettext("ticket", "Called")
    SERVED = "served", pgettext("ticket", "Served")
    SKIPPED = "skipped", pgettext("ticket", "Passed over")


class PaymentState(models.TextChoices):
    """How a payment stands (缴费状态)."""

    DUE = "due", pgettext("payment", "To be paid")
    PAID = "paid", pgettext("payment", "Paid")
    EXPIRED = "expired", pgettext("payment", "Expired")
    ASKED = "asked", pgettext("payment", "Refund to be decided")
    REFUNDING = "refunding", pgettext("payment", "Refund ordered")
    REFUNDED = "refunded", pgettext("payment", "Refunded")


HELD_PAYMENTS = (PaymentState.PAID, PaymentState.ASKED, PaymentState.REFUNDING)
"""Payments whose money the city has."""
ACTIVE_PAYMENTS = (PaymentState.DUE, *HELD_PAYMENTS)
HELD_PLACES = (BookingState.BOOKED, BookingState.ARRIVED)
ENDED_PARTS = (
    PartState.DONE,
    PartState.REFUSED,
    PartState.BLOCKED,
    PartState.SKIPPED,
    PartState.WITHDRAWN,
)
