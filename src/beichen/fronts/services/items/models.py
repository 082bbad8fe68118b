"""What is kept of items: what is declared, applications, receipts, marks, bundles, windows, fees.

Long because the tables of items refer to each other and are read together.

What scenes declare is kept whole in ``declared``; columns beside it are what lists ask for. ``spellings`` are
the names and words with their pinyin and initials, made when the scene is installed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from beichen.fronts.services.items.words import (
    ACTIVE_PAYMENTS,
    HELD_PLACES,
    BookingState,
    Channel,
    MarkKind,
    PartState,
    PaymentState,
    ReceiptKind,
    TicketState,
)
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region

AFFAIR = "fronts_services.Affair"


class _Declared(models.Model):
    """What a scene declares under a key: kept when it is withdrawn, offered no more."""

    key = models.SlugField(max_length=60, unique=True)
    scene = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300)
    declared: models.JSONField[Any, Any] = models.JSONField()
    spellings: models.JSONField[Any, Any] = models.JSONField(default=list)
    is_offered = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.key)

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


class ServiceItem(_Declared):
    """A service item (事项). ``letter`` is the initial of its name in pinyin."""

    body = models.SlugField(max_length=80)
    process = models.SlugField(max_length=60)
    form = models.SlugField(max_length=60, blank=True)
    letter = models.CharField(max_length=1)
    is_for_people = models.BooleanField()
    is_for_firms = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["key"]
        indexes: ClassVar = [models.Index(fields=["is_offered", "key"], name="item_offered")]


class ServiceBundle(_Declared):
    """One thing once (一件事一次办): several items from one application."""

    class Meta:
        ordering: ClassVar = ["key"]


class ServiceWindow(_Declared):
    """A place where people are served; body and region by their keys: a scene knows no city."""

    body = models.SlugField(max_length=80)
    region = models.CharField(max_length=20)

    class Meta:
        ordering: ClassVar = ["key"]


class BundleRun(models.Model):
    """An application for a bundle: one code, one progress, one answer."""

    code = models.CharField(max_length=20, unique=True)
    bundle = models.ForeignKey(ServiceBundle, models.PROTECT, related_name="runs")
    declared: models.JSONField[Any, Any] = models.JSONField()
    subject = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)
    materials: models.JSONField[Any, Any] = models.JSONField(default=list)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ONLINE)
    agent = models.CharField(max_length=40, blank=True)  # the code of who acted for the subject
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - many have none
    opened_at = models.DateTimeField()
    promised_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # its applicant took it back as a whole
    is_good = models.BooleanField(null=True)  # whether every part gave its result
    is_demo = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=Level.L2.value)

    ACCESS: ClassVar = ScopeFields(region="region__path", level="level")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["subject", "-id"], name="bundle_run_subject")]

    def __str__(self) -> str:
        return self.code


class BundlePart(models.Model):
    """An item of a bundle's run, with its affair once it has started."""

    run = models.ForeignKey(BundleRun, models.CASCADE, related_name="parts")
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="+")
    affair = models.OneToOneField(AFFAIR, models.PROTECT, null=True, related_name="bundle_part")
    state = models.CharField(max_length=10, choices=PartState, default=PartState.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["run", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "item"], name="bundle_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class Application(models.Model):
    """What an affair began with when it was applied for as an item.

    ``materials`` says how each came in: ``{key: {"how": …, "file": …, "note": …}}``. ``fee`` is in fen, with
    the rows that made it in ``fee_of``. ``visits`` counts how often the applicant had to come. ``mark_at`` is
    when the affair's time is looked at next, None once nothing more can come of it.
    """

    affair = models.OneToOneField(AFFAIR, models.CASCADE, related_name="application")
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="applications")
    channel = models.CharField(max_length=10, choices=Channel)
    agent = models.CharField(max_length=40, blank=True)  # the code of who acted for the subject
    materials: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reused = models.PositiveSmallIntegerField(default=0)
    brought = models.PositiveSmallIntegerField(default=0)
    visits = models.PositiveSmallIntegerField(default=0)
    fee = models.PositiveBigIntegerField(default=0)
    fee_of: models.JSONField[Any, Any] = models.JSONField(default=list)
    delivery = models.CharField(max_length=10, blank=True)
    collected_at = models.DateTimeField(null=True)
    mark_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["mark_at"], condition=Q(mark_at__isnull=False), name="application_mark"),
            models.Index(fields=["item", "-id"], name="application_item"),
        ]

    def __str__(self) -> str:
        return f"{self.affair_id} for {self.item_id}"


