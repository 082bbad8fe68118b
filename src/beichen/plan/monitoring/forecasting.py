"""Forecasts of a plan: computed by a job when what they stand on has changed, kept, read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.plan.models import Plan
from beichen.plan.monitoring.extrapolation import extrapolate
from beichen.plan.monitoring.inputs import LEVEL, Inputs, inputs_of
from beichen.plan.monitoring.models import Forecast
from beichen.plan.service import Standing, standings
from beichen.plan.years.service import part_of

LineKey = tuple[str, str]


def line_key(standing: Standing) -> LineKey:
    """A line as it is kept: its indicator's stable key and its part."""
    return standing.indicator.key, part_of(standing)


def stale(plan: Plan, lines: Iterable[Standing]) -> list[tuple[Standing, Inputs]]:
    """The lines whose forecast stands on other values than there are now."""
    kept = dict(_digests(plan))
    found = ((line, inputs_of(line.goal, line.points)) for line in lines)
    return [(line, inputs) for line, inputs in found if kept.get(line_key(line)) != inputs.digest]


def _digests(plan: Plan) -> Iterable[tuple[LineKey, str]]:
    for key, part, digest in Forecast.objects.filter(plan=plan).values_list("key", "part", "inputs"):
        yield (key, part), digest


def make_forecasts(plan: Plan, *, by: Actor, now: datetime | None = None) -> int:
    """Compute the forecasts that are not current; how many were. Heavy: only a job calls it."""
    lines = standings(plan)
    wanted = stale(plan, lines)
    asked = [inputs.asked() for _line, inputs in wanted if not inputs.why_none]
    made = iter(extrapolate(asked))
    moment = now or timezone.now()
    rows = [_row(plan, line, inputs, made, moment) for line, inputs in wanted]
    _keep(plan, rows, lines, by)
    return len(rows)


def _row(
    plan: Plan, line: Standing, inputs: Inputs, made: Iterable[list[dict[str, float]]], now: datetime
) -> Forecast:
    values = [] if inputs.why_none else next(iter(made))
    return Forecast(
        plan=plan,
        key=line.indicator.key,
        number=line.number,
        part=part_of(line),
        name=line.name,
        unit=line.unit,
        model="" if inputs.why_none else inputs.model,
        why_none=inputs.why_none,
        points=[[inputs.first_year + index, value] for index, value in enumerate(inputs.values)],
        values=[{"year": inputs.last_year + 1 + index, **value} for index, value in enumerate(values)],
        level=LEVEL,
        inputs=inputs.digest,
        made_at=now,
    )


@transaction.atomic
def _keep(plan: Plan, rows: list[Forecast], lines: list[Standing], by: Actor) -> None:
    """Put the new forecasts in the place of the old, and forget those of lines that are gone."""
    held = {(row.key, row.part): row.pk for row in Forecast.objects.filter(plan=plan).only("key", "part")}
    present = {line_key(line) for line in lines}
    replaced = {(row.key, row.part) for row in rows}
    gone = [pk for line, pk in held.items() if line in replaced or line not in present]
    if not rows and not gone:
        return
    Forecast.objects.filter(pk__in=gone).delete()
    Forecast.objects.bulk_create(rows)
    audit.record(by, "plan.forecast.make", f"plan.plan:{plan.key}", detail={"lines": len(rows)})


def forecasts(plan: Plan) -> dict[tuple[int, str], Forecast]:
    """The kept forecasts by (number, part), those that say why there is none included: one query."""
    return {(row.number, row.part): row for row in Forecast.objects.filter(plan=plan)}
