"""Values: recording what a source states, and reading a series.

Recording compares first and writes only what differs, in two statements however many values there
are, and never replaces a real value by a demo one: both may stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from beichen.hubs.data.definitions import NO_INDICATOR, NOWHERE, TWICE, choice_faults
from beichen.hubs.data.models import Indicator, IndicatorValue, Kind
from beichen.hubs.data.period import Period, read_period
from beichen.hubs.data.units import convert
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Region
from beichen.problem import Problem, ProblemError, Where, code, nearest, shorten

__all__ = ["ValueFacts", "record_values", "series"]

NO_REGION = code("DAT-103", "The value's region does not exist.", status=422)
NO_SOURCE = code("DAT-107", "The value names no source.", status=422)

CHOICES = {
    "relation": ("exact", "about", "at-least", "above"),
    "status": ("published", "preliminary", "computed"),
    "confidence": ("high", "medium", "low"),
    "kind": tuple(Kind.values),
}
COMPARED = (
    "starts", "ends", "value", "relation", "status", "confidence", "source_title", "source_url", "quote",
    "note", "note_en", "owner",
)  # fmt: skip
_EXACT = Decimal("0.000001")
Identity = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """A value as its source states it: in the source's own unit, with the source's words."""

    indicator: str
    region: str
    period: str
    value: Decimal
    unit: str
    source_title: str
    source_url: str = ""
    quote: str = ""
    relation: str = "exact"
    status: str = "published"
    confidence: str = "high"
    kind: str = "real"
    note: str = ""
    note_en: str = ""
    where: Where = NOWHERE


@transaction.atomic
def record_values(facts: Iterable[ValueFacts], *, owner: str, by: Actor, whole: bool = False) -> Changes:
    """Record values: one for each indicator, region, period and kind; the same again writes nothing.

    ``whole`` says that ``facts`` is everything that ``owner`` knows: its other values are removed.
    Keys in the report are ``indicator region period``. Raises ProblemError (DAT-101 to 107, 404) with
    every mistake, before anything is written.
    """
    rows = _resolved(list(facts), owner)
    keys = {row.indicator_id for row in rows.values()}
    held = IndicatorValue.objects.filter(indicator_id__in=keys).select_related("indicator", "region")
    existing = {_identity(row): row for row in held}
    changes = Changes()
    created: list[IndicatorValue] = []
    updated: list[IndicatorValue] = []
    for identity, row in rows.items():
        name = f"{row.indicator.key} {row.region.code} {row.period}"
        before = existing.get(identity)
        if before is None:
            created.append(row)
            changes.added.append(name)
        elif any(getattr(before, field) != getattr(row, field) for field in COMPARED):
            row.pk = before.pk
            updated.append(row)
            changes.changed.append(name)
        else:
            changes.unchanged += 1
    IndicatorValue.objects.bulk_create(created, batch_size=500)
    IndicatorValue.objects.bulk_update(updated, COMPARED, batch_size=200)
    if whole:
        changes.removed = _remove_others(owner, rows.keys())
    audit.record(by, "data.value.record", "hubs_data.indicatorvalue", detail=changes.counts())
    return changes


def _identity(row: IndicatorValue) -> Identity:
    return row.indicator_id, row.region_id, row.period, row.kind


def _remove_others(owner: str, kept: Iterable[Identity]) -> list[str]:
    kept = set(kept)
    others = IndicatorValue.objects.filter(owner=owner).select_related("indicator", "region")
    gone = [row for row in others if _identity(row) not in kept]
    IndicatorValue.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return sorted(f"{row.indicator.key} {row.region.code} {row.period}" for row in gone)


def _resolved(facts: list[ValueFacts], owner: str) -> dict[Identity, IndicatorValue]:
    """Each stated value as an unsaved row, by identity; raises with every mistake."""
    known = {row.key: row for row in Indicator.objects.filter(key__in={item.indicator for item in facts})}
    codes = {item.region for item in facts}
    regions = {row.code: row for row in Region.objects.filter(code__in=codes)}
    rows: dict[Identity, IndicatorValue] = {}
    problems: list[Problem] = []
    for item in facts:
        faults = _faults(item, known, regions)
        try:
            period = read_period(item.period)
            value = convert(item.value, item.unit, known[item.indicator].unit) if not faults else Decimal(0)
        except ProblemError as error:
            faults += [Problem(found.code, found.message, item.where, found.hint) for found in error.problems]
        if faults:
            problems += faults
            continue
        row = _row(item, known[item.indicator], regions[item.region], period, value, owner)
        if _identity(row) in rows:
            message = shorten(f"{item.indicator} of {item.region} in {item.period} stands twice")
            problems.append(Problem(TWICE, message, item.where))
        rows[_identity(row)] = row
    if problems:
        raise ProblemError(*problems)
    return rows


def _faults(item: ValueFacts, known: dict[str, Indicator], regions: dict[str, Region]) -> list[Problem]:
    faults: list[Problem] = []
    if item.indicator not in known:
        keys = Indicator.objects.values_list("key", flat=True)
        message = shorten(f"there is no indicator {item.indicator}")
        faults.append(Problem(NO_INDICATOR, message, item.where, nearest(item.indicator, keys)))
    if item.region not in regions:
        faults.append(Problem(NO_REGION, shorten(f"no region has the code {item.region}"), item.where))
    if not item.source_title:
        faults.append(Problem(NO_SOURCE, "every value names where it was found", item.where))
    for field, possible in CHOICES.items():
        faults += choice_faults(field, getattr(item, field), possible, item.where)
    return faults


def _row(
    item: ValueFacts, what: Indicator, region: Region, period: Period, value: Decimal, owner: str
) -> IndicatorValue:
    return IndicatorValue(
        indicator=what,
        region=region,
        period=period.text,
        starts=period.starts,
        ends=period.ends,
        value=value.quantize(_EXACT),
        relation=item.relation,
        status=item.status,
        confidence=item.confidence,
        kind=item.kind,
        source_title=item.source_title,
        source_url=item.source_url,
        quote=item.quote,
        note=item.note,
        note_en=item.note_en,
        owner=owner,
    )


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
