"""What is shown of a model: its runs, what it foretells now, what it found, how good it was; by right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.platforms.ai.models import Finding, Model, Prediction, Run, Score
from beichen.platforms.ai.rights import READ
from beichen.platforms.warehouse import service as warehouse

DAY = timedelta(hours=24)
MOST = 500  # values of a course
_COURSE = """
    SELECT epoch_us(measured_at) AS t, value FROM readings
    WHERE thing = '{thing}' AND measure = '{measure}' AND value IS NOT NULL
      AND measured_at >= TIMESTAMPTZ '{since}' ORDER BY measured_at DESC LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Course:
    """What was measured lately and what is foretold, each as times and values in their order."""

    measured: list[tuple[datetime, float]] = field(default_factory=list)
    foretold: list[Prediction] = field(default_factory=list)


def with_last_run(rows: QuerySet[Model]) -> QuerySet[Model]:
    """Models with the time and the outcome of their newest run, in one query."""
    newest = Run.objects.filter(model=OuterRef("pk")).order_by("-asked_for", "-id")
    return rows.annotate(
        last_at=Subquery(newest.values("asked_for")[:1]), last_outcome=Subquery(newest.values("outcome")[:1])
    )


def runs_of(row: Model) -> QuerySet[Run]:
    """Its runs, the newest first; whoever sees the model sees them."""
    return Run.objects.filter(model=row)


def predictions_of(row: Model, *, by: Actor) -> QuerySet[Prediction]:
    """What it foretells now of things that ``by`` may see."""
    rows = Prediction.objects.filter(model=row).select_related("thing__type", "thing__region")
    return access.visible(by, READ, rows)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Between what values a thing's measure is foretold to be, until when."""

    lowest: float
    highest: float
    until: datetime


def outlooks(kind: str, measure: str, *, by: Actor, now: datetime) -> dict[str, Outlook]:
    """What all models foretell of a measure of things of a type that ``by`` may see, by their codes."""
    rows = Prediction.objects.filter(thing__type__key=kind, measure=measure, at__gte=now)
    found = (
        access.visible(by, READ, rows)
        .order_by()
        .values("thing__code")
        .annotate(lowest=Min("value"), highest=Max("value"), until=Max("at"))
    )
    return {one["thing__code"]: Outlook(one["lowest"], one["highest"], one["until"]) for one in found}


def findings_of(row: Model, *, by: Actor) -> QuerySet[Finding]:
    """What it found of things that ``by`` may see, the newest first."""
    return access.visible(by, READ, Finding.objects.filter(model=row).select_related("thing__type"))


def scores_of(row: Model) -> QuerySet[Score]:
    """How good its forecasts were, by measure and how far ahead."""
    return Score.objects.filter(model=row)


def course_of(row: Model, thing: str, measure: str, *, by: Actor, now: datetime | None = None) -> Course:
    """A thing's measure over the last day and the time ahead; empty for what ``by`` may not see."""
    rows = list(predictions_of(row, by=by).filter(thing__code=thing, measure=measure).order_by("at")[:MOST])
    if not rows:
        return Course()
    since = (now or timezone.now()) - DAY
    text = _COURSE.format(
        thing=rows[0].thing.code.replace("'", "''"),
        measure=rows[0].measure,
        since=since.isoformat(),
        most=MOST,
    )
    with warehouse.reader() as ask:
        found = ask.sql(text).to_pylist()
    epoch = datetime.fromtimestamp(0, tz=since.tzinfo)
    measured = [(epoch + timedelta(microseconds=one["t"]), one["value"]) for one in reversed(found)]
    return Course(measured, rows)
