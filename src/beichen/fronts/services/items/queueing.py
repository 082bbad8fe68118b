"""Queue numbers (排队叫号): taken at arrival, called, served, passed over.

Whoever has an appointment whose time has come is called first, then the numbers in their order. A number is
one of its day and window, and of two who call at the same moment each gets another one.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from beichen.fronts.services.items.booking import find_appointment
from beichen.fronts.services.items.finding import item as find_item
from beichen.fronts.services.items.finding import read_window
from beichen.fronts.services.items.finding import window as find_window
from beichen.fronts.services.items.models import Appointment, ServiceItem, ServiceWindow, Ticket
from beichen.fronts.services.items.problems import NO_TICKET, NOT_BOOKED
from beichen.fronts.services.items.words import BookingState, TicketState
from beichen.fronts.services.permissions import SERVE
from beichen.fronts.services.problems import bad
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import region_by_code
from beichen.problem import Problem, ProblemError, said, shorten

TRIES = 50
SHOWN = 12


def today(now: datetime | None = None) -> date:
    """The day of the city."""
    return timezone.localtime(now or timezone.now()).date()


def label_of(window: ServiceWindow, ticket: Ticket) -> str:
    """A number as it is called: ``A017``."""
    return f"{read_window(window).letter}{ticket.number:03d}"


def require_clerk(window: ServiceWindow, *, by: Actor) -> Appointment:
    """Raises ProblemError ACC-403 for who does not serve at this window; gives a row in its scope."""
    probe = _probe(window)
    if not by.is_system:
        access.require(by, SERVE, probe)
    return probe


def serves_at(window: ServiceWindow, *, by: Actor) -> bool:
    """Whether :func:`require_clerk` lets pass."""
    return bool(access.decide(by, SERVE)) and bool(access.decide(by, SERVE, _probe(window)))


def _probe(window: ServiceWindow) -> Appointment:
    body = Body.objects.filter(key=window.body).first()
    return Appointment(window=window, region=region_by_code(window.region), body=body)


def take_number(
    window_key: str,
    *,
    by: Actor,
    item_key: str = "",
    appointment: str = "",
    now: datetime | None = None,
) -> Ticket:
    """The next number of today, for somebody who came; with their appointment, which has then arrived.

    Raises ProblemError ACC-403, SRV-401, SRV-404, SRV-407, SRV-408.
    """
    moment, window = now or timezone.now(), find_window(window_key)
    require_clerk(window, by=by)
    item = find_item(item_key) if item_key else None
    return _give_number(window, item, appointment, moment, by=by)


def take_own_number(window: ServiceWindow, appointment: str, *, by: Actor, now: datetime) -> Ticket:
    """The same for who comes with their own appointment and says so themselves. Raises SRV-407, SRV-408."""
    row = find_appointment(appointment.replace("\x00", ""), by=by)
    return _give_number(window, None, row.code, now, by=by)


def _give_number(
    window: ServiceWindow, item: ServiceItem | None, appointment: str, moment: datetime, *, by: Actor
) -> Ticket:
    day = today(moment)
    with transaction.atomic():
        booked = _arrive(appointment, window, day, by=by) if appointment else None
        ticket = Ticket(
            window=window,
            day=day,
            item=item or (booked.item if booked else None),
            appointment=booked,
            came_at=moment,
        )
        _number(ticket)
        _kept(window, ticket, "came", by=by)
    return ticket


def _arrive(code: str, window: ServiceWindow, day: date, *, by: Actor) -> Appointment:
    row = find_appointment(code.replace("\x00", ""), by=by)
    if row.window_id != window.pk or today(row.starts_at) != day:
        message = said(
            "the appointment is at {time}", time=f"{timezone.localtime(row.starts_at):%m-%d %H:%M}"
        )
        raise ProblemError(
            Problem(NOT_BOOKED, shorten(message), hint=said("at {place}", place=row.window.name))
        )
    count = Appointment.objects.filter(pk=row.pk, state=BookingState.BOOKED).update(
        state=BookingState.ARRIVED, remind_at=None
    )
    if not count:
        found = BookingState(row.state).label
        raise ProblemError(Problem(NOT_BOOKED, shorten(said("the appointment is {found}", found=found))))
    return row


def _number(ticket: Ticket) -> None:
    for _try in range(TRIES):
        rows = Ticket.objects.filter(window=ticket.window, day=ticket.day)
        ticket.number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
        try:
            with transaction.atomic():
                ticket.save(force_insert=True)
        except IntegrityError:  # somebody else came at the same moment
            continue
        return
    raise ProblemError(Problem(NO_TICKET, said("too many came at once; try again")))


def call_next(window_key: str, counter: int, *, by: Actor, now: datetime | None = None) -> Ticket | None:
    """Call who comes next to a counter; None when nobody waits. Raises ProblemError ACC-403, SRV-404, 305."""
    moment, window = now or timezone.now(), find_window(window_key)
    require_clerk(window, by=by)
    if not 1 <= counter <= read_window(window).counters:
        raise bad("counter", said("there is no such counter"))
    waiting = Ticket.objects.filter(window=window, day=today(moment), state=TicketState.WAITING)
    booked = waiting.filter(appointment__starts_at__lte=moment).order_by("appointment__starts_at", "number")
    for _try in range(TRIES):
        ticket = booked.first() or waiting.order_by("number").first()
        if ticket is None:
            return None
        with transaction.atomic():
            values = {"state": TicketState.CALLED, "counter": counter, "called_at": moment}
            claimed = Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING).update(**values)
            if claimed:
                ticket.refresh_from_db()
                _kept(window, ticket, "called", by=by)
                return ticket
    return None


def settle(
    window_key: str, number: int, state: TicketState, *, by: Actor, now: datetime | None = None
) -> Ticket:
    """A number that was called was served, or nobody came; or one that was passed over waits again.

    Raises ProblemError ACC-403, SRV-404, SRV-419.
    """
    moment, window = now or timezone.now(), find_window(window_key)
    require_clerk(window, by=by)
    before = {
        TicketState.SERVED: (TicketState.CALLED,),
        TicketState.SKIPPED: (TicketState.CALLED,),
        TicketState.WAITING: (TicketState.SKIPPED, TicketState.CALLED),
    }.get(state, ())
    with transaction.atomic():
        rows = Ticket.objects.filter(window=window, day=today(moment), number=number, state__in=before)
        done = moment if state in (TicketState.SERVED, TicketState.SKIPPED) else None
        if not rows.update(state=state, done_at=done):
            message = said("number {number} does not stand there", number=number)
            raise ProblemError(Problem(NO_TICKET, shorten(message)))
        ticket = Ticket.objects.select_related("item", "appointment").get(
            window=window, day=today(moment), number=number
        )
        _kept(window, ticket, str(state), by=by)
    return ticket


def tickets(window: ServiceWindow, now: datetime | None = None) -> QuerySet[Ticket]:
    """The numbers of today, in their order."""
    rows = Ticket.objects.filter(window=window, day=today(now)).select_related("item", "appointment")
    return rows.order_by("number")


def called(window: ServiceWindow, now: datetime | None = None) -> list[Ticket]:
    """The numbers that were called last, the newest first, for the display."""
    rows = tickets(window, now).filter(state__in=(TicketState.CALLED, TicketState.SERVED))
    return list(rows.order_by(F("called_at").desc(nulls_last=True))[:SHOWN])


def waiting_count(window: ServiceWindow, now: datetime | None = None) -> int:
    """How many wait."""
    return tickets(window, now).filter(state=TicketState.WAITING).count()


def _kept(window: ServiceWindow, ticket: Ticket, name: str, *, by: Actor) -> None:
    number = label_of(window, ticket)
    resource = f"fronts_services.ticket:{window.key}/{ticket.day.isoformat()}/{number}"
    subject = ticket.appointment.subject if ticket.appointment else ""
    audit.record(by, f"services.ticket.{name}", resource, subject=subject)
    told = {"window": window.key, "number": number, "counter": ticket.counter}
    region = region_by_code(window.region)
    draft = bus.Draft(f"services.ticket.{name}", window.key, told, region=region.path, level=int(Level.L1))
    bus.publish_many([draft], by=by)
