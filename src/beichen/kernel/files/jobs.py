"""The room's work in the background."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.files import service
from beichen.kernel.jobs.schedule import scheduled


@scheduled("files.forget", "37 3 * * *")
@task()
def forget() -> None:
    """Remove contents that no row has had for a day."""
    service.forget()
