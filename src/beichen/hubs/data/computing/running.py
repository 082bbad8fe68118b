"""Computing indicators: what is out of date, asked of the tables and kept; one failing stops no other.

A run reads each table at one version and remembers it. The next looks at what changed since: where the days
of the changed rows are known, only the periods in which they lie are computed anew; otherwise, and when the
SQL, a tree or the zone is another now, everything is. A period of which the table has forgotten rows for
their age is never computed again: its figure stays as it was. Long because a run is one story.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from beichen.hubs.data.computing import codes, recording
from beichen.hubs.data.computing.declaration import Declaration, declare
from beichen.hubs.data.computing.feeds import bring_up_to_date
from beichen.hubs.data.computing.header import Grouping
from beichen.hubs.data.computing.periods import DAYS, ONE, Stretch, Unit, period_of, stretches
from beichen.hubs.data.computing.recording import Computed
from beichen.hubs.data.computing.rewriting import IS_DEMO, question
from beichen.hubs.data.computing.trees import Trees, read_trees
from beichen.hubs.data.definitions import indicator
from beichen.hubs.data.models import Computation, ComputationRun
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.jobs.service import is_stopping
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Problem, ProblemError, Where, kept, said, shorten

log = logging.getLogger(__name__)
KEPT_RUNS = 50
MOST_STRETCHES = 60  # conditions in one question; more become the one stretch that holds them all
TOLD_PERIODS = 50
MOST_MEMBER = 200  # characters, as they are kept
LAST = date(9999, 12, 30)
Within = Mapping[Unit, Sequence[Stretch]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one indicator: ``is_current`` when nothing was to do, ``problems`` when it failed."""

    key: str
    is_current: bool = False
    is_whole: bool = False
    computed: int = 0
    written: int = 0
    removed: int = 0
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Need:
    """What must be computed anew: the versions to read, the basis, and within which stretches (None: all).

    ``is_whole`` says that everything is that can be.
    """

    versions: dict[str, int]
    basis: str
    within: Within | None
    is_whole: bool


def compute(keys: Iterable[str] = (), *, by: Actor, whole: bool = False) -> list[Outcome]:
    """Compute the indicators ``keys``, or all of them, as far as they are out of date; ``whole``: everything.

    Raises ProblemError DAT-404 for a key that is no indicator, DAT-206 for one that no SQL computes or where
    no city is loaded. What goes wrong with a single indicator is kept with it and told in its outcome.
    """
    rows = _chosen(list(keys))
    if not rows:
        return []
    trees = read_trees()
    stale = bring_up_to_date({name for row in rows for name in row.sources})
    columns = {row.name: row.facts.types for row in warehouse.tables()}
    outcomes = []
    for row in rows:
        if is_stopping():  # the rest is for the next run: what is out of date stays out of date
            break
        if problems := [problem for name in sorted(row.sources) for problem in stale.get(name, ())]:
            outcomes.append(_failed(row, problems, time.perf_counter(), by))
        else:
            outcomes.append(_compute(row, columns, trees, whole, by))
    return outcomes


def _chosen(keys: list[str]) -> list[Computation]:
    rows = Computation.objects.filter(indicator__is_current=True).select_related("indicator")
    if not keys:
        return list(rows)
    for key in keys:
        if not hasattr(indicator(key), "computation"):
            message = shorten(said("{key} is not computed: no scene says how", key=key))
            raise ProblemError(Problem(codes.FAILED, message))
    return list(rows.filter(indicator__key__in=keys))


def _compute(row: Computation, columns: Any, trees: Trees, whole: bool, by: Actor) -> Outcome:
    started = time.perf_counter()
    key = row.indicator.key
    try:
        declared = declare(row.sql, key, columns)
        need = _need(row, declared, trees, whole)
        if need is None:
            return Outcome(key, is_current=True)
        values = list(_asked(declared, trees, need))
        found = _keep(row, need, values, started, by)
    except ProblemError as error:
        return _failed(row, error.problems, started, by)
    except Exception as error:  # the others are computed whatever happens to this one
        log.exception("computing %s", key)
        reason = said("computing broke off: {reason}", reason=f"{type(error).__name__}: {error}"[:50])
        return _failed(row, (Problem(codes.FAILED, shorten(reason)),), started, by)
    return found


