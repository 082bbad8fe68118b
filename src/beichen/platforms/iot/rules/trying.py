"""Trying a rule on history: what it would have raised, of the things that the asker may see.

The readings of the table are looked at in the order of their times, so that none is late; things have the
fields that they have now. What held before the period began is known as far as the rule's windows reach
back. Silence is that of the readings' own times. A window over a group holds the things that the asker may
see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

import jsonschema_rs
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.scene.document import Path
from beichen.platforms.iot import codes
from beichen.platforms.iot.fleet import micros
from beichen.platforms.iot.moments import moment
from beichen.platforms.iot.rights import READ
from beichen.platforms.iot.rules.checking import check_rule
from beichen.platforms.iot.rules.declaration import BOOLEAN, RULES, kinds_of, level_of, read_rule
from beichen.platforms.iot.rules.declaring import find_rule
from beichen.platforms.iot.rules.engine import Engine, Sample, Turned, Watched
from beichen.platforms.iot.rules.history import day_of, fill_usual
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.standing import Turn
from beichen.platforms.iot.rules.things import Things
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten
from beichen.registry.models import Object, ObjectType

MOST_READINGS, MOST_DAYS = 2_000_000, 92
BATCH, SHOWN = 20_000, 200
TRIED = "tried"
_WHERE = """
    FROM readings WHERE measure IN ({measures}) AND measured_at >= make_timestamptz({since})
      AND measured_at < make_timestamptz({until})
"""
_COUNT = "SELECT count(*) AS number " + _WHERE
_ROWS = (
    "SELECT thing, measure, epoch_us(measured_at) AS at, value, text, is_demo "
    + _WHERE
    + " ORDER BY measured_at, thing"
)


@dataclass(slots=True)
class Raised:
    """What the rule would have raised; ``cleared_at`` is None for what was not over at the end."""

    thing: str
    since: datetime
    fired_at: datetime
    values: dict[str, Any]
    cleared_at: datetime | None = None


@dataclass(slots=True)
class Trial:
    """What came of it: how often, on which of the city's days, the first 200, and what was looked at."""

    count: int = 0
    days: Counter[date] = field(default_factory=Counter)
    first: list[Raised] = field(default_factory=list)
    readings: int = 0
    things: int = 0


def try_rule(rule: str | Mapping[str, Any], since: datetime, until: datetime, *, by: Actor) -> Trial:
    """Try a rule by its key, or one as `rules.yaml` would say it, on readings from ``since`` to ``until``.

    Raises ProblemError IOT-120 to IOT-123, IOT-126 for more than 92 days or 2,000,000 readings, ACC-403.
    """
    access.require(by, READ)
    if not since < until or (until - since).days > MOST_DAYS:
        message = said("at most {limit} days", limit=MOST_DAYS)
        raise ProblemError(Problem(codes.TOO_MUCH, message, Where(field="since")))
    watched = _watched(rule, by)
    seen = access.visible(by, READ, Object.objects.filter(type__key=watched.declared.kind, removed_at=None))
    keys: dict[str, int] = dict(seen.values_list("code", "pk"))
    trial = Trial(things=len(keys))
    begin, end = micros(since), micros(until)
    open_: dict[str, Raised] = {}
    for turned in _turns(watched, keys, begin, end, trial):
        _count(trial, open_, turned, begin)
    return trial


class _Asked:
    """Where a part of a rule stands that is tried: under its own name."""

    def position(self, pointer: Path) -> Where:
        """The value's path, without the rule's key."""
        return Where(field="/".join(str(part) for part in pointer[1:]) or "rule")

    key_position = position


def _watched(rule: str | Mapping[str, Any], by: Actor) -> Watched:
    declared = find_rule(rule, by=by).declared if isinstance(rule, str) else rule
    error = next(iter(jsonschema_rs.validator_for(RULES).iter_errors({TRIED: dict(declared)})), None)
    if error is not None:
        where = _Asked().position(tuple(error.instance_path))
        raise ProblemError(Problem(codes.BAD_RULE, shorten(error.message), where))
    key, _dot, measure = declared["on"].partition(".")
    kind = ObjectType.objects.filter(key=key).first()
    measures = kind.measures if kind is not None else {}
    if kind is None or measure not in measures:
        message = shorten(said("{kind} has no measure {measure!r}", kind=key, measure=measure))
        raise ProblemError(Problem(codes.BAD_RULE, message, Where(field="on"), nearest(measure, measures)))
    shape = _shape(kind)
    problems = list(check_rule(_Asked(), TRIED, declared, {key: shape}))
    if problems:
        raise ProblemError(*problems)
    found = read_rule(TRIED, declared)
    # What a rule looks at shows in when it holds: nobody asks by a field that is not theirs to read.
    access.require(by, READ, level=Level(level_of(shape, found)))
    return Watched(0, found, 1, 1, kinds_of(shape), by_clock="every" not in measures[measure])


