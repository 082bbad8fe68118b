"""Yellow and red marks of time (红黄牌): given once by the share of the promise that is over, and told.

``Application.mark_at`` is when an affair is looked at next. A pause moves the promise: what is due is worked
out when it is looked at, so that no clock has to be told of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.items.declaration import Marks
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import Application, Mark
from beichen.fronts.services.items.telling import tell_body
from beichen.fronts.services.items.words import MarkKind
from beichen.fronts.services.models import Affair, Task
from beichen.fronts.services.words import CLOSED
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.calendar import service as calendar
from beichen.kernel.org.models import Body

MOST = 500
AGAIN = timedelta(hours=1)
"""How long a paused affair waits until it is looked at again."""


def first_look(affair: Affair, marks: Marks, now: datetime) -> datetime:
    """When an affair that has just begun is looked at first."""
    return moment_of(affair, marks.yellow, now)


def moment_of(affair: Affair, share: float, now: datetime) -> datetime:
    """When this share of the working time from its opening to its promise is over; what was paused counts
    as never having been."""
    working = calendar.working_time()
    paused = timedelta(seconds=affair.paused)
    whole = working.between(affair.opened_at, affair.promised_at) - paused
    return working.add(affair.opened_at, max(whole, timedelta()) * share + paused)


def give_marks(now: datetime | None = None, *, by: Actor, most: int = MOST) -> int:
    """Give the marks that are due to affairs whose time it is; returns how many were looked at."""
    moment = now or timezone.now()
    due = Application.objects.filter(mark_at__isnull=False, mark_at__lte=moment).order_by("mark_at")
    keys = list(due.values_list("pk", flat=True)[:most])
    for key in keys:
        _look(key, moment, by=by)
    return len(keys)


@transaction.atomic
def _look(key: int, now: datetime, *, by: Actor) -> None:
    rows = Application.objects.select_for_update(of=("self",)).select_related(
        "item", "affair__definition", "affair__region"
    )
    row = rows.defer("affair__state", "affair__before").get(pk=key)
    affair = row.affair
    if affair.status in CLOSED:
        row.mark_at = None
    elif affair.pauses:
        row.mark_at = now + AGAIN
    else:
        row.mark_at = _mark(row, affair, now, by=by)
    row.save(update_fields=["mark_at"])


def _mark(row: Application, affair: Affair, now: datetime, *, by: Actor) -> datetime | None:
    """Give what is due; when the affair is to be looked at next."""
    marks = read_item(row.item).marks
    for kind, share in ((MarkKind.YELLOW, marks.yellow), (MarkKind.RED, marks.red)):
        due = moment_of(affair, share, now)
        if due > now:
            return due
        body = waiting_body(affair)
        mark, is_new = Mark.objects.get_or_create(
            affair=affair,
            kind=kind,
            defaults={
                "item": row.item,
                "body": body,
                "region": affair.region,
                "level": affair.level,
                "at": now,
            },
        )
        if is_new:
            resource = f"fronts_services.affair:{affair.code}"
            detail = {"mark": str(kind), "body": body.key if body else ""}
            audit.record(by, "services.affair.mark", resource, detail=detail)
            tell_body(mark, affair, row.item, by=by)
    return None


def waiting_body(affair: Affair) -> Body | None:
    """The body at which the affair waits: that of its most urgent step."""
    task = (
        Task.objects.filter(affair=affair, closed_at=None).select_related("body").order_by("due_at").first()
    )
    return task.body if task is not None else None