def _need(row: Computation, declared: Declaration, trees: Trees, whole: bool) -> _Need | None:
    """What is out of date; None when nothing is."""
    parts = (row.digest, row.package, trees.digest, settings.TIME_ZONE)
    basis = hashlib.sha256(repr(parts).encode()).hexdigest()
    is_whole = whole or row.basis != basis or set(row.versions) != set(declared.sources)
    versions: dict[str, int] = {}
    days: set[Any] = set()
    for name in declared.sources:
        touched = warehouse.touched(name, since=row.versions.get(name, -1))
        versions[name] = touched.version
        if is_whole or touched.version == row.versions[name]:
            continue
        is_beside = declared.tables.count(name) > 1 or name != declared.table
        if touched.days is None or (is_beside and touched.is_changed):
            is_whole = True  # nobody knows which periods, or rows beside those that are counted changed
        elif name == declared.table:
            days |= touched.days.get(declared.moment.name, frozenset())
    if not is_whole and versions == row.versions:
        return None
    units = [Unit(word) for word in row.every]
    since = _kept_since(declared, units)
    within: Within | None = None
    if not is_whole:
        within = {unit: _kept(unit, _few(stretches(unit, days)), since) for unit in units}
    elif since is not None:
        within = {unit: _kept(unit, [(since, LAST)], since) for unit in units}
    return _Need(versions, basis, within, is_whole)


def _kept_since(declared: Declaration, units: Sequence[Unit]) -> date | None:
    """The first day all of whose rows are there; None where none were forgotten, or not by this moment.

    Raises ProblemError DAT-206 where rows are forgotten before a period is over: none would ever be right.
    """
    facts = warehouse.table(declared.table).facts
    if facts.time != declared.moment.name or facts.keep_days is None:
        return None
    longest = max(units, key=DAYS.__getitem__)
    if facts.keep_days < DAYS[longest]:
        days, unit = facts.keep_days, longest.value
        message = said("rows are kept {days} days, too few to count by {unit}", days=days, unit=unit)
        hint = said("keep: {days}d at least", days=DAYS[longest])
        raise ProblemError(Problem(codes.FAILED, shorten(message), Where(field=declared.table), hint))
    return warehouse.kept_since(declared.table)


def _kept(unit: Unit, found: list[Stretch], since: date | None) -> list[Stretch]:
    """What of the stretches lies in periods that are whole since a day."""
    if since is None:
        return found
    period = period_of(unit, since)
    first = period.starts if period.starts == since else period.ends + ONE
    return [(max(start, first), end) for start, end in found if end >= first]


def _few(found: list[Stretch]) -> list[Stretch]:
    return found if len(found) <= MOST_STRETCHES else [(found[0][0], found[-1][1])]


def _asked(declared: Declaration, trees: Trees, need: _Need) -> Iterator[Computed]:
    """The values that the tables say, of every grouping and period."""
    with warehouse.reader(need.versions) as ask:
        for name, pairs in trees.closures().items():
            ask.register(name, pairs)
        seen: set[tuple[Any, ...]] = set()
        for grouping in _wide_first(declared.header.by):
            for unit in grouping.every:
                within = None if need.within is None else need.within[unit]
                if within is not None and not within:
                    continue
                sql = question(
                    declared, grouping, unit, zone=settings.TIME_ZONE, root=trees.root.code, within=within
                )
                for item in _values(declared, grouping, unit, ask.sql(sql), trees):
                    place = (unit, item.starts, item.region, item.dimension, item.member, item.is_demo)
                    if place not in seen:
                        seen.add(place)
                        yield item


def _wide_first(groupings: Iterable[Grouping]) -> list[Grouping]:
    """The city's row of `region+body` and the row of `body` are one value: it is taken from the latter."""
    return sorted(groupings, key=lambda one: one.is_regional)


