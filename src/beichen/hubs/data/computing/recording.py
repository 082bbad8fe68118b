"""Writing what was computed: compared with what stands, only what differs, in one transaction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Q

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.periods import Stretch, Unit, period_of
from beichen.hubs.data.models import Computation, IndicatorValue, Kind
from beichen.kernel.levels import Level
from beichen.problem import Problem, ProblemError, said

BATCH = 1000
LARGEST = 1e17  # 24 digits are kept, six of them behind the point; one is left for rounding
# region id, dimension, member, period, kind
Identity = tuple[int, str, str, str, str]
WRITTEN = ("value", "starts", "ends", "length", "level", "body", "source_title", "status", "owner",
           "relation", "confidence", "source_url", "quote", "note", "note_en")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Computed:
    """A value as it was computed; ``body`` is the id of the body whose work it counts, None for none."""

    unit: Unit
    starts: date
    region: int
    dimension: str
    member: str
    body: int | None
    is_demo: bool
    value: Decimal


@dataclass(slots=True)
class Difference:
    """What a run wrote."""

    written: int = 0
    removed: int = 0
    periods: set[str] = field(default_factory=set)


def rounded(value: float, decimals: int) -> Decimal | None:
    """Half up (四舍五入), as statistics are rounded; None for what is no number.

    Raises ProblemError DAT-206 for one that is too large to be kept.
    """
    if not math.isfinite(value):
        return None
    if abs(value) >= LARGEST:
        raise ProblemError(Problem(codes.FAILED, said("a value is too large: {value}", value=f"{value:g}")))
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def write(
    row: Computation,
    values: Iterable[Computed],
    within: Mapping[Unit, Sequence[Stretch]] | None,
    owner: str,
) -> Difference:
    """Make the values of ``owner`` within the stretches of each unit (None: all of them) equal ``values``.

    What a person brought in by file stays, whatever is computed.
    """
    held = _held(row, within)
    difference = Difference()
    changed: list[IndicatorValue] = []
    for item in values:
        period = period_of(item.unit, item.starts)
        kind = (Kind.DEMO if item.is_demo else Kind.REAL).value
        before = held.pop((item.region, item.dimension, item.member, period.text, kind), None)
        compared = (item.value, _level(row, item), item.body, row.package)
        if before is None or (before[1] == owner and before[2:] != compared):
            changed.append(_row(row, item, owner))  # a model costs more than all that stands above
            difference.periods.add(period.text)
    gone = [pk for pk, kept_by, *_ in held.values() if kept_by == owner]
    difference.periods |= {identity[3] for identity, row_ in held.items() if row_[1] == owner}
    for start in range(0, len(changed), BATCH):
        IndicatorValue.everything.bulk_create(
            changed[start : start + BATCH],
            update_conflicts=True,
            unique_fields=["indicator", "region", "period", "kind", "dimension", "member"],
            update_fields=WRITTEN,
        )
    for start in range(0, len(gone), BATCH):
        IndicatorValue.everything.filter(pk__in=gone[start : start + BATCH]).delete()
    difference.written, difference.removed = len(changed), len(gone)
    return difference


def _held(
    row: Computation, within: Mapping[Unit, Sequence[Stretch]] | None
) -> dict[Identity, tuple[Any, ...]]:
    """What stands there: id, owner, and what is compared, by identity."""
    rows = IndicatorValue.everything.filter(indicator_id=row.indicator_id)
    if within is not None:
        asked = Q(pk__in=[])
        for unit, stretches in within.items():
            for first, last in stretches:
                asked |= Q(length=unit.value, starts__gte=first, starts__lte=last)
        rows = rows.filter(asked)
    named = rows.values_list(
        "region_id", "dimension", "member", "period", "kind", "pk", "owner", "value", "level", "body_id",
        "source_title",
    )  # fmt: skip
    return {(*found[:5],): found[5:] for found in named.iterator(chunk_size=5000)}


def _level(row: Computation, item: Computed) -> int:
    """The indicator's level; a body's own figures are internal."""
    is_of_body = item.dimension and "body" in item.dimension.split("+")
    return max(row.level, Level.L2.value) if is_of_body else row.level


def _row(row: Computation, item: Computed, owner: str) -> IndicatorValue:
    period = period_of(item.unit, item.starts)
    return IndicatorValue(
        indicator_id=row.indicator_id,
        region_id=item.region,
        period=period.text,
        starts=period.starts,
        ends=period.ends,
        length=item.unit.value,
        value=item.value,
        dimension=item.dimension,
        member=item.member,
        body_id=item.body,
        level=_level(row, item),
        kind=Kind.DEMO if item.is_demo else Kind.REAL,
        status="computed",
        source_title=row.package,
        owner=owner,
    )
