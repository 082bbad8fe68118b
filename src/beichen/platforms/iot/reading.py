"""What is shown of a device: its latest values, how it measured lately, what was refused of what it sent."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from beichen.platforms.iot.models import Device, Intake, Tally
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import Measurement

DAYS = 30
# a device's code and a time hold no quotes
_COURSE = """
    SELECT thing, measure, epoch(time_bucket(INTERVAL '15 minutes', measured_at)) AS t, avg(value) AS v
    FROM readings WHERE device = '{device}' AND value IS NOT NULL AND measured_at >= TIMESTAMPTZ '{since}'
    GROUP BY ALL ORDER BY t
"""


def latest_of(device: Device) -> QuerySet[Measurement]:
    """The latest values of everything that the device feeds."""
    things = {device.thing_id, *device.channels.values_list("thing", flat=True)} - {None}
    rows = Measurement.objects.filter(object__in=things, source=device.code)
    return rows.select_related("object__type").order_by("object", "name")


def refused_of(device: Device, *, today: date | None = None) -> dict[str, int]:
    """How many of its readings of the last thirty days were treated otherwise than accepted, by treatment."""
    since = (today or timezone.now().date()) - timedelta(days=DAYS)
    rows = Tally.objects.filter(device=device.code, day__gte=since)
    return dict(rows.values_list("treatment").annotate(sum=Sum("number")).order_by("treatment"))


def treated_on(day: date) -> dict[str, int]:
    """How many readings of all devices were treated how on a day (UTC)."""
    rows = Tally.objects.filter(day=day).order_by().values_list("treatment")
    return dict(rows.annotate(sum=Sum("number")))


def devices_by_state() -> dict[str, int]:
    """How many devices there are of each state."""
    return dict(Device.objects.order_by().values_list("state").annotate(Count("id")))


def troubles() -> list[str]:
    """What holds readings up now."""
    return list(Intake.objects.exclude(trouble="").values_list("trouble", flat=True))


def course_of(device: Device, *, hours: int = 24) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """The numbers of the last hours, thinned to a point a quarter of an hour: (seconds since 1970, mean).

    By thing and measure. One question to the tables.
    """
    since = timezone.now() - timedelta(hours=hours)
    with warehouse.reader() as ask:
        rows = ask.sql(_COURSE.format(device=device.code, since=since.isoformat())).to_pylist()
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        found.setdefault((row["thing"], row["measure"]), []).append((row["t"], row["v"]))
    return found