def _shape(kind: ObjectType) -> dict[str, Any]:
    """A type of the registry as `objects.yaml` would say it."""
    parts = {
        part: {name: {**facts, "level": kind.levels.get(name, Level.L1)} for name, facts in declared.items()}
        for part, declared in (("fields", kind.fields), ("measures", kind.measures))
    }
    return {"level": kind.level, **parts}


def _turns(rule: Watched, keys: dict[str, int], begin: int, end: int, trial: Trial) -> Iterator[Turned]:
    declared = rule.declared
    names = {*rule.columns, *(window.by for window in declared.windows if window.by)}
    things = Things({declared.kind: names}, with_latest=False)
    past = Past((declared.kind, window) for window in declared.windows)
    engine = Engine([rule], things, past)
    reach = max((window.over for window in declared.windows), default=0)
    warm = begin - max(reach, declared.silent, declared.lasts)
    day: date | None = None
    for samples in _samples(rule, keys, warm, end, trial):
        things.learn({sample.object for sample in samples})
        for today, part in _by_day(samples) if past.baselines else [(day, samples)]:
            if today is not None and today != day:
                is_next = day is not None and (today - day).days == 1
                fill_usual(past, things, today, whole=not is_next)
                day = today
            yield from _silences(engine, part) if declared.silent else engine.take(part)
        if engine.failed:
            raise ProblemError(Problem(codes.BAD_RULE, shorten(engine.failed[0][1])))
    yield from engine.tick(end)


def _by_day(samples: list[Sample]) -> Iterator[tuple[date, list[Sample]]]:
    """Readings in the order of their times, by the city's day: what is usual is said anew each day."""
    for day, part in groupby(samples, key=lambda sample: day_of(sample.at)):
        yield day, list(part)


def _silences(engine: Engine, samples: list[Sample]) -> Iterator[Turned]:
    """Each reading ends a silence that had lasted too long: the clock is looked at just before it."""
    for sample in samples:
        yield from engine.tick_of(sample.object, sample.at)
        yield from engine.take([sample])


def _samples(
    rule: Watched, keys: dict[str, int], since: int, until: int, trial: Trial
) -> Iterator[list[Sample]]:
    measures = {rule.declared.measure, *(window.measure for window in rule.declared.windows)}
    measures |= {name for name in rule.columns.values() if rule.kinds.get(name) and " " not in name}
    values = {
        "measures": ", ".join(f"'{name}'" for name in sorted(measures)),
        "since": max(0, since),
        "until": until,
    }
    with warehouse.reader() as ask:
        number = ask.sql(_COUNT.format(**values))["number"][0].as_py()
        if number > MOST_READINGS:
            message = said("{number} readings; at most {limit}", number=number, limit=MOST_READINGS)
            raise ProblemError(Problem(codes.TOO_MUCH, message, Where(field="since")))
        rows = ask.sql(_ROWS.format(**values))
    for batch in rows.to_batches(BATCH):
        found = []
        for row in batch.to_pylist():
            key = keys.get(row["thing"])
            value = row["value"] if row["text"] is None else row["text"]
            if key is not None and value is not None:
                is_truth = rule.kinds.get(row["measure"]) == BOOLEAN
                shown = bool(value) if is_truth else value
                found.append(Sample(key, row["measure"], row["at"], shown, is_demo=bool(row["is_demo"])))
        trial.readings += len(found)
        yield found


def _count(trial: Trial, open_: dict[str, Raised], turned: Turned, begin: int) -> None:
    code = turned.thing.code
    if turned.step.turn is Turn.CLEARED:
        if (known := open_.pop(code, None)) is not None:
            known.cleared_at = moment(turned.step.at)
        return
    if turned.step.at < begin:
        return
    fired = Raised(code, moment(turned.step.since), moment(turned.step.at), turned.values)
    open_[code] = fired
    trial.count += 1
    trial.days[timezone.localtime(fired.fired_at).date()] += 1
    if len(trial.first) < SHOWN:
        trial.first.append(fired)
