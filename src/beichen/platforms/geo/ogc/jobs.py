"""The room's scheduled work."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.jobs.schedule import scheduled
from beichen.platforms.geo.ogc.tiles import cache


@scheduled("geo.tiles", "*/20 * * * *")
@task()
def prune_tiles() -> None:
    """Remove the oldest tiles beyond what may be kept."""
    cache.prune()
