"""Rules beside the gateway: made from the database, given each batch, and kept in the batch's transaction.

What a batch turns is written together with the batch's position: whoever dies before that does the batch
again, from the standings that the database has; whoever dies after it never sees the batch again. So a rule
is raised once; its event's id is made of the rule, its version, the thing and the moment from which it held.
What the tables are asked for is asked before that transaction begins: it holds up nobody who writes.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from beichen.kernel.actor import system
from beichen.kernel.bus import service as bus
from beichen.platforms.iot.blocks import Block
from beichen.platforms.iot.fleet import micros
from beichen.platforms.iot.models import Device, Firing, Intake, Rule, RuleState
from beichen.platforms.iot.moments import moment
from beichen.platforms.iot.rules.arriving import arranged
from beichen.platforms.iot.rules.declaration import kinds_of, read_rule
from beichen.platforms.iot.rules.declaring import fail_rule
from beichen.platforms.iot.rules.engine import Engine, Turned, Watched
from beichen.platforms.iot.rules.firings import Firings
from beichen.platforms.iot.rules.history import day_of, fill, fill_usual
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.standing import Standing, Turn
from beichen.platforms.iot.rules.telling import told
from beichen.platforms.iot.rules.things import Things
from beichen.platforms.iot.treatment import Reading
from beichen.problem import ProblemError
from beichen.registry.models import Object, ObjectType

BY = system("iot.rules")
SPACE = uuid.UUID("7f1c6a52-3a0e-4b7e-9d55-2f6b8f3f9a10")
CHUNK = 1_000
logger = logging.getLogger(__name__)


def watched_of(row: Rule, kind: ObjectType) -> Watched:
    """A rule ready to be looked at. Raises ProblemError for one that does not fit its type any more."""
    declared = read_rule(row.key, row.declared)
    shape = {"fields": kind.fields, "measures": kind.measures}
    measure = kind.measures.get(declared.measure, {})
    return Watched(row.pk, declared, row.version, row.level, kinds_of(shape), by_clock="every" not in measure)


def things_of(rules: Sequence[Watched]) -> Things:
    """What is known of the things of these rules' types: what the rules use."""
    names: dict[str, set[str]] = {}
    for rule in rules:
        used = names.setdefault(rule.declared.kind, set())
        used |= {*rule.columns, *(window.by for window in rule.declared.windows if window.by)}
    return Things(names)