class Receipt(models.Model):
    """What a window gave in writing: what it received, what is missing, that the result was collected."""

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=ReceiptKind)
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="+")
    affair = models.ForeignKey(AFFAIR, models.PROTECT, null=True, related_name="receipts")
    subject = models.CharField(max_length=40)
    agent = models.CharField(max_length=40, blank=True)
    materials: models.JSONField[Any, Any] = models.JSONField(default=dict)
    note = models.CharField(max_length=2000, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="receipt_newest"),
            models.Index(fields=["subject", "-at"], name="receipt_subject"),
        ]

    def __str__(self) -> str:
        return self.code


class Mark(models.Model):
    """A yellow or red mark of an affair's time, with the body at which it waited then."""

    affair = models.ForeignKey(AFFAIR, models.CASCADE, related_name="marks")
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=MarkKind)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["affair", "kind"], name="mark_once")]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="mark_newest"),
            models.Index(fields=["body", "-at"], name="mark_body"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.affair_id}"


class Payment(models.Model):
    """What an affair costs and what became of it. One that counts an affair (``ACTIVE_PAYMENTS``).

    ``amount`` is in fen. ``code`` is our order number at the gateway, ``reference`` the gateway's own.
    ``told_at`` is when the process learned of it. ``terms`` say when it goes back, as its item declared when
    it was ordered; ``ended`` is the ending of the affair for which that was weighed.
    """

    code = models.CharField(max_length=32, unique=True)
    affair = models.ForeignKey(AFFAIR, models.PROTECT, related_name="payments")
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    amount = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.DUE)
    url = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    terms = models.JSONField(default=dict)
    ended = models.CharField(max_length=10, blank=True)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["affair"],
                condition=Q(state__in=[str(one) for one in ACTIVE_PAYMENTS]),
                name="payment_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-opened_at", "-id"], name="payment_newest"),
            models.Index(
                fields=["expires_at"], condition=Q(state=PaymentState.DUE.value), name="payment_due"
            ),
            models.Index(
                fields=["paid_at"],
                condition=Q(state=PaymentState.PAID.value, told_at__isnull=True),
                name="payment_untold",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state__in=[PaymentState.ASKED.value, PaymentState.REFUNDING.value])
                | Q(state=PaymentState.EXPIRED.value, paid_at__isnull=False),
                name="payment_back",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Appointment(models.Model):
    """A place in a slot of a window (预约). ``seat`` counts from 0 to the capacity: no slot is overbooked."""

    code = models.CharField(max_length=20, unique=True)
    window = models.ForeignKey(ServiceWindow, models.PROTECT, related_name="appointments")
    item = models.ForeignKey(ServiceItem, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=40)
    by = models.CharField(max_length=100)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seat = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.BOOKED)
    booked_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["starts_at", "seat"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["window", "starts_at", "seat"],
                condition=Q(state__in=[str(one) for one in HELD_PLACES]),
                name="appointment_seat_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["window", "starts_at"], name="appointment_day"),
            models.Index(fields=["subject", "-starts_at"], name="appointment_subject"),
            models.Index(
                fields=["ends_at"], condition=Q(state=BookingState.BOOKED.value), name="appointment_booked"
            ),
            models.Index(
                fields=["remind_at"], condition=Q(remind_at__isnull=False), name="appointment_remind"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Ticket(models.Model):
    """A queue number of a day at a window (排队号)."""

    window = models.ForeignKey(ServiceWindow, models.PROTECT, related_name="tickets")
    day = models.DateField()
    number = models.PositiveIntegerField()
    item = models.ForeignKey(ServiceItem, models.PROTECT, null=True, related_name="+")
    appointment = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="ticket")
    state = models.CharField(max_length=10, choices=TicketState, default=TicketState.WAITING)
    counter = models.PositiveSmallIntegerField(null=True)
    came_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["window", "day", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["window", "day", "number"], name="ticket_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["window", "day", "state", "number"], name="ticket_state")]

    def __str__(self) -> str:
        return f"{self.window_id} {self.day} {self.number}"
