"""The room's work in the background: sending after a commit, and a sweep that loses nothing."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.platforms.comms.delivering import deliver_due
from beichen.platforms.comms.forgetting import forget_addresses

SENDER = system("comms")


@task()
def deliver(message: int) -> None:
    """Send what is due of one message, as soon as it is committed."""
    deliver_due(by=SENDER, message=message)


@scheduled("comms.sweep", "* * * * *")
@task()
def sweep() -> None:
    """Send what is due of all messages: retries, what was held until morning, what a dead process left."""
    deliver_due(by=SENDER)


@scheduled("comms.forget", "23 3 * * *")
@task()
def forget() -> None:
    """Forget addresses that nobody needs any more."""
    forget_addresses(by=SENDER)
