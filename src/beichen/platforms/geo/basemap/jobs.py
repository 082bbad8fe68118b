"""The room's background work: the base map follows the layers."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.kernel.jobs.service import run_aside
from beichen.platforms.geo.basemap import service


@scheduled("geo.basemap", "47 * * * *")
@task()
def build_base_map() -> None:
    """Build the base map when the layers changed since it was built; nothing when they did not."""
    if not service.is_current():
        run_aside(build)


def build() -> None:
    """Build it here: in a process of its own, which takes some hundred megabytes."""
    service.build(by=system("geo.basemap"))
