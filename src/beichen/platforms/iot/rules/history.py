"""What the table of readings tells rules of the past: windows after a start, and what is usual.

A window after a start is what it would be had nobody stopped: of a thing whose clock is behind it is made of
the time that its clock reached. What is usual at an hour of a weekday is the mean of that hour on the same
weekday of the weeks before, by whole days, so that it changes at midnight alone and never knows its own day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db.models import F, Q
from django.utils import timezone

from beichen.platforms.iot.fleet import micros
from beichen.platforms.iot.moments import moment
from beichen.platforms.iot.rules.declaration import Window
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.things import Things
from beichen.platforms.iot.rules.windows import APART, STEPS
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import Measurement, Object

CHUNK = 5_000
MOST_BEHIND = timedelta(days=31)  # of a clock: what is further behind has empty windows after a start
MOST_SILENT = timedelta(days=2)
# A measure's name is lower-case letters, digits and underscores.
_THESE = """FROM readings WHERE measure = '{measure}' AND measured_at >= make_timestamptz({since})
      AND measured_at <= make_timestamptz({until}) AND received_at <= make_timestamptz({heard})"""
_PARTS = """
    SELECT thing, coalesce(is_demo, false) AS is_demo, epoch_us(measured_at) // {width} AS bucket,
      count(*) AS count, coalesce(sum(value), 0) AS sum, coalesce(min(value), 0) AS low,
      coalesce(max(value), 0) AS high, min(epoch_us(measured_at)) AS first_at,
      max(epoch_us(measured_at)) AS last_at, coalesce(arg_min(value, measured_at), 0) AS first,
      coalesce(arg_max(value, measured_at), 0) AS last
    {these} {more} GROUP BY ALL
