"""The room's scheduled work."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.platforms.iot import service


@scheduled("iot.firings", "31 3 * * *")
@task()
def forget_firings() -> None:
    """Forget what rules raised and what has long been over."""
    service.forget_firings(timezone.now(), by=system("iot.rules"))


@scheduled("iot.timetables", "* * * * *")
@task()
def tell_by_timetables() -> None:
    """Tell groups of devices what their timetables say now."""
    service.tell_due(timezone.now(), by=system("iot.timetables"))
