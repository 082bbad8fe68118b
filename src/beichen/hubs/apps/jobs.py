"""The room's work in the background: telling systems of who signed out, forgetting what is long over."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.access.openid import service as openid
from beichen.kernel.jobs.schedule import scheduled


@task()
def tell() -> None:
    """Tell systems now: somebody has just signed out, or took a consent back."""
    openid.tell_due()


@scheduled("access.logout", "* * * * *")
@task()
def tell_again() -> None:
    """Tell those that did not answer, and what a dead process left."""
    openid.tell_due()


@scheduled("access.prune", "33 3 * * *")
@task()
def prune() -> None:
    """Forget tokens and sign-ins that are long over."""
    openid.prune()
