"""Keeping what a run says: the table of forecasts first, then one transaction with everything else.

The load of the table is named by the model, its version and the time that was asked for: a run that is kept
again writes nothing there. The newest forecast replaces the one before it; a run for an earlier time than one
that was kept, or of a model that was changed meanwhile, leaves its own row alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.ai.answers import Answered, Foretold
from beichen.platforms.ai.declaration import Keep, read_model
from beichen.platforms.ai.findings import keep_findings
from beichen.platforms.ai.gathering import Gathered
from beichen.platforms.ai.models import Model, Prediction, Run
from beichen.platforms.ai.tables import FORECASTS
from beichen.platforms.ai.words import Outcome
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import Object
from beichen.registry.service import Measured, record_measurements

SOURCE = "platforms/ai"
CHUNK = 2_000


def keep(run: Run, answered: Answered, gathered: Gathered, *, by: Actor) -> Run:
    """Keep a run with what it said; returns its row."""
    model = run.model
    if answered.forecasts:
        load = f"ai:{model.key} {run.version} {run.asked_for.isoformat()}"
        rows = _rows(run, answered.forecasts, gathered)
        warehouse.append(FORECASTS.name, rows, by=by, source=SOURCE, load=load)
    with transaction.atomic():
        _keep(run, answered, gathered, by)
    return run


def _keep(run: Run, answered: Answered, gathered: Gathered, by: Actor) -> None:
    row = Model.objects.select_for_update().defer("source").get(pk=run.model_id)
    before = row.runs.first()
    is_newest = before is None or before.asked_for <= run.asked_for
    run.save(force_insert=True)
    audit.record(by, "ai.model.run", f"platforms_ai.model:{row.key}", detail=_detail(run))
    if run.outcome != Outcome.DONE:
        if before is not None and before.outcome == Outcome.DONE:
            _tell_failure(run, row, by)
        return
    if not is_newest or not row.is_current or row.version != run.version:
        return
    present = set(
        Object.objects.filter(
            pk__in=[thing.pk for thing in gathered.things.values()], removed_at=None
        ).values_list("code", flat=True)
    )
    things = {code: thing for code, thing in gathered.things.items() if code in present}
    _keep_predictions(run, row, answered.forecasts, things)
    _keep_measures(run, row, answered.forecasts, things)
    keep_findings(run, row, answered.findings, things, gathered.regions, by=by)


def _detail(run: Run) -> dict[str, Any]:
    return {
        "version": run.version,
        "inputs": run.inputs,
        "outcome": str(run.outcome),
        "forecasts": run.forecasts,
        "findings": run.findings,
    }


def _tell_failure(run: Run, row: Model, by: Actor) -> None:
    data = {
        "model": row.key,
        "version": run.version,
        "outcome": str(run.outcome),
        "reason": {"zh": run.reason, "en": run.reason_en},
    }
    bus.publish("ai.model.failed", row.key, data, by=by, source="/ai/models", level=row.level)


def _rows(run: Run, forecasts: list[Foretold], gathered: Gathered) -> Any:
    import pyarrow as pa  # heavy, and not needed by every process

    latest = {one["code"]: one["latest"] for one in gathered.document["things"]}
    number = len(forecasts)
    time = pa.timestamp("us", "UTC")

    def region(code: str) -> str | None:
        own = gathered.things[code].region
        return own.code if own is not None else gathered.regions.get(code)

    return pa.table(
        {
            "model": pa.array([run.model.key] * number, pa.string()),
            "version": pa.array([run.version] * number, pa.string()),
            "thing": pa.array([one.thing for one in forecasts], pa.string()),
            "measure": pa.array([one.measure for one in forecasts], pa.string()),
            "region": pa.array([region(one.thing) for one in forecasts], pa.string()),
            "issued_at": pa.array([run.asked_for] * number, time),
            "valid_at": pa.array([one.at for one in forecasts], time),
            "value": pa.array([one.value for one in forecasts], pa.float64()),
            "low": pa.array([one.low for one in forecasts], pa.float64()),
            "high": pa.array([one.high for one in forecasts], pa.float64()),
            "last_value": pa.array(
                [latest[one.thing].get(one.measure, (0, None))[1] for one in forecasts], pa.float64()
            ),
            "is_demo": pa.array([run.is_demo] * number, pa.bool_()),
        }
    )


def _keep_predictions(run: Run, row: Model, forecasts: list[Foretold], things: Mapping[str, Object]) -> None:
    Prediction.objects.filter(model=row).delete()
    Prediction.objects.bulk_create(
        (
            Prediction(
                model=row,
                thing=things[one.thing],
                measure=one.measure,
                issued_at=run.asked_for,
                at=one.at,
                value=one.value,
                low=one.low,
                high=one.high,
                level=max(row.level, things[one.thing].level),
                is_demo=run.is_demo,
            )
            for one in forecasts
            if one.thing in things
        ),
        batch_size=CHUNK,
    )


def _keep_measures(run: Run, row: Model, forecasts: list[Foretold], things: Mapping[str, Object]) -> None:
    """Write the newest forecast to the things as a measure, so that everybody who reads them sees it."""
    now = timezone.now()
    record_measurements(
        Measured(
            things[code].pk, kept.name, "number", value, None, run.asked_for, now, f"model:{row.key}"[:64]
        )
        for kept in read_model(row.declared).keeps
        for code, value in taken(kept, forecasts, things, run.asked_for)
    )


def taken(
    kept: Keep, forecasts: list[Foretold], things: Mapping[str, Object], asked_for: datetime
) -> Iterable[tuple[str, float]]:
    """Of each thing of the type: the one number that stands for its forecast, of one of the city's days where
    it is kept by the day."""
    day = timezone.localtime(asked_for).date() + timedelta(days=kept.day or 0)
    values: dict[str, list[tuple[Any, float]]] = {}
    for one in forecasts:
        thing = things.get(one.thing)
        is_of_day = kept.day is None or timezone.localtime(one.at).date() == day
        if thing is not None and thing.type.key == kept.kind and one.measure == kept.of and is_of_day:
            values.setdefault(one.thing, []).append((one.at, one.value))
    for code, pairs in values.items():
        numbers = [value for _at, value in sorted(pairs)]
        found = {
            "max": max(numbers),
            "min": min(numbers),
            "mean": sum(numbers) / len(numbers),
            "last": numbers[-1],
        }
        yield code, found[kept.take]
