"""Units as Chinese statistics print them, and the one conversion that they need: between scales.

``亿元`` and ``万元`` are the same unit at two scales; ``元`` and ``人`` are two units. A unit that is
not listed is only equal to itself. The code beside each unit is UCUM.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from beichen.problem import Problem, ProblemError, code

__all__ = ["UNITS", "Unit", "convert"]

NOT_COMPARABLE = code("DAT-102", "The value's unit cannot become the indicator's.", status=422)


@dataclass(frozen=True, slots=True)
class Unit:
    """What one of a printed unit is: ``scale`` times the UCUM unit."""

    scale: Decimal
    ucum: str


def _scaled(ucum: str, **scales: str) -> dict[str, Unit]:
    return {printed: Unit(Decimal(scale), ucum) for printed, scale in scales.items()}


UNITS: dict[str, Unit] = {
    "": Unit(Decimal(1), "1"),
    "%": Unit(Decimal(1), "%"),
    "微克/立方米": Unit(Decimal(1), "ug/m3"),
    **_scaled("CNY", 元="1", 万元="10000", 亿元="100000000", 万亿元="1000000000000"),
    **_scaled("{person}", 人="1", 万人="10000"),
    **_scaled("{trip}", 人次="1", 万人次="10000", 亿人次="100000000"),
    **_scaled("{vehicle}", 辆="1", 万辆="10000"),
    **_scaled("{household}", 户="1", 万户="10000"),
    **_scaled("kg", 公斤="1", 斤="0.5", 亿斤="50000000", 万吨="10000000", 吨="1000"),
    **_scaled("m2", 平方米="1", 平方千米="1000000", 平方公里="1000000", 公顷="10000"),
    **_scaled("m", 米="1", 公里="1000", 千米="1000"),
}


def convert(value: Decimal, unit: str, into: str) -> Decimal:
    """``value`` of ``unit`` as ``into``. Raises ProblemError DAT-102 when they measure different things."""
    if unit == into:
        return value
    source, target = UNITS.get(unit), UNITS.get(into)
    if source is None or target is None or source.ucum != target.ucum:
        message = f"{unit or 'a plain number'} cannot become {into or 'a plain number'}"
        raise ProblemError(Problem(NOT_COMPARABLE, message))
    return value * source.scale / target.scale
