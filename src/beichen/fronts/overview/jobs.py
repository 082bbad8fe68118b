"""The room's work in the background."""

from __future__ import annotations

from django_tasks import task

from beichen.fronts.overview.screens.finding import all_names
from beichen.fronts.overview.screens.spelling import spell
from beichen.kernel.jobs.schedule import scheduled


@scheduled("overview.spell", "*/5 * * * *")
@task()
def spell_names() -> None:
    """Spell the names that can be asked for, those that are new."""
    spell(all_names())
