"""A number as its source states it, and what it means here: indicator, region, days, unit.

Everything that is wrong with any of the numbers is found before one of them is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from beichen.hubs.data.definitions import NO_INDICATOR, NOWHERE, TWICE, choice_faults
from beichen.hubs.data.models import Indicator, Kind
from beichen.hubs.data.period import Period, read_period
from beichen.hubs.data.units import convert
from beichen.kernel.org.models import Region
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

__all__ = ["CHOICES", "Statement", "ValueFacts", "understand"]

NO_REGION = code("DAT-103", "The value's region does not exist.", status=422)
NO_SOURCE = code("DAT-107", "The value names no source.", status=422)

CHOICES = {
    "relation": ("exact", "about", "at-least", "above"),
    "status": ("published", "preliminary", "computed"),
    "confidence": ("high", "medium", "low"),
    "kind": tuple(Kind.values),
}
_EXACT = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """A value, or a yearly target, in the source's own unit and with the source's words."""

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


@dataclass(frozen=True, slots=True)
class Statement:
    """A stated number that was understood; ``value`` is in the indicator's unit."""

    facts: ValueFacts
    indicator: Indicator
    region: Region
    period: Period
    value: Decimal


def understand(facts: Iterable[ValueFacts]) -> list[Statement]:
    """Each number with its meaning, in three queries. Raises ProblemError with every mistake."""
    items = list(facts)
    known = {row.key: row for row in Indicator.objects.filter(key__in={item.indicator for item in items})}
    regions = {row.code: row for row in Region.objects.filter(code__in={item.region for item in items})}
    statements: list[Statement] = []
    problems: list[Problem] = []
    seen: set[tuple[str, ...]] = set()
    for item in items:
        identity = (item.indicator, item.region, item.period, item.kind)
        if identity in seen:
            message = shorten(
                said(
                    "{indicator} {region} {period} stands twice",
                    indicator=item.indicator,
                    region=item.region,
                    period=item.period,
                )
            )
            problems.append(Problem(TWICE, message, item.where))
        seen.add(identity)
        if faults := list(_faults(item, known, regions)):
            problems += faults
            continue
        indicator = known[item.indicator]
        try:
            period = read_period(item.period)
            value = convert(item.value, item.unit, indicator.unit).quantize(_EXACT)
        except ProblemError as error:
            problems += [Problem(one.code, one.message, item.where, one.hint) for one in error.problems]
        else:
            statements.append(Statement(item, indicator, regions[item.region], period, value))
    if problems:
        raise ProblemError(*problems)
    return statements


def _faults(item: ValueFacts, known: dict[str, Indicator], regions: dict[str, Region]) -> Iterator[Problem]:
    if item.indicator not in known:
        keys = Indicator.objects.values_list("key", flat=True)
        message = shorten(said("there is no indicator {indicator}", indicator=item.indicator))
        yield Problem(NO_INDICATOR, message, item.where, nearest(item.indicator, keys))
    if item.region not in regions:
        yield Problem(
            NO_REGION, shorten(said("no region has the code {region}", region=item.region)), item.where
        )
    if not item.source_title:
        yield Problem(NO_SOURCE, said("every value names where it was found"), item.where)
    for field, possible in CHOICES.items():
        yield from choice_faults(field, getattr(item, field), possible, item.where)
