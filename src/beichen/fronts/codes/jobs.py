"""The room's background work: labels, and forgetting scans. Loaded by every process: what prints is not."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.jobs.schedule import scheduled


@task()
def make_labels(code: str) -> None:
    """Make a print that was asked for."""
    from beichen.fronts.codes.printing import make_print

    make_print(code)


@scheduled("codes.scans", "29 3 * * *")
@task()
def forget_old_scans() -> None:
    """Forget who read whose code, after the days that the setting says."""
    from beichen.fronts.codes.forgetting import forget_scans
    from beichen.fronts.codes.reconciling import count_days
    from beichen.fronts.codes.scanning import UPLOAD_DAYS

    count_days(UPLOAD_DAYS + 1)
    forget_scans()


@scheduled("codes.days", "7 * * * *")
@task()
def count_today() -> None:
    """What gates took today and yesterday, for who reconciles."""
    from beichen.fronts.codes.reconciling import count_days

    count_days(2)
