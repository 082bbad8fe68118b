"""The room's background work: making reports."""

from __future__ import annotations

from django_tasks import task

from beichen.plan.reports import making


@task()
def make(code: str) -> None:
    """Write, render and keep a report that was ordered."""
    making.make_report(code)
