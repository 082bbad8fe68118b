"""Widgets bound to cases (案件) of the event hub: those that the reader may see, and no others.

What was counted for a reach of posts, a region and a moment is kept for :data:`SECONDS`, so that many walls
count once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beichen.fronts.overview.screens.content import Bar, Content, nothing
from beichen.fronts.overview.screens.looking import Looking, named
from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case, EventKind
from beichen.hubs.events.pages import Grade, Stage
from beichen.kernel.access.service import require
from beichen.kernel.org.models import Body, Region, RegionLevel
from beichen.web.charts import Chart, Series
from beichen.web.numbers import figure

SECONDS = 10
BEHIND = {"overdue": {"time": "overdue"}, "closed": {"stage": "closed"}}
NOBODY = "none"
LISTED = 30
DAYS = 30
T = TypeVar("T")
_GRADE_TONES = {1: "missed", 2: "behind", 3: "ahead", 4: "on-course"}


def card(widget: dict[str, Any], looking: Looking) -> Content:
    """How many cases are open, overdue, new or closed."""
    which = widget["cases"]
    counted = _kept(f"card.{which}", looking, lambda: _count(which, looking))
    content = _told(looking, counted["demo"] > 0)
    content.href = _behind(looking, **BEHIND.get(which, {}))
    content.headline = figure(counted["all"])
    content.unit = _("cases")
    if which in ("new", "closed"):
        content.period = f"{looking.since(1) + timedelta(days=1)} – {looking.until}"
    return content


def chart(widget: dict[str, Any], looking: Looking) -> Content:
    """Cases by day, by stage or by grade."""
    by = widget["cases"]
    if by == "day":
        return _days(widget, looking)
    counted = _kept(f"chart.{by}", looking, lambda: _grouped(by, looking))
    labels = {str(value): str(label) for value, label in (Stage if by == "stage" else Grade).choices}
    shown = [(label, counted[value]) for value, label in labels.items() if value in counted]
    if not shown:
        return _none(looking)
    content = _told(looking, counted.get("demo", 0) > 0)
    numbers: list[float | None] = [float(number) for _label, number in shown]
    series = [Series(_("Open cases"), numbers, kind=widget.get("form", "bar"))]
    heading = _("Stage") if by == "stage" else _("Grade of the case")
    content.chart = Chart(
        _("Open cases"), "", heading, [label for label, _number in shown], series, from_zero=True
    )
    return content


def ranking(widget: dict[str, Any], looking: Looking) -> Content:
    """Open cases by part of the region, by body or by kind, the most first."""
    by = widget["cases"]
    counted = _kept(f"ranking.{by}", looking, lambda: _grouped(by, looking))
    is_demo = counted.pop("demo", 0) > 0
    bars = _parts(counted, looking) if by == "region" else _rows(by, counted, looking)
    if not bars:
        return _none(looking)
    content = _told(looking, is_demo)
    most = max(number for _label, number, _href in bars)
    content.bars = [
        Bar(label, figure(number), number / most * 100, href)
        for label, number, href in sorted(bars, key=lambda bar: -bar[1])[:LISTED]
    ]
    return content


def listed(widget: dict[str, Any], looking: Looking) -> Content:
    """The newest cases, or those that are most overdue."""
    rows = _cases(looking)
    if widget["cases"] == "overdue":
        rows = _open(rows, looking).filter(due_at__lt=looking.moment).order_by("due_at", "id")
    else:
        rows = rows.filter(opened_at__lte=looking.moment).order_by("-opened_at", "-id")
    found = list(rows[:LISTED])
    if not found:
        return _none(looking)
    content = _told(looking, any(row.is_demo for row in found))
    content.bars = [
        Bar(
            row.title,
            f"{timezone.localtime(row.opened_at):%m-%d %H:%M}",
            href=reverse("governance:case", args=[row.code]),
            tone=_GRADE_TONES.get(row.grade, "unknown"),
            note=f"{row.get_stage_display()} · {named(row.region, looking.language)}",
        )
        for row in found
    ]
    return content


def _cases(looking: Looking) -> QuerySet[Case]:
    """The cases of the region that the reader may see. Raises ProblemError ACC-403."""
    require(looking.by, events.READ)
    rows = events.cases(by=looking.by)
    if looking.region is not None and not looking.is_city:
        rows = rows.filter(region__path__under=looking.region.path)
    return rows


def _open(rows: QuerySet[Case], looking: Looking) -> QuerySet[Case]:
    """Those that are open, or were at the moment of a snapshot."""
    if looking.at is None:
        return rows.filter(is_open__in=[True])
    was_open = Q(closed_at=None) | Q(closed_at__gt=looking.at)
    return rows.filter(was_open, opened_at__lte=looking.at)


def _plain(looking: Looking) -> QuerySet[Case]:
    return _cases(looking).select_related(None).order_by()


def _count(which: str, looking: Looking) -> dict[str, int]:
    rows = _plain(looking)
    begun = timezone.make_aware(datetime.combine(looking.since(0), time.min))
    span = {"gte": begun, "lte": looking.moment}
    if which in ("open", "overdue"):
        rows = _open(rows, looking)
    if which == "overdue":
        rows = rows.filter(due_at__lt=looking.moment)
    if which in ("new", "closed"):
        field = "opened_at" if which == "new" else "closed_at"
        rows = rows.filter(**{f"{field}__{side}": value for side, value in span.items()})
    return rows.aggregate(all=Count("id"), demo=Count("id", filter=Q(is_demo=True)))


def _grouped(by: str, looking: Looking) -> dict[str, int]:
    """How many open cases there are by a column; ``demo`` counts those that are made up."""
    field = {"stage": "stage", "grade": "grade", "region": "region", "body": "desk", "kind": "kind"}[by]
    rows = _open(_plain(looking), looking).values(field)
    found = list(rows.annotate(all=Count("id"), made_up=Count("id", filter=Q(is_demo=True))).order_by())
    counted = {str(row[field]): row["all"] for row in found}
    return {**counted, "demo": sum(row["made_up"] for row in found)}


def _parts(counted: dict[str, int], looking: Looking) -> list[tuple[str, int, str]]:
    """Counts of regions as counts of the parts of the region that is looked at."""
    parts = list(Region.objects.filter(parent=looking.region, is_current=True))
    paths = dict(Region.objects.filter(pk__in=list(counted)).values_list("pk", "path"))
    sums: dict[int, int] = {}
    for key, number in counted.items():
        home = next((one.pk for one in parts if paths.get(int(key), "").startswith(one.path)), None)
        if home is not None:
            sums[home] = sums.get(home, 0) + number
    return [
        (named(one, looking.language), sums[one.pk], f"?{urlencode({'region': one.code})}")
        for one in parts
        if one.pk in sums
    ]


def _rows(by: str, counted: dict[str, int], looking: Looking) -> list[tuple[str, int, str]]:
    """Counts by body or kind, each with the queue that holds them."""
    keys = [int(key) for key in counted if key != "None"]
    model: Any = Body if by == "body" else EventKind
    names = {str(row.pk): row for row in model.objects.filter(pk__in=keys)}
    english = looking.language == "en"
    found = []
    for key, number in counted.items():
        row = names.get(key)
        name = _("Not decided yet") if row is None else (row.name_en or row.name) if english else row.name
        chosen = {"desk" if by == "body" else "kind": NOBODY if row is None else row.key}
        found.append((str(name), number, _behind(looking, **chosen)))
    return found


def _behind(looking: Looking, **chosen: str) -> str:
    """The queue with the cases behind a figure: of the district that is looked at, and as else chosen."""
    region = looking.region
    if region is not None and region.level == RegionLevel.COUNTY:
        chosen["district"] = region.path
    address = reverse("governance:queue")
    return f"{address}?{urlencode(chosen)}" if chosen else address


def _days(widget: dict[str, Any], looking: Looking) -> Content:
    counted = _kept("chart.day", looking, lambda: _by_day(looking))
    if not any(counted.values()):
        return _none(looking)
    content = _told(looking, counted.pop("demo", 0) > 0)
    first = looking.since(DAYS - 1)
    days = [first + timedelta(days=number) for number in range((looking.until - first).days + 1)]
    came: list[float | None] = [float(counted.get(f"opened_at {day}", 0)) for day in days]
    closed: list[float | None] = [float(counted.get(f"closed_at {day}", 0)) for day in days]
    series = [
        Series(_("New"), came, "accent", widget.get("form", "bar")),
        Series(_("Closed on the day"), closed, "ahead"),
    ]
    labels = [f"{day:%m-%d}" for day in days]
    content.chart = Chart(_("Cases by day"), "", _("Day"), labels, series, from_zero=True)
    return content


def _by_day(looking: Looking) -> dict[str, int]:
    first = timezone.make_aware(datetime.combine(looking.since(DAYS - 1), time.min))
    found: dict[str, int] = {"demo": 0}
    for field in ("opened_at", "closed_at"):
        span = {f"{field}__gte": first, f"{field}__lte": looking.moment}
        rows = _plain(looking).filter(**span).annotate(day=TruncDate(field)).values("day")
        counts = rows.annotate(all=Count("id"), made_up=Count("id", filter=Q(is_demo=True))).order_by()
        for row in counts:
            found[f"{field} {row['day']}"] = row["all"]
            found["demo"] += row["made_up"]
    return found


def _kept(name: str, looking: Looking, work: Callable[[], T]) -> T:
    """What ``work`` found for the same reach, region and time, not older than :data:`SECONDS`."""
    by = looking.by
    place = looking.region and looking.region.pk
    reach = (by.scopes, by.is_system, place, looking.period, looking.at, looking.seen)
    key = f"beichen.screen.{name}.{hashlib.sha256(repr(reach).encode()).hexdigest()[:32]}"
    found: T | None = cache.get(key)
    if found is None:
        found = work()
        cache.set(key, found, SECONDS)
    return found


def _told(looking: Looking, is_demo: bool) -> Content:
    return Content(
        source=_("Event hub"),
        at=looking.moment,
        status=_("Counted now") if looking.at is None else _("Counted for that moment"),
        is_demo=is_demo,
        href=_behind(looking),
    )


def _none(looking: Looking) -> Content:
    words = _("%(region)s has no such cases that you may see.")
    return nothing(words % {"region": looking.region_name}, _behind(looking))
