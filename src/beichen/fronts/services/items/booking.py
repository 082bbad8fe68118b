"""Appointments (预约): a place in a slot of a window, booked, moved, cancelled, missed; never one too many.

A place has a number within its slot, and the database keeps each once: of two who book the last one at the
same moment, one is told that it is taken.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.services.affair.acting import subject_code
from beichen.fronts.services.items.finding import item as find_item
from beichen.fronts.services.items.finding import read_window
from beichen.fronts.services.items.finding import window as find_window
from beichen.fronts.services.items.models import Appointment, ServiceWindow
from beichen.fronts.services.items.opening import Slot, slots_of
from beichen.fronts.services.items.problems import FULL, NO_BOOKING, NO_SLOT, NOT_BOOKED, TOO_MANY, none
from beichen.fronts.services.items.telling import remind
from beichen.fronts.services.items.words import HELD_PLACES, BookingState
from beichen.fronts.services.permissions import SERVE
from beichen.hubs.events.service import dated_code
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import region_by_code
from beichen.problem import Problem, ProblemError, Where, said, shorten

HELD_AT_ONCE = 5
"""How many places to come one subject holds."""
BEFORE = timedelta(days=1)
TRIES = 20
BATCH = 200


def slots(window: ServiceWindow, day: date, now: datetime | None = None) -> list[Slot]:
    """The slots of a day that can still be booked, with what is taken of each."""
    moment, declared = now or timezone.now(), read_window(window)
    last = timezone.localtime(moment).date() + timedelta(days=declared.ahead)
    if not timezone.localtime(moment).date() <= day <= last:
        return []
    open_ = [slot for slot in slots_of(declared, day) if slot.starts > moment]
    if not open_:
        return []
    taken = Counter(
        Appointment.objects.filter(
            window=window,
            starts_at__gte=open_[0].starts,
            starts_at__lte=open_[-1].starts,
            state__in=HELD_PLACES,
        )
        .order_by()
        .values_list("starts_at", flat=True)
    )
    return [Slot(one.starts, one.ends, one.capacity, taken[one.starts]) for one in open_]


def days(window: ServiceWindow, now: datetime | None = None) -> list[date]:
    """The days on which a slot still begins; not today when its last one has begun."""
    moment, declared = now or timezone.now(), read_window(window)
    today = timezone.localtime(moment).date()
    ahead = (today + timedelta(days=number) for number in range(declared.ahead + 1))
    return [day for day in ahead if any(slot.starts > moment for slot in slots_of(declared, day))]


def book(
    window_key: str,
    starts_at: datetime,
    subject: str,
    *,
    by: Actor,
    item_key: str = "",
    now: datetime | None = None,
    is_demo: bool = False,
) -> Appointment:
    """Book a place for a subject for whom the actor acts, or as a clerk of the window for anybody.

    Raises ProblemError ACC-301, ACC-302, SRV-401, SRV-404 to 406, SRV-418.
    """
    moment = now or timezone.now()
    window = find_window(window_key)
    item = find_item(item_key) if item_key else None
    region, body = region_by_code(window.region), Body.objects.filter(key=window.body).first()
    own = subject_code(subject)
    if not _is_clerk(region, body, by=by):
        access.subject_for(by, own)
    held = Appointment.objects.filter(subject=own, state=BookingState.BOOKED, starts_at__gt=moment)
    if held.count() >= HELD_AT_ONCE:
        message = said("{count} appointments are booked already", count=HELD_AT_ONCE)
        raise ProblemError(Problem(TOO_MANY, message, hint=said("cancel one first")))
    slot = _slot(window, starts_at, moment)
    row = Appointment(
        window=window,
        item=item,
        subject=own,
        by=by.key[:100],
        starts_at=slot.starts,
        ends_at=slot.ends,
        booked_at=moment,
        remind_at=_reminder(slot.starts, moment),
        region=region,
        body=body,
        is_demo=is_demo or by.is_simulator,
    )
    with transaction.atomic():
        row.code = dated_code(moment)
        _seat(row, slot.capacity, force_insert=True)
        _kept(row, "booked", by=by)
    return row


def move(code: str, starts_at: datetime, *, by: Actor, now: datetime | None = None) -> Appointment:
    """Take another time instead (改约). Raises ProblemError SRV-405 to 408."""
    moment = now or timezone.now()
    with transaction.atomic():
        row = _locked(code, by=by)
        _check_booked(row, moment)
        slot = _slot(row.window, starts_at, moment)
        row.starts_at, row.ends_at = slot.starts, slot.ends
        row.remind_at = _reminder(slot.starts, moment)
        _seat(row, slot.capacity)
        _kept(row, "moved", by=by)
    return row


@transaction.atomic
def cancel(code: str, *, by: Actor, now: datetime | None = None) -> Appointment:
    """Give the place back (取消). Raises ProblemError SRV-407, SRV-408."""
    row = _locked(code, by=by)
    _check_booked(row, now or timezone.now())
    row.state, row.remind_at = BookingState.CANCELLED, None
    row.save(update_fields=["state", "remind_at"])
    _kept(row, "cancelled", by=by)
    return row


def find_appointment(code: str, *, by: Actor) -> Appointment:
    """The appointment of this code, for whom it is and for clerks of its window. Raises SRV-407."""
    rows = Appointment.objects.select_related("window", "item", "region", "body")
    return _seen(rows.filter(code=code.strip().upper()[:20]).first(), code, by=by)


def appointments_of(by: Actor) -> QuerySet[Appointment]:
    """Those that the actor booked, and of the subjects for whom they act, the newest first."""
    codes = [one.code for one in access.subjects_of(by)]
    rows = Appointment.objects.filter(subject__in=codes).select_related("window", "item")
    return rows.order_by("-starts_at")


def appointments_at(by: Actor) -> QuerySet[Appointment]:
    """Those at the windows at which the actor serves."""
    rows = access.visible(by, SERVE, Appointment.objects.all())
    return rows.select_related("window", "item", "body", "region")


def miss_appointments(now: datetime | None = None, *, by: Actor) -> int:
    """Mark those as missed whose slot is over and who did not come (爽约); returns how many."""
    moment = now or timezone.now()
    late = Appointment.objects.filter(state=BookingState.BOOKED, ends_at__lte=moment)
    keys = list(late.order_by("starts_at").values_list("pk", flat=True)[:BATCH])
    with transaction.atomic():
        count = Appointment.objects.filter(pk__in=keys, state=BookingState.BOOKED).update(
            state=BookingState.MISSED, remind_at=None
        )
        if count:
            audit.record(
                by, "services.appointment.miss", "fronts_services.appointment", detail={"count": count}
            )
    return count


def send_reminders(now: datetime | None = None, *, by: Actor) -> int:
    """Remind of the appointments whose time it is; each is looked at once. Returns how many were."""
    moment = now or timezone.now()
    due = Appointment.objects.filter(remind_at__isnull=False, remind_at__lte=moment).order_by("remind_at")
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    for key in keys:
        with transaction.atomic():
            row = (
                Appointment.objects.select_for_update(of=("self",))
                .select_related("window", "item", "region")
                .get(pk=key)
            )
            if row.state == BookingState.BOOKED:
                remind(row, by=by)
            row.remind_at = None
            row.save(update_fields=["remind_at"])
    return len(keys)


def _is_clerk(region: Region, body: Body | None, *, by: Actor) -> bool:
    return by.is_system or bool(access.decide(by, SERVE, Appointment(region=region, body=body)))


def _reminder(starts: datetime, now: datetime) -> datetime | None:
    """A day before; nothing when that is over already."""
    return starts - BEFORE if starts - BEFORE > now else None


def _slot(window: ServiceWindow, starts_at: datetime, now: datetime) -> Slot:
    """The slot that begins then. Raises ProblemError SRV-405."""
    try:
        aware = timezone.make_aware(starts_at) if timezone.is_naive(starts_at) else starts_at
        day = timezone.localtime(aware).date()
    except OverflowError:  # before the first year or after the last
        aware, day = now, date.min
    found = next((one for one in slots(window, day, now) if one.starts == aware), None)
    if found is None:
        message = said("no slot begins at {time}", time=starts_at.isoformat(" ", "minutes"))
        hint = said("the slots of a day stand at /services/appointments/new")
        raise ProblemError(Problem(NO_SLOT, shorten(message), Where(field="starts_at"), hint))
    return found


def _seat(row: Appointment, capacity: int, *, force_insert: bool = False) -> None:
    """Give the row a place of its slot that is free, and save it. Raises ProblemError SRV-406."""
    for _try in range(TRIES):
        held = Appointment.objects.filter(
            window=row.window, starts_at=row.starts_at, state__in=HELD_PLACES
        ).exclude(pk=row.pk)
        taken = set(held.order_by().values_list("seat", flat=True))
        free = next((number for number in range(capacity) if number not in taken), None)
        if free is None:
            break
        row.seat = free
        try:
            with transaction.atomic():
                row.save(force_insert=force_insert)
        except IntegrityError:  # somebody else took the place meanwhile: look for another
            continue
        return
    hint = said("choose another time")
    raise ProblemError(
        Problem(FULL, said("every place of this time is taken"), Where(field="starts_at"), hint)
    )


def _locked(code: str, *, by: Actor) -> Appointment:
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("window", "item", "region")
    return _seen(rows.filter(code=code.strip().upper()[:20]).first(), code, by=by)


def _seen(row: Appointment | None, code: str, *, by: Actor) -> Appointment:
    if row is not None:
        is_own = any(one.code == row.subject for one in access.subjects_of(by))
        if is_own or by.is_system or access.decide(by, SERVE, row):
            return row
    raise none(NO_BOOKING, said("there is no appointment {code!r}", code=code[:30]), code)


def _check_booked(row: Appointment, now: datetime) -> None:
    if row.state != BookingState.BOOKED or row.ends_at <= now:
        found = BookingState(row.state).label
        raise ProblemError(Problem(NOT_BOOKED, shorten(said("the appointment is {found}", found=found))))


def _kept(row: Appointment, name: str, *, by: Actor) -> None:
    """What happened to an appointment, in the record that its subject sees, and on the bus."""
    resource = f"fronts_services.appointment:{row.code}"
    detail = {"window": row.window.key, "starts_at": row.starts_at.isoformat()}
    audit.record(by, f"services.appointment.{name}", resource, detail=detail, subject=row.subject)
    told = {"window": row.window.key, "item": row.item.key if row.item else ""}
    draft = bus.Draft(f"services.appointment.{name}", row.code, told, region=row.region.path, level=row.level)
    bus.publish_many([draft], by=by)
