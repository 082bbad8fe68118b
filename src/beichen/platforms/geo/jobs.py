"""The room's work in the background."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.platforms.geo import service


@task()
def read_upload(code: str) -> None:
    """Read a file that was brought as a layer."""
    service.read_upload(code, by=system("geo"))
