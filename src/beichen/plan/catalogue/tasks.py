"""Work in the background: all plans are checked again when the outline changed."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.plan.catalogue.worklist import check_filings, checkable


@task()
def check_all() -> None:
    """Check every filing whose findings follow the outline."""
    check_filings(checkable(), by=system("plan.catalogue"))