def _values(
    declared: Declaration, grouping: Grouping, unit: Unit, rows: Any, trees: Trees
) -> Iterator[Computed]:
    names = sorted(name for name in grouping.names if name != "region")
    for found in rows.to_pylist():
        value = found["value"]
        if value is None:
            continue
        if not isinstance(value, int | float | Decimal):
            message = said("the value is {value!r}, which is no number", value=str(value)[:30])
            raise ProblemError(Problem(codes.FAILED, shorten(message)))
        number = recording.rounded(float(value), declared.header.decimals)
        region = trees.regions.get(found["region"]) if grouping.is_regional else trees.root.pk
        if number is None or region is None:
            continue
        yield Computed(
            unit=unit,
            starts=found["period"],
            region=region,
            dimension=grouping.dimension,
            member=_member(found[name] for name in names),
            body=trees.bodies.get(found["body"]) if "body" in names else None,
            is_demo=bool(found[IS_DEMO]),
            value=number,
        )


def _member(words: Iterable[str]) -> str:
    """What a part is called. Raises ProblemError DAT-206 for one that is too long to be kept."""
    member = "+".join(words)
    if len(member) > MOST_MEMBER:
        message = said("a part is called {name!r}, which is too long", name=member[:20])
        raise ProblemError(Problem(codes.FAILED, shorten(message)))
    return member


@transaction.atomic
def _keep(row: Computation, need: _Need, values: Sequence[Computed], started: float, by: Actor) -> Outcome:
    """Write the values and remember the run, unless another run was quicker; tell what changed."""
    key, owner = row.indicator.key, row.indicator.owner
    now = Computation.objects.select_for_update().get(pk=row.pk)
    if (now.basis, now.versions, now.digest) != (row.basis, row.versions, row.digest):
        return Outcome(key, is_current=True)
    difference = recording.write(row, values, need.within, owner)
    seconds, at = time.perf_counter() - started, timezone.now()
    Computation.objects.filter(pk=row.pk).update(
        basis=need.basis, versions=need.versions, computed_at=at, problem=None
    )
    counts = {"written": difference.written, "removed": difference.removed}
    ComputationRun.objects.create(
        computation=row,
        at=at,
        seconds=seconds,
        versions=need.versions,
        is_whole=need.is_whole,
        computed=len(values),
        **counts,
    )
    _forget(row)
    detail = {**counts, "versions": need.versions, "seconds": round(seconds, 3)}
    audit.record(by, "data.indicator.compute", f"hubs_data.indicator:{key}", detail=detail)
    if difference.periods:
        told = sorted(difference.periods)
        data = {
            "indicators": [key],
            **counts,
            "periods": told[:TOLD_PERIODS],
            "first": told[0],
            "last": told[-1],
        }
        publish("data.value.recorded", owner, data, by=by)
    return Outcome(
        key,
        is_whole=need.is_whole,
        computed=len(values),
        written=difference.written,
        removed=difference.removed,
        seconds=seconds,
    )


@transaction.atomic
def _failed(row: Computation, problems: Sequence[Problem], started: float, by: Actor) -> Outcome:
    """Keep why it failed; the same reason again is no run of its own."""
    seconds = time.perf_counter() - started
    key, problem = row.indicator.key, kept(problems[0])
    if row.problem != problem:
        Computation.objects.filter(pk=row.pk).update(problem=problem)
        ComputationRun.objects.create(
            computation=row, at=timezone.now(), seconds=seconds, versions={}, is_whole=False, problem=problem
        )
        _forget(row)
        detail = {"problem": str(problems[0])}
        audit.record(by, "data.indicator.fail", f"hubs_data.indicator:{key}", detail=detail)
    return Outcome(key, seconds=seconds, problems=tuple(problems))


def _forget(row: Computation) -> None:
    """The runs before the last :data:`KEPT_RUNS`."""
    last = ComputationRun.objects.filter(computation=row).values_list("pk", flat=True)[KEPT_RUNS:]
    ComputationRun.objects.filter(pk__in=list(last)).delete()