class Watch:
    """The rules of one gateway. ``started`` is when it began to listen: silence counts from then (micros)."""

    def __init__(self, started: int) -> None:
        self._started = started
        self._engine: Engine | None = None
        self._stamp: Any = None
        self._rows: dict[int, Rule] = {}
        self._day: date | None = None

    def forget(self) -> None:
        """What was not kept did not happen: everything is read again."""
        self._engine = None

    def take(self, readings: Sequence[Reading], blocks: Sequence[Block] = ()) -> int:
        """Look at a batch, in its transaction and before its latest values are kept; returns what turned."""
        engine = self.prepare()
        if not engine.rules:
            return 0
        return self._keep(engine, engine.take(*arranged(readings, blocks, engine)))

    def tick(self, now: int) -> int:
        """Look at the clock, as far as readings are in."""
        engine = self.prepare(now)
        if not engine.rules:
            return 0
        with transaction.atomic():
            return self._keep(engine, engine.tick(now))

    def prepare(self, now: int | None = None) -> Engine:
        """What is to be known before readings are looked at: rules as they are, and what is usual on the
        city's day of ``now`` (microseconds; None: of the day that is known). Asks the tables where either
        changed."""
        rules = Rule.objects.aggregate(Sum("revision"), Count("pk"))
        stamp = (rules, ObjectType.objects.aggregate(Sum("version"), Count("pk")))
        if self._engine is None or self._stamp != stamp:
            self._engine, self._day = self._made(), None
            self._stamp = stamp
        engine = self._engine
        if engine.past.baselines and (now is not None or self._day is None):
            self._learn_usual(engine, day_of(_heard_at() if now is None else now))
        return engine

    def _learn_usual(self, engine: Engine, today: date) -> None:
        """Once a day, of the day's weekday; of the whole week where days were missed. Days go forward."""
        if self._day is not None and today <= self._day:
            return
        is_next = self._day is not None and (today - self._day).days == 1
        fill_usual(engine.past, engine.things, today, whole=not is_next)
        self._day = today

    def _made(self) -> Engine:
        rows = list(Rule.objects.filter(is_current=True, is_on=True))
        kinds = {kind.key: kind for kind in ObjectType.objects.filter(key__in={row.type for row in rows})}
        self._rows = {row.pk: row for row in rows}
        rules: list[Watched] = []
        for row in rows:
            try:
                rules.append(watched_of(row, kinds[row.type]))
            except (ProblemError, ValueError, KeyError) as error:
                logger.warning("the rule %s is switched off: %s", row.key, error)
                with transaction.atomic():
                    fail_rule(row, str(error), by=BY)
        things = things_of(rules)
        past = Past((rule.declared.kind, window) for rule in rules for window in rule.declared.windows)
        self._stand(rules, things)
        for rule in rules:
            if rule.declared.silent:
                things.learn_measured(rule.declared.kind, rule.declared.measure)
        fill(past, things, _heard_at())
        return Engine(rules, things, past, self._started)

    def _stand(self, rules: Sequence[Watched], things: Things) -> None:
        by_id = {rule.id: rule for rule in rules}
        rows = list(RuleState.objects.filter(rule__in=by_id, since__isnull=False))
        things.learn({row.thing_id for row in rows})
        for row in rows:
            thing, rule = things.get(row.thing_id), by_id[row.rule_id]
            if thing is None:
                continue
            raised = None if row.fired_at is None else micros(row.fired_at)
            rule.mark(thing, Standing(micros(row.since), micros(row.at), raised, row.values))
            rule.kept.add(row.thing_id)

    def _keep(self, engine: Engine, turned: list[Turned]) -> int:
        self._keep_standings(engine)
        self._tell(turned)
        for rule, trouble in engine.failed:
            fail_rule(self._rows[rule.id], trouble, by=BY)
        engine.failed = []
        return len(turned)

    def _keep_standings(self, engine: Engine) -> None:
        """Where something changed: rows of what no longer holds stay and say so."""
        rows = []
        for rule, thing, standing in engine.changed.values():
            if standing.since is None and thing.object not in rule.kept:
                continue
            rule.kept.add(thing.object)
            rows.append(
                RuleState(
                    rule_id=rule.id,
                    thing_id=thing.object,
                    since=None if standing.since is None else moment(standing.since),
                    fired_at=None if standing.raised is None else moment(standing.raised),
                    at=moment(standing.at),
                    values=standing.values,
                )
            )
        engine.changed = {}
        RuleState.objects.bulk_create(
            rows,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["rule", "thing"],
            update_fields=["since", "fired_at", "at", "values"],
        )

    def _tell(self, turned: list[Turned]) -> None:
        for start in range(0, len(turned), CHUNK):
            part = turned[start : start + CHUNK]
            keys = {one.thing.object for one in part}
            found = Object.objects.filter(pk__in=keys, removed_at=None).select_related("type", "region")
            objects = {row.pk: row for row in found}
            places = _places(objects.values())
            drafts: list[bus.Draft] = []
            firings = Firings()
            for one in part:
                row = objects.get(one.thing.object)
                if row is None:
                    continue
                identity = identity_of(one)
                level = max(one.rule.level, row.level)
                drafts.append(
                    told(self._rows[one.rule.id], one, row, places.get(row.pk, ""), identity, level)
                )
                if one.step.turn is Turn.RAISED:
                    firings.raise_(_firing(one, identity, level))
                else:
                    firings.clear(one.rule.id, one.thing.object, moment(one.step.at))
            firings.keep()
            bus.publish_many(drafts, by=BY)


def _heard_at() -> int:
    """When the broker kept the last message that is in, in microseconds; 0 for none."""
    return Intake.objects.order_by("-heard_at").values_list("heard_at", flat=True).first() or 0


def _places(things: Iterable[Object]) -> dict[int, str]:
    """The paths of the regions in which things are: their own, or that of a device that measures them."""
    found = {thing.pk: thing.region.path if thing.region else "" for thing in things}
    lost = [key for key, path in found.items() if not path]
    rows = Device.objects.filter(thing__in=lost, region__isnull=False) if lost else Device.objects.none()
    return found | dict(rows.values_list("thing_id", "region__path"))


def identity_of(one: Turned) -> str:
    """The id of what a rule's turn publishes: the same whenever the same is told."""
    rule, step = one.rule, one.step
    words = f"{rule.declared.key} {rule.version} {one.thing.object} {step.turn} {step.since}"
    return str(uuid.uuid5(SPACE, words))


def _firing(one: Turned, identity: str, level: int) -> Firing:
    return Firing(
        rule_id=one.rule.id,
        thing_id=one.thing.object,
        version=one.rule.version,
        level=level,
        since=moment(one.step.since),
        fired_at=moment(one.step.at),
        values=one.values,
        event=identity,
        is_demo=one.is_demo,
    )
