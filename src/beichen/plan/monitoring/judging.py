"""Statuses kept: judged anew when anything they stand on changes, each with since when.

One plan takes a fixed number of queries, whatever changed: the standings, the current records, the
writing of what is different. Publishes ``plan.status.changed`` for each line that stands otherwise and
``plan.indicator.warned`` for each new warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import Draft, publish_many
from beichen.kernel.changes import Changes
from beichen.plan.models import Measure, Plan
from beichen.plan.monitoring.forecasting import LineKey, line_key
from beichen.plan.monitoring.models import EarlyWarning, StatusRecord
from beichen.plan.monitoring.pace import Pace, pace_of
from beichen.plan.service import OWN, Standing, standings
from beichen.plan.years.service import line_of, part_of
from beichen.web.status import Status

RowT = TypeVar("RowT", StatusRecord, EarlyWarning)


def _named(plan: Plan, line: Standing) -> dict[str, Any]:
    return {
        "plan": plan,
        "key": line.indicator.key,
        "number": line.number,
        "part": part_of(line),
        "name": line.name,
        "unit": line.unit,
    }


def _status(plan: Plan, line: Standing, cause: str, now: datetime) -> StatusRecord:
    verdict = line.verdict
    return StatusRecord(
        **_named(plan, line),
        status=verdict.status.value,
        reason=verdict.reason,
        year=verdict.year,
        actual=verdict.actual,
        expected=verdict.expected,
        numbers=dict(verdict.numbers),
        cause=cause,
        since=now,
    )


def _said(row: StatusRecord) -> tuple[object, ...]:
    return row.status, row.reason, row.year, row.actual, row.expected


def warned_pace(line: Standing) -> Pace | None:
    """The pace for which a line is warned about; None when it is not."""
    if line.status in (Status.AHEAD, Status.MISSED):
        return None
    pace = pace_of(line.goal, line.points)
    return pace if pace is not None and pace.is_out_of_reach else None


def _warning(plan: Plan, line: Standing, pace: Pace, now: datetime) -> EarlyWarning:
    return EarlyWarning(
        **_named(plan, line),
        year=pace.year,
        kind=pace.kind,
        needed=pace.needed,
        best=pace.best or 0.0,
        target_year=pace.target_year,
        years_left=pace.years_left,
        since=now,
    )


def _warned(row: EarlyWarning) -> tuple[object, ...]:
    return row.year, row.kind, round(row.needed, 9), round(row.best, 9), row.target_year, row.years_left


@transaction.atomic
def recompute(plan: Plan, *, by: Actor, cause: str = "", now: datetime | None = None) -> Changes:
    """Judge every line of the plan and keep what is different; the same again writes nothing.

    ``cause`` is the type of the event that made it necessary. Keys in the report are lines, those of
    warnings with ``warning`` before them.
    """
    moment, changes, events = now or timezone.now(), Changes(), list[Draft]()
    lines = standings(plan)
    statuses = {line_key(line): _status(plan, line, cause, moment) for line in lines}
    paces = [(line, warned_pace(line)) for line in lines]
    warnings = {
        line_key(line): _warning(plan, line, pace, moment) for line, pace in paces if pace is not None
    }
    old_statuses = {(row.key, row.part): row for row in StatusRecord.objects.filter(plan=plan, until=None)}
    old_warnings = {(row.key, row.part): row for row in EarlyWarning.objects.filter(plan=plan, until=None)}
    path = plan.region.path if plan.region else ""

    ended, new = _different(old_statuses, statuses, _said)
    StatusRecord.objects.filter(pk__in=ended).update(until=moment)
    StatusRecord.objects.bulk_create(new)
    for row in new:
        before = old_statuses.get((row.key, row.part))
        (changes.changed if before else changes.added).append(line_of(row.number, row.part))
        if before is not None and before.status != row.status:
            events.append(_turned(plan, row, before.status, path))
    changes.unchanged = len(statuses) - len(new)
    over, opened = _different(old_warnings, warnings, _warned)
    EarlyWarning.objects.filter(pk__in=over).update(until=moment)
    EarlyWarning.objects.bulk_create(opened)
    changes.added += [f"warning {line_of(row.number, row.part)}" for row in opened]
    events += [_told(plan, row, path) for row in opened]
    if changes or ended or over:
        audit.record(by, "plan.status.keep", f"plan.plan:{plan.key}", detail=changes.counts(), reason=cause)
        publish_many(events, by=by)
    return changes


def _different(
    old: Mapping[LineKey, RowT], new: Mapping[LineKey, RowT], said: Callable[[RowT], object]
) -> tuple[list[int], list[RowT]]:
    """The rows that end, and those that begin."""
    ended = [row.pk for key, row in old.items() if key not in new or said(row) != said(new[key])]
    begun = [row for key, row in new.items() if key not in old or said(row) != said(old[key])]
    return ended, begun


def _turned(plan: Plan, row: StatusRecord, before: str, path: str) -> Draft:
    line = line_of(row.number, row.part)
    data = {"plan": plan.key, "line": line, "name": row.name, "old": before, "new": row.status}
    return Draft("plan.status.changed", f"{plan.key}/{row.number}", data, region=path)


def _told(plan: Plan, row: EarlyWarning, path: str) -> Draft:
    line = line_of(row.number, row.part)
    pace = {"kind": row.kind, "needed": row.needed, "best": row.best, "until": row.target_year}
    data = {"plan": plan.key, "line": line, "name": row.name, **pace}
    return Draft("plan.indicator.warned", f"{plan.key}/{row.number}", data, region=path)


def plans_measured_by(indicators: Iterable[str]) -> list[Plan]:
    """The plans that any of the data hub's indicators measures, by index."""
    keys = set(indicators)
    own = [key.removeprefix(OWN).rpartition("--")[0] for key in keys if key.startswith(OWN)]
    measured = Measure.objects.filter(statistic__in=keys).values_list("plan_id", flat=True).distinct()
    rows = Plan.objects.select_related("region")
    return list(rows.filter(pk__in=set(measured)) | rows.filter(key__in=own))


def warnings(plan: Plan) -> list[EarlyWarning]:
    """The warnings in force, in the order of the table: one query."""
    return list(EarlyWarning.objects.filter(plan=plan, until=None))


def history(plan: Plan, key: str, part: str = "") -> list[StatusRecord]:
    """How a line stood, the newest first: one query by index."""
    return list(StatusRecord.objects.filter(plan=plan, key=key, part=part).order_by("-since", "-id"))
