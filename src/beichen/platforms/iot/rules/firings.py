"""What rules raised: kept by the batch, read within the asker's rights, forgotten when it is long over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.platforms.iot.models import Firing, Rule, RuleState
from beichen.platforms.iot.rights import READ
from beichen.registry.models import Object
from beichen.settings import settings

CHUNK = 5_000
PAIRS = 500  # a statement


class Firings:
    """What a batch raised and ended, in its order; kept in few statements, however much it is."""

    def __init__(self) -> None:
        self._raised: list[Firing] = []
        self._open: dict[tuple[int, int], Firing] = {}
        self._over: dict[tuple[int, int], datetime] = {}

    def raise_(self, row: Firing) -> None:
        """A rule is raised of a thing."""
        self._raised.append(row)
        self._open[(row.rule_id, row.thing_id)] = row

    def clear(self, rule: int, thing: int, at: datetime) -> None:
        """It is over: what was raised before, or in this very batch."""
        row = self._open.pop((rule, thing), None)
        if row is not None:
            row.cleared_at = at
        else:
            self._over.setdefault((rule, thing), at)

    def keep(self) -> None:
        """Write it down, in the caller's transaction."""
        over = [(rule, thing, at) for (rule, thing), at in self._over.items()]
        for start in range(0, len(over), PAIRS):
            _end(over[start : start + PAIRS])
        Firing.objects.bulk_create(self._raised, batch_size=CHUNK)


def _end(over: list[tuple[int, int, datetime]]) -> None:
    """Say of open firings when they were over: one statement, by the index of those that are open."""
    table = Firing._meta.db_table
    adapted = connection.ops.adapt_datetimefield_value
    values: list[Any] = []
    for rule, thing, at in over:
        values += [rule, thing, adapted(at)]
    rows = ", ".join(["(%s, %s, %s)"] * len(over))
    statement = (
        f"UPDATE {table} SET cleared_at = v.column3 FROM (VALUES {rows}) AS v"  # noqa: S608 - no value
        f" WHERE {table}.rule_id = v.column1 AND {table}.thing_id = v.column2 AND {table}.cleared_at IS NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def firings_of(rule: Rule, *, by: Actor) -> QuerySet[Firing]:
    """What it raised of things that ``by`` may see, the newest first."""
    rows = Firing.objects.filter(rule=rule).select_related("thing__region")
    return access.visible(by, READ, rows)


def standing_of(rule: Rule, *, by: Actor) -> tuple[int, int]:
    """With how many of those things it is raised now, and with how many its condition has begun to hold."""
    seen = access.visible(by, READ, Object.objects.filter(type__key=rule.type))
    held = RuleState.objects.filter(rule=rule, since__isnull=False, thing__in=seen)
    raised = held.filter(fired_at__isnull=False).count()
    return raised, held.count() - raised


def forget_firings(now: datetime, *, by: Actor) -> int:
    """Forget what was over more than BEICHEN_FIRING_DAYS ago; returns how many firings that were.

    What is raised still is kept, however old.
    """
    days = settings().firing_days
    if not days:
        return 0
    before = now - timedelta(days=days)
    forgotten = 0
    while True:
        with transaction.atomic():
            keys = list(
                Firing.objects.filter(cleared_at__lt=before).order_by().values_list("pk", flat=True)[:CHUNK]
            )
            Firing.objects.filter(pk__in=keys).delete()
            forgotten += len(keys)
            if len(keys) < CHUNK:
                if forgotten:
                    detail = {"firings": forgotten, "over_before": before.isoformat()}
                    audit.record(by, "iot.rule.forget", "platforms_iot.firing", detail=detail)
                return forgotten
