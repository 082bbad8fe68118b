"""Values and yearly targets: recording what sources state, and reading a series.

Recording compares first and writes only what differs, in two statements however many numbers there
are. A real value is never replaced by a demo one, nor by a target: all may stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from beichen.hubs.data.models import AnnualTarget, IndicatorValue
from beichen.hubs.data.statements import Statement, ValueFacts, understand
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.changes import Changes

__all__ = ["ValueFacts", "record_targets", "record_values", "series", "targets"]

SOURCED = ("relation", "confidence", "source_title", "source_url", "quote")
NOTED = ("status", "kind", "note", "note_en")
DECIDED = "file:"  # owners of values that a person brought in by file; no package replaces them
DATED = ("starts", "ends", "value", "owner")
Identity = tuple[Any, ...]


@transaction.atomic
def record_values(facts: Iterable[ValueFacts], *, owner: str, by: Actor, whole: bool = False) -> Changes:
    """Record values: one for each indicator, region, period and kind; the same again writes nothing.

    ``whole`` says that ``facts`` is everything that ``owner`` knows: its other values are removed. Values
    that a person brought in by file (owners ``file:…``) stay whatever a package says.
    Publishes ``data.value.recorded`` with the indicators whose numbers are others now.
    Keys in the report are ``indicator region period``. Raises ProblemError (DAT-101 to 107, 404) with
    every mistake, before anything is written.
    """
    changes = _record(IndicatorValue, (*SOURCED, *NOTED), facts, owner, whole)
    audit.record(by, "data.value.record", "hubs_data.indicatorvalue", detail=changes.counts())
    _tell("data.value.recorded", changes, owner, by)
    return changes


@transaction.atomic
def record_targets(facts: Iterable[ValueFacts], *, owner: str, by: Actor, whole: bool = False) -> Changes:
    """Record what the city set itself for a period, one for each indicator, region and period.

    Reports and raises like :func:`record_values`; status, kind and notes do not apply.
    """
    changes = _record(AnnualTarget, SOURCED, facts, owner, whole)
    audit.record(by, "data.target.record", "hubs_data.annualtarget", detail=changes.counts())
    _tell("data.target.recorded", changes, owner, by)
    return changes


def _tell(event_type: str, changes: Changes, owner: str, by: Actor) -> None:
    """Say which indicators have other numbers now."""
    names = [*changes.added, *changes.changed, *changes.removed]
    if names:
        keys = sorted({name.partition(" ")[0] for name in names})
        publish(event_type, owner, {"indicators": keys, **changes.counts()}, by=by)


def _record(
    model: type[IndicatorValue] | type[AnnualTarget],
    stated: Sequence[str],
    facts: Iterable[ValueFacts],
    owner: str,
    whole: bool,
) -> Changes:
    manager: Any = model._default_manager
    unsaved = [_row(model, stated, item, owner) for item in understand(facts)]
    rows = {_identity(row): row for row in unsaved}
    keys = {row.indicator_id for row in rows.values()}
    held = manager.filter(indicator_id__in=keys)
    existing = {_identity(row): row for row in held}
    compared = [*DATED, *(name for name in stated if name != "kind")]
    changes = Changes()
    created, updated = [], []
    for identity, row in rows.items():
        before = existing.get(identity)
        if before is None:
            created.append(row)
            changes.added.append(_name(row))
        elif whole and before.owner.startswith(DECIDED):
            changes.unchanged += 1
        elif any(getattr(before, field) != getattr(row, field) for field in compared):
            row.pk = before.pk
            updated.append(row)
            changes.changed.append(_name(row))
        else:
            changes.unchanged += 1
    manager.bulk_create(created, batch_size=500)
    manager.bulk_update(updated, compared, batch_size=200)
    if whole:
        changes.removed = _remove_others(manager, owner, rows)
    return changes


def _identity(row: Any) -> Identity:
    return row.indicator_id, row.region_id, row.period, getattr(row, "kind", "")


def _name(row: Any) -> str:
    return f"{row.indicator.key} {row.region.code} {row.period}"


def _row(
    model: type[IndicatorValue] | type[AnnualTarget], stated: Sequence[str], item: Statement, owner: str
) -> Any:
    more = {"length": item.period.length} if model is IndicatorValue else {}
    return model(
        indicator=item.indicator,
        region=item.region,
        period=item.period.text,
        starts=item.period.starts,
        ends=item.period.ends,
        value=item.value,
        owner=owner,
        **{name: getattr(item.facts, name) for name in stated},
        **more,
    )


def _remove_others(manager: Any, owner: str, kept: dict[Identity, Any]) -> list[str]:
    others = manager.filter(owner=owner).select_related("indicator", "region")
    gone = [row for row in others if _identity(row) not in kept]
    manager.filter(pk__in=[row.pk for row in gone]).delete()
    return sorted(_name(row) for row in gone)


def series(key: str, *, region: str = "", kind: str = "") -> QuerySet[IndicatorValue]:
    """The values of an indicator in order of time, with their regions, in one query.

    ``region`` and ``kind`` narrow it when given. An unknown indicator has no values.
    """
    rows = IndicatorValue.objects.filter(indicator__key=key, indicator__is_current=True)
    if region:
        rows = rows.filter(region__code=region)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("indicator", "region").order_by("region__code", "starts", "ends", "kind")


def targets(key: str, *, region: str = "") -> QuerySet[AnnualTarget]:
    """What the city set itself for an indicator, in order of time, with the regions, in one query."""
    rows = AnnualTarget.objects.filter(indicator__key=key, indicator__is_current=True)
    if region:
        rows = rows.filter(region__code=region)
    return rows.select_related("indicator", "region").order_by("region__code", "starts")


def series_of(keys: Iterable[str], *, region: str, kind: str = "real") -> QuerySet[IndicatorValue]:
    """The values of several indicators for one region, in order of indicator and time, in one query."""
    rows = IndicatorValue.objects.filter(indicator__key__in=set(keys), indicator__is_current=True, kind=kind)
    rows = rows.filter(region__code=region).select_related("indicator")
    return rows.order_by("indicator__key", "starts", "ends")
