"""What the table of readings tells rules of the past: windows after a start, and what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from beichen.platforms.iot.rules.declaration import BASELINE, SECOND
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.things import Thing, Things
from beichen.platforms.iot.rules.windows import Part
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import Object

WEEK = 7 * 86_400 * SECOND
CHUNK = 5_000
# A measure's name is lower-case letters, digits and underscores.
_BUCKETS = """
    SELECT thing, epoch_us(measured_at) // {width} AS bucket, count(*) AS number,
      coalesce(sum(value), 0) AS total, coalesce(min(value), 0) AS low, coalesce(max(value), 0) AS high,
      min(epoch_us(measured_at)) AS first_at, max(epoch_us(measured_at)) AS last_at,
      coalesce(arg_min(value, measured_at), 0) AS first, coalesce(arg_max(value, measured_at), 0) AS last
    FROM readings WHERE measure = '{measure}' AND measured_at >= make_timestamptz({since})
      AND measured_at <= make_timestamptz({until}) AND received_at <= make_timestamptz({until})
    GROUP BY ALL
"""
_USUAL = """
    SELECT thing, (isodow(measured_at) - 1) * 24 + hour(measured_at) AS hour, avg(value) AS value
    FROM readings WHERE measure = '{measure}' AND value IS NOT NULL
      AND measured_at >= make_timestamptz({since}) AND measured_at < make_timestamptz({until})
      AND received_at <= make_timestamptz({until})
    GROUP BY ALL
"""


def fill(past: Past, things: Things, until: int, *, only: str = "") -> None:
    """Bring windows and baselines, or those that take ``only`` this, to what the table held at ``until``."""
    if until <= 0:
        return
    with warehouse.reader() as ask:
        for kind, window in past.windows:
            if only and window.take != only:
                continue
            if window.take == BASELINE:
                since = max(0, until - window.weeks * WEEK)
                text = _USUAL.format(measure=window.measure, since=since, until=until)
                rows = ask.sql(text).to_pylist()
                for row, thing in _met(rows, things, kind):
                    past.remember(thing, window, int(row["hour"]), float(row["value"]))
            else:
                width = past.width(kind, window)
                text = _BUCKETS.format(
                    measure=window.measure, width=width, since=max(0, until - window.over), until=until
                )
                rows = ask.sql(text).to_pylist()
                for row, thing in _met(rows, things, kind):
                    past.merge(thing, window, int(row["bucket"]), _part(row))


def _part(row: Mapping[str, Any]) -> Part:
    return Part(
        int(row["number"]),
        float(row["total"]),
        float(row["low"]),
        float(row["high"]),
        int(row["first_at"]),
        float(row["first"]),
        int(row["last_at"]),
        float(row["last"]),
    )


def _met(rows: list[dict[str, Any]], things: Things, kind: str) -> Iterable[tuple[dict[str, Any], Thing]]:
    """Rows with their thing, where that is of the type."""
    codes = sorted({row["thing"] for row in rows})
    keys: dict[str, int] = {}
    for start in range(0, len(codes), CHUNK):
        found = Object.objects.filter(code__in=codes[start : start + CHUNK], type__key=kind)
        keys.update(found.values_list("code", "pk"))
    things.learn(keys.values())
    for row in rows:
        thing = things.get(keys.get(row["thing"], -1))
        if thing is not None and thing.kind == kind:
            yield row, thing
