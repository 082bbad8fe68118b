"""The room's work in the background: entities follow what changes without an event."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.jobs.schedule import scheduled
from beichen.platforms.iot.sensorthings.mirror import bring_all


@scheduled("sensorthings.all", "17 * * * *")
@task()
def follow_all() -> None:
    """Bring all entities of the house up to date; what has not changed is read and not written."""
    bring_all()
