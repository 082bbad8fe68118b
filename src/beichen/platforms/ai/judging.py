"""How good forecasts were: beside what was measured, and beside saying that nothing changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.platforms.ai.exchange import MICRO, micros
from beichen.platforms.ai.models import Model, Score
from beichen.platforms.warehouse import service as warehouse

DAYS = timedelta(days=30)
SLOT = timedelta(minutes=10)  # a forecast is compared with the mean of the ten minutes around its time
# Both sides are narrowed by time, and met by equal slots: the work grows with the rows, not with their pairs.
_PAIRS = """
    WITH came AS (
      SELECT thing, measure, (epoch_us(measured_at) + {half}) // {slot} AS slot, avg(value) AS measured
      FROM readings WHERE value IS NOT NULL
        AND measured_at >= make_timestamptz({since} - {slot}) AND measured_at <= make_timestamptz({until})
        AND measure IN (SELECT DISTINCT measure FROM forecasts)
      GROUP BY ALL
    ), pairs AS (
      SELECT f.model, f.measure, f.issued_at, f.valid_at, f.value, f.low, f.high, f.last_value, c.measured
      FROM forecasts f JOIN came c ON c.thing = f.thing AND c.measure = f.measure
        AND c.slot = (epoch_us(f.valid_at) + {half}) // {slot}
      WHERE f.valid_at >= make_timestamptz({since}) AND f.valid_at <= make_timestamptz({until})
    )
    SELECT model, measure,
      (epoch_us(valid_at) - epoch_us(issued_at) + 30000000) // 60000000 AS ahead,
      count(*) AS number, avg(abs(value - measured)) AS error, avg(abs(last_value - measured)) AS persistence,
      avg(CASE WHEN low IS NULL OR high IS NULL THEN NULL
        WHEN measured BETWEEN low AND high THEN 1.0 ELSE 0.0 END) AS covered
    FROM pairs GROUP BY ALL ORDER BY model, measure, ahead
"""


def judge_forecasts(*, by: Actor, now: datetime | None = None) -> int:
    """Compare the forecasts of the last thirty days with what was measured; returns how many scores."""
    moment = now or timezone.now()
    slot = SLOT // MICRO
    values = {"since": micros(moment - DAYS), "until": micros(moment), "slot": slot, "half": slot // 2}
    with warehouse.reader() as ask:
        rows = ask.sql(_PAIRS.format(**values)).to_pylist()
    with transaction.atomic():
        return _keep(rows, moment, by)


def _keep(rows: list[dict[str, Any]], now: datetime, by: Actor) -> int:
    models = dict(Model.objects.filter(is_current=True).values_list("key", "pk"))
    scores = [
        Score(
            model_id=models[row["model"]],
            measure=row["measure"],
            ahead=int(row["ahead"]),
            number=int(row["number"]),
            error=float(row["error"]),
            persistence=None if row["persistence"] is None else float(row["persistence"]),
            covered=None if row["covered"] is None else float(row["covered"]),
            computed_at=now,
        )
        for row in rows
        if row["model"] in models and row["error"] is not None
    ]
    if not scores and not Score.objects.exists():
        return 0
    Score.objects.all().delete()
    Score.objects.bulk_create(scores)
    audit.record(by, "ai.model.judge", "platforms_ai.score", detail={"scores": len(scores)})
    return len(scores)
