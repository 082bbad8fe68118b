"""Giving a line's city target to the districts: equal shares, real weights, or numbers entered.

Districts are the plan's region's current counties. Weights are an indicator of the data hub: the last
real yearly value of each district until the year.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.service import indicator
from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Region
from beichen.plan.models import Plan
from beichen.plan.years.allotment import divide_by_weights, divide_equally
from beichen.plan.years.balances import whole_of
from beichen.plan.years.drafting import (
    BAD_VALUE,
    DRAFT,
    checked_reason,
    checked_value,
    refuse_adopted,
    resource,
    target_of,
)
from beichen.plan.years.models import Method, YearPlan, YearTarget
from beichen.problem import Problem, ProblemError, Where, said

POPULATION = "permanent-population"


def districts_of(plan: Plan) -> list[Region]:
    """The districts and counties that the plan's region is made of."""
    if plan.region is None:
        return []
    return list(Region.objects.filter(parent=plan.region, is_current=True).order_by("code"))


def weights_of(key: str, regions: list[Region], year: int) -> dict[str, Decimal | None]:
    """The last real value of an indicator until ``year`` by region name; None where there is none.

    Raises ProblemError DAT-404.
    """
    rows = IndicatorValue.objects.filter(
        indicator=indicator(key), region__in=regions, kind="real", starts__year__lte=year
    )
    known: dict[int, Decimal] = {}
    for row in rows.order_by("starts"):
        if row.period.isdecimal():
            known[row.region_id] = row.value
    return {region.name: known.get(region.pk) for region in regions}


def _given(
    target: YearTarget, method: Method, weights: str, year: int, regions: list[Region]
) -> list[Decimal]:
    if target.value is None:
        message = said("the city itself has no target for the year")
        raise ProblemError(Problem(BAD_VALUE, message, Where(field="method")))
    if method is Method.WEIGHTS:
        found = divide_by_weights(target.value, weights_of(weights or POPULATION, regions, year))
    else:
        found = divide_equally(target.value, [region.name for region in regions], whole_of(target))
    return list(found.values())


@transaction.atomic
def allot(
    row: YearPlan, pk: int, method: str, *, reason: str, by: Actor, weights: str = POPULATION
) -> list[YearTarget]:
    """Give a city target of a draft to all districts, in place of what they had.

    ``method`` is equal, weights, or entered (empty rows to be filled in). Raises ProblemError: ACC-403,
    PLN-409 (a district without a real weight), PLN-413 to 416, DAT-404.
    """
    require(by, DRAFT, row)
    refuse_adopted(row)
    why, head = checked_reason(reason), target_of(row, pk)
    how, regions = Method(method), districts_of(row.plan)
    values: list[Decimal | None] = [None] * len(regions)
    if how is not Method.ENTERED:
        values = [checked_value(value) for value in _given(head, how, weights, row.year, regions)]
    YearTarget.objects.filter(year_plan=row, key=head.key, part=head.part, region__isnull=False).delete()
    now = timezone.now()
    made = [
        YearTarget(
            year_plan=row,
            region=region,
            value=value,
            generated=value,
            method=how,
            reason=why,
            changed_by=by.key,
            changed_at=now,
            **{name: getattr(head, name) for name in _COPIED},
        )
        for region, value in zip(regions, values, strict=True)
    ]
    YearTarget.objects.bulk_create(made)
    detail = {
        "line": f"{head.number}/{head.part}",
        "method": method,
        "weights": weights,
        "districts": len(made),
    }
    audit.record(by, "plan.year.allot", resource(row), detail=detail, reason=why)
    return made


_COPIED = ("key", "number", "part", "name", "unit", "comparator", "nature", "position")