"""
# A reading that was late made no step; the readings before the window's time are there to step from.
_STEPS = """
    WITH came AS (
      SELECT thing, coalesce(is_demo, false) AS is_demo, epoch_us(measured_at) AS moment, value,
        max(epoch_us(measured_at)) OVER (PARTITION BY thing ORDER BY received_at, measured_at
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newest
      {these}),
    stepped AS (
      SELECT thing, is_demo, moment,
        value - lag(value) OVER turn AS change, moment - lag(moment) OVER turn AS span
      FROM came WHERE newest IS NULL OR moment > newest WINDOW turn AS (PARTITION BY thing ORDER BY moment))
    SELECT thing, is_demo, moment // {width} AS bucket, sum(change) AS change, sum(span) AS span
    FROM stepped WHERE span < {over} GROUP BY ALL
"""
_USUAL = """
    SELECT thing, (isodow(measured_at) - 1) * 24 + hour(measured_at) AS hour, avg(value) AS value
    {these} AND value IS NOT NULL {more} GROUP BY ALL
"""
_WEEKDAY = "AND isodow(measured_at) = {number}"


def fill(past: Past, things: Things, heard: int) -> None:
    """Bring windows to what they were when the reading that came at ``heard`` had come."""
    if heard <= 0 or not past.windows:
        return
    with warehouse.reader() as ask:
        for kind, window in past.windows:
            buckets = past.buckets(kind, window)
            since = heard - window.over
            if window.by:
                since -= APART + 2 * buckets.width + (window.over if buckets.form == STEPS else 0)
            these = _THESE.format(
                measure=window.measure, since=max(0, since), until=heard + APART, heard=heard
            )
            words = {"width": buckets.width, "over": window.over}
            text = _STEPS if buckets.form == STEPS else _PARTS
            _merge(past, things, (kind, window), ask.sql(text.format(these=these, more="", **words)))
            if not window.by:
                _fill_behind(past, things, (kind, window), ask, heard)


def _fill_behind(past: Past, things: Things, which: tuple[str, Window], ask: Any, heard: int) -> None:
    """The part before the common one of things whose clocks are behind, and of those that said nothing lately
    and may bring later what they kept meanwhile."""
    import pyarrow as pa

    kind, window = which
    width = past.buckets(kind, window).width
    behind = timedelta(microseconds=width)
    rows = list(
        Measurement.objects.filter(
            Q(received_at__gt=F("at") + behind, received_at__lte=F("at") + MOST_BEHIND)
            | Q(at__lt=moment(heard) - behind, at__gt=moment(heard) - MOST_SILENT),
            object__type__key=kind,
            name=window.measure,
        ).values_list("object__code", "at")
    )
    if not rows:
        return
    begins = [max(0, micros(at) - window.over) for _code, at in rows]
    ask.register("behind", pa.table({"code": [code for code, _at in rows], "begin": begins}))
    last = heard - window.over - 1
    these = _THESE.format(measure=window.measure, since=min(begins), until=last, heard=heard)
    more = "AND EXISTS (SELECT 1 FROM behind b WHERE b.code = thing AND epoch_us(measured_at) >= b.begin)"
    _merge(past, things, which, ask.sql(_PARTS.format(these=these, more=more, width=width)))


def _merge(past: Past, things: Things, which: tuple[str, Window], rows: Any) -> None:
    kind, window = which
    buckets = past.buckets(kind, window)
    codes, of_row = _learned(rows, things, kind)
    is_demo = rows["is_demo"].to_numpy().astype(bool)
    keys = np.full(len(of_row), -1, np.int64)
    for made_up in (False, True):
        found = [None if one is None else past.key(one, window, is_demo=made_up) for one in codes]
        number = np.array([-1 if one is None else one for one in found], np.int64)
        keys = np.where(is_demo == made_up, number[of_row] if len(number) else keys, keys)
    is_met = keys >= 0
    arrays = {
        name: rows[name].to_numpy()[is_met] for name in rows.column_names if name not in ("thing", "is_demo")
    }
    buckets.merge(keys[is_met], arrays.pop("bucket"), arrays)


def fill_usual(past: Past, things: Things, today: date, *, whole: bool) -> None:
    """Say anew what is usual: of today's weekday, or of the whole week as each of its days said it last."""
    if not past.baselines:
        return
    with warehouse.reader() as ask:
        for kind, window in past.baselines:
            first = today - timedelta(weeks=window.weeks, days=6 if whole else 0)
            these = _THESE.format(
                measure=window.measure,
                since=_midnight(first),
                until=_midnight(today - timedelta(days=6)) - 1,
                heard=_midnight(today) - 1,
            )
            more = "" if whole else _WEEKDAY.format(number=today.isoweekday())
            rows = ask.sql(_USUAL.format(these=these, more=more))
            for weekday in range(7) if whole else (today.weekday(),):
                past.forget(kind, window, weekday)
            known, of_row = _learned(rows, things, kind)
            places = np.array([-1 if one is None else one.place for one in known], np.int64)[of_row]
            is_met = places >= 0
            past.remember(
                kind,
                window,
                places[is_met],
                rows["hour"].to_numpy()[is_met],
                rows["value"].to_numpy()[is_met],
            )


def _midnight(day: date) -> int:
    """When the day begins in the city, in microseconds."""
    return micros(datetime.combine(day, time(), timezone.get_default_timezone()))


def day_of(at: int) -> date:
    """The city's day of a time in microseconds."""
    return datetime.fromtimestamp(at / 1e6, timezone.get_default_timezone()).date()


def _learned(rows: Any, things: Things, kind: str) -> tuple[list[Any], Any]:
    """The things that rows name (None for one of another type), and for each row the place of its thing."""
    encoded = rows["thing"].combine_chunks().dictionary_encode()
    codes = encoded.dictionary.to_pylist()
    keys = _keys(codes, kind)
    things.learn(keys.values())
    found = [things.get(keys[code]) if code in keys else None for code in codes]
    found = [one if one is not None and one.kind == kind else None for one in found]
    return found, encoded.indices.to_numpy().astype(np.int64)


def _keys(codes: Iterable[str], kind: str) -> dict[str, int]:
    wanted = sorted(codes)
    keys: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        found = Object.objects.filter(code__in=wanted[start : start + CHUNK], type__key=kind)
        keys.update(found.values_list("code", "pk"))
    return keys
