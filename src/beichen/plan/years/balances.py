"""The districts' targets of a version beside the city's, line by line."""

from __future__ import annotations

from collections.abc import Iterable

from beichen.plan.years.allotment import Balance, Whole, balance, refuse_short
from beichen.plan.years.models import YearPlan, YearTarget
from beichen.problem import Problem

_MEANS = ("%", "‰", "％")
_PER = ("每", "人均", "平均", "率", "比例", "预期寿命")


def whole_of(row: YearTarget) -> Whole:
    """How districts make the city: rates, shares and what is counted per head have a mean, amounts a sum."""
    is_rate = row.unit in _MEANS or any(word in row.name for word in _PER)
    return "mean" if is_rate else "sum"


def balances(targets: Iterable[YearTarget]) -> dict[tuple[str, str], Balance]:
    """The balance of each line that districts have a part in, by (key, part)."""
    city: dict[tuple[str, str], YearTarget] = {}
    districts: dict[tuple[str, str], list[YearTarget]] = {}
    for row in targets:
        line = (row.key, row.part)
        if row.region_id is None:
            city[line] = row
        else:
            districts.setdefault(line, []).append(row)
    found = {}
    for line, rows in districts.items():
        head = city.get(line)
        if head is not None and head.value is not None:
            parts = {str(row.region_id): row.value for row in rows}
            found[line] = balance(head.value, parts, whole_of(head))
    return found


def imbalances(version: YearPlan) -> list[Problem]:
    """What adoption refuses: a problem (PLN-410) for each line whose districts fall short together."""
    targets = list(version.targets.all())
    heads = {(row.key, row.part): row for row in targets if row.region_id is None}
    return [
        refuse_short(heads[line].name, found)
        for line, found in balances(targets).items()
        if found.is_short(better="lower" if heads[line].comparator in ("<", "<=") else "higher")
    ]
