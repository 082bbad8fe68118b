"""The room's work in the background."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.kernel.jobs.service import run_aside
from beichen.platforms.geo import service
from beichen.platforms.geo.addresses import batch, names


@task()
def fold_edits(key: str) -> None:
    """Fold a layer's edits into its next revision."""
    service.fold_edits(key, by=system("geo"))


@scheduled("geo.tables", "*/5 * * * *")
@task()
def refresh_tables() -> None:
    """Draw the layers anew whose tables changed."""
    service.refresh_tables(by=system("geo"))


@scheduled("geo.prune", "41 3 * * *")
@task()
def prune() -> None:
    """Fold edits, throw away snapshots that no layer shows, give up files that nobody could read."""
    from beichen.platforms.geo.uploads.bringing import give_up_uploads  # which loads Arrow

    service.prune_snapshots(by=system("geo"))
    give_up_uploads()


@task()
def lay_out() -> None:
    """Lay the packages' layers out to be read in bulk, in a process of its own."""
    run_aside(lay_out_here)


def lay_out_here() -> None:
    """Lay them out in this process."""
    service.lay_out()


@task()
def read_upload(code: str) -> None:
    """Read a file that was brought as a layer."""
    service.read_upload(code)


@task()
def read_names() -> None:
    """Read the names of all places, in a process of its own."""
    if not names.are_names_read():
        run_aside(read_names_here)


def read_names_here() -> None:
    """Read them in this process."""
    names.read_all(by=system("geo"))


@task()
def match_rows(key: int) -> None:
    """Look up the next rows of a file of addresses."""
    batch.match_rows(key)


@scheduled("geo.address-sheets", "*/5 * * * *")
@task()
def sheets() -> None:
    """Take up files of addresses that stand still, and forget old ones."""
    batch.sweep_sheets(by=system("geo"))
