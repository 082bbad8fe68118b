"""Coming to a window (现场签到): who has an appointment there scans its code and gets a number.

The scanned code leads to a page with a token of that window, which counts for a quarter of an hour: who only
keeps the page's address does not check in from home. A photograph of the code cannot be told from the code;
who does not answer the call is passed over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Q
from django.utils import timezone

from beichen.fronts.services.items import queueing
from beichen.fronts.services.items.finding import read_window
from beichen.fronts.services.items.finding import window as find_window
from beichen.fronts.services.items.models import Appointment, ServiceWindow, Ticket
from beichen.fronts.services.items.problems import NOT_BOOKED, NOT_HERE
from beichen.fronts.services.items.words import BookingState
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, said, shorten

PREFIX = "WINDOW-"
LONGEST = 40
TOKEN = timedelta(minutes=15)
EARLY = timedelta(hours=1)
"""How long before their time people may say that they have come."""
_SALT = "beichen.services.coming"


def code_of(window: ServiceWindow) -> str:
    """The code under which a window is printed."""
    return f"{PREFIX}{window.key.upper()}"


def window_of_code(code: str) -> ServiceWindow | None:
    """The window of such a code, when it is offered."""
    text = code.upper()
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        return None
    return ServiceWindow.objects.filter(key=text.removeprefix(PREFIX).lower(), is_offered=True).first()


def windows_at(code: str) -> list[ServiceWindow]:
    """The windows of a place of the registry, by its code."""
    rows = ServiceWindow.objects.filter(is_offered=True).order_by("key")
    return [row for row in rows if read_window(row).place == code]


def token_of(window: ServiceWindow) -> str:
    """What who has scanned the window's code brings along."""
    return signing.TimestampSigner(salt=_SALT).sign(window.key)


def is_here(window: ServiceWindow, token: str) -> bool:
    """Whether the token is of this window and fresh."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(token[:300], max_age=TOKEN) == window.key
    except signing.BadSignature:
        return False


def appointments_today(window: ServiceWindow, *, by: Actor, now: datetime | None = None) -> list[Appointment]:
    """The appointments of today at a window of those for whom the actor acts, come or not."""
    codes = [one.code for one in access.subjects_of(by)]
    if not codes:
        return []
    day = queueing.today(now)
    rows = Appointment.objects.filter(window=window, subject__in=codes, starts_at__date=day)
    held = Q(state=BookingState.BOOKED) | Q(state=BookingState.ARRIVED)
    return list(rows.filter(held).select_related("item", "ticket").order_by("starts_at"))


def check_in(
    window_key: str, appointment: str, token: str, *, by: Actor, now: datetime | None = None
) -> Ticket:
    """Say that one has come, once; gives the number. Come already, the number that one has.

    Raises ProblemError SRV-404, SRV-420 for who has not scanned the code just now, SRV-407, SRV-408.
    """
    window, moment = find_window(window_key), now or timezone.now()
    if not is_here(window, token):
        hint = said("scan the code at the window again")
        raise ProblemError(
            Problem(NOT_HERE, said("the code of the window was not scanned just now"), hint=hint)
        )
    rows = appointments_today(window, by=by, now=moment)
    row = next((one for one in rows if one.code == appointment.strip().upper()[:20]), None)
    if row is not None and (known := Ticket.objects.filter(appointment=row).first()) is not None:
        return known
    if row is not None and row.starts_at - EARLY > moment:
        time = f"{timezone.localtime(row.starts_at - EARLY):%H:%M}"
        message = shorten(said("you can check in from {time} on", time=time))
        raise ProblemError(Problem(NOT_BOOKED, message))
    return queueing.take_own_number(window, appointment, by=by, now=moment)
