"""The room's scheduled work. Loaded by every process: what tiles stand on is not."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.jobs.schedule import scheduled


@scheduled("geo.tiles", "*/20 * * * *")
@task()
def prune_tiles() -> None:
    """Remove the oldest tiles beyond what may be kept."""
    from beichen.platforms.geo.ogc.tiles import cache

    cache.prune()
