"""What the table of affairs knows of items: whose affair it was, how it came in, how often somebody came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q

from beichen.fronts.services.applicant.models import Rating
from beichen.fronts.services.applicant.words import BAD_GRADES
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import Application
from beichen.fronts.services.models import Affair, AffairEvent, Task
from beichen.fronts.services.words import Standing
from beichen.kernel.calendar.service import working_time
from beichen.kernel.scene.durations import duration

_NOTHING: Mapping[str, Any] = dict.fromkeys(
    ("item", "body", "channel", "legal_days", "visits", "materials", "reused")
)


def facts_of(rows: Iterable[Affair]) -> dict[int, dict[str, Any]]:
    """The columns of items for affairs, by their ids; four queries for all of them."""
    ids = [row.pk for row in rows]
    known = {
        one.affair_id: one
        for one in Application.objects.filter(affair_id__in=ids).select_related("item").order_by()
    }
    done = Task.objects.filter(affair_id__in=ids).exclude(standing=Standing.OVERTAKEN)
    steps = dict(done.order_by().values_list("affair_id").annotate(count=Count("id")))
    asked = dict(
        AffairEvent.objects.filter(affair_id__in=ids, name="material-asked")
        .order_by()
        .values_list("affair_id")
        .annotate(count=Count("id"))
    )
    ratings = (
        Rating.objects.filter(affair_id__in=ids)
        .order_by()
        .values("affair_id")
        .annotate(rated=Count("id"), pleased=Count("id", filter=~Q(grade__in=BAD_GRADES)))
    )
    rated = {one["affair_id"]: (one["rated"], one["pleased"]) for one in ratings}
    return {
        row.pk: {
            **_of(known.get(row.pk), row),
            "rated": rated.get(row.pk, (0, 0))[0],
            "pleased": rated.get(row.pk, (0, 0))[1],
            "steps": steps.get(row.pk, 0),
            "asked": asked.get(row.pk, 0),
        }
        for row in rows
    }


def _of(application: Application | None, affair: Affair) -> dict[str, Any]:
    promised = str(affair.definition.declared["promised"])
    if application is None:
        return {**_NOTHING, "promised_days": days_of(promised)}
    item = read_item(application.item)
    return {
        "item": application.item.key,
        "body": application.item.body,
        "channel": application.channel,
        "promised_days": days_of(item.promised or promised),
        "legal_days": days_of(item.legal) if item.legal else None,
        "visits": application.visits,
        "materials": len(application.materials),
        "reused": application.reused,
    }


def days_of(text: str) -> float:
    """A working time in working days: hours by the hours of an office's day."""
    found = duration(text)
    rest = found - timedelta(days=found.days)
    spans = working_time().spans
    day = sum((last.hour * 60 + last.minute - first.hour * 60 - first.minute) * 60 for first, last in spans)
    return round(found.days + rest.total_seconds() / day, 2)


def record_again(affair: Affair) -> None:
    """Let the table of affairs take up what changed beside the affair's own version."""
    Affair.objects.filter(pk=affair.pk, version__gt=0).update(recorded_version=F("version") - 1)
