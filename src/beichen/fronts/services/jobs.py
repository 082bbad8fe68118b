"""The room's work in the background: timers of affairs, and the table that follows them."""

from __future__ import annotations

from django_tasks import task

from beichen.fronts.services import service
from beichen.fronts.services.applicant.drafting import sweep
from beichen.fronts.services.applicant.reading import keep_read
from beichen.fronts.services.applicant.seeing import see
from beichen.fronts.services.facts import record_all
from beichen.fronts.services.items import booking, marking
from beichen.fronts.services.items.payment import paying
from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.kernel.jobs.service import AsideError, is_stopping, run_aside

CLOCK = system("services.clock")


@scheduled("services.clocks", "* * * * *")
@task()
def clocks() -> None:
    """Let every timer fire whose time has come; what a stopped worker missed is made up at once."""
    while service.tick() == service.TICK and not is_stopping():
        pass


@scheduled("services.facts", "* * * * *")
@task()
def facts() -> None:
    """Bring the affairs that moved into the table of affairs."""
    record_all()


@scheduled("services.drafts", "41 3 * * *")
@task()
def drafts() -> None:
    """Delete the drafts whose time is over, with their files."""
    while sweep(by=system("services.drafts")) and not is_stopping():
        pass


@task()
def read_pictures(code: str) -> None:
    """Read a picture that an applicant brought, in a process of its own."""
    try:
        run_aside(see, code)
    except AsideError:
        keep_read(code, None)


@scheduled("services.marks", "* * * * *")
@task()
def marks() -> None:
    """Give the yellow and red marks that are due."""
    while marking.give_marks(by=CLOCK) == marking.MOST and not is_stopping():
        pass


@scheduled("services.appointments", "* * * * *")
@task()
def appointments() -> None:
    """Remind of appointments, and mark those to which nobody came."""
    booking.send_reminders(by=CLOCK)
    booking.miss_appointments(by=CLOCK)


@scheduled("services.payments", "* * * * *")
@task()
def payments() -> None:
    """Ask for payments of which no notice came, and tell processes that did not wait yet."""
    paying.follow_payments()
