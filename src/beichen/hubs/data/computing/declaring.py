"""Keeping how indicators are computed: compared with what stands, only differences written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from beichen.hubs.data.computing.declaration import Declaration
from beichen.hubs.data.definitions import IndicatorFacts, define_indicators
from beichen.hubs.data.models import Aggregation, Computation, Indicator
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.problem import Where


@transaction.atomic
def declare_computations(
    declared: Sequence[Declaration], *, owner: str, package: str, where: Where, by: Actor
) -> Changes:
    """Make the computed indicators of ``owner`` equal ``declared``; those that vanished stay, not current.

    ``package`` is what their values name as source. Raises ProblemError (DAT-105, 106) before it writes.
    """
    changes = define_indicators(_facts(declared, package, where), owner=owner, by=by)
    rows = dict(Indicator.objects.filter(owner=owner).values_list("key", "pk"))
    kept = {row.indicator_id: row for row in Computation.objects.filter(indicator__owner=owner)}
    for item in declared:
        values = _values(item, package)
        row = kept.get(rows[item.key])
        if row is None:
            Computation.objects.create(indicator_id=rows[item.key], **values)
        elif differing := {name: value for name, value in values.items() if getattr(row, name) != value}:
            Computation.objects.filter(pk=row.pk).update(**differing)
            if item.key not in {*changes.added, *changes.changed}:
                changes.changed.append(item.key)
                changes.unchanged -= 1
    return changes


def _facts(declared: Iterable[Declaration], package: str, where: Where) -> Iterable[IndicatorFacts]:
    for item in declared:
        head = item.header
        yield IndicatorFacts(
            key=item.key,
            name=head.zh,
            name_en=head.en,
            direction=head.better,
            aggregation=Aggregation.SUM if item.is_sum else Aggregation.NONE,
            unit=head.unit,
            period=head.every[0] if len(head.every) == 1 else "",
            definition=head.about_zh,
            definition_en=head.about_en,
            source=package,
            where=where,
        )


def _values(item: Declaration, package: str) -> dict[str, Any]:
    head = item.header
    return {
        "sql": item.text,
        "digest": item.digest,
        "every": [unit.value for unit in head.every],
        "by": [{"names": list(one.names), "every": [unit.value for unit in one.every]} for one in head.by],
        "target": str(head.target or ""),
        "decimals": head.decimals,
        "level": head.level,
        "sources": {name: list(columns) for name, columns in item.sources.items()},
        "package": package,
    }
