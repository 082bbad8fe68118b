"""The room's scheduled work: computing what the city's tables have changed."""

from __future__ import annotations

from django_tasks import task

from beichen.hubs.data.service import compute
from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.kernel.org.service import city_region


@scheduled("data.indicators", "* * * * *")
@task()
def compute_indicators() -> None:
    """Bring every indicator that a scene computes up to date; a house without a city has none."""
    if city_region() is not None:
        compute(by=system("data.indicators"))
