"""Units as Chinese statistics print them, converted by pint from the definitions in ``units.txt``.

``亿元`` and ``万元`` are the same unit at two scales; ``元`` and ``人`` are two units. A share in ``%`` and a
difference in ``个百分点`` are two units as well: from 40 % to 42 % is 2 个百分点 and 5 %, so that neither is
ever taken for the other. A unit that is not defined is only equal to itself. Values stay decimal.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beichen.problem import Problem, ProblemError, code, said, shorten

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["convert", "is_unit", "unit_hint"]

NOT_COMPARABLE = code("DAT-102", "The value's unit cannot become the indicator's.", status=422)
DEFINITIONS = Path(__file__).with_name("units.txt")
# Signs that pint's grammar has no name for.
_SIGNS = {"": "数", "%": "百分比", "％": "百分比", "‰": "千分比", "‱": "万分比"}
_WORD = re.compile(r"[^\W\d]+[²³]?")
_LIMIT = 40  # longer texts are no unit


@lru_cache(maxsize=1)
def _registry() -> UnitRegistry[Any]:
    """The definitions, read once; pint is imported only where a unit must be converted."""
    from pint import UnitRegistry

    return UnitRegistry(str(DEFINITIONS), non_int_type=Decimal, autoconvert_to_preferred=False)


def _grammar(unit: str) -> str:
    """The unit as pint reads it; empty when it is no expression of words."""
    parts = [_SIGNS.get(part.strip(), part.strip()) for part in unit.split("/")]
    return "/".join(parts) if all(_WORD.fullmatch(part) for part in parts) else ""


@lru_cache(maxsize=512)
def _factor(unit: str, into: str) -> Decimal | None:
    """How many of ``into`` one of ``unit`` is; None when they measure different things."""
    from pint.errors import DimensionalityError, UndefinedUnitError

    units = _registry()
    source, target = _grammar(unit), _grammar(into)
    if not source or not target or max(len(unit), len(into)) > _LIMIT:
        return None
    try:
        found = units.Quantity(Decimal(1), source).to(target).magnitude
    except (DimensionalityError, UndefinedUnitError):
        return None
    return Decimal(found)


def convert(value: Decimal, unit: str, into: str) -> Decimal:
    """``value`` of ``unit`` as ``into``. Raises ProblemError DAT-102 when they measure different things."""
    if unit == into:
        return value
    factor = _factor(unit, into)
    if factor is None:
        message = shorten(
            said(
                "{unit} cannot become {into}",
                unit=unit or said("a plain number"),
                into=into or said("a plain number"),
            )
        )
        raise ProblemError(Problem(NOT_COMPARABLE, message, hint=unit_hint(unit, into)))
    return value * factor


def is_unit(text: str) -> bool:
    """Whether ``text`` is a unit that is defined; the empty text, a plain number, is one."""
    return _factor(text, text) is not None


def unit_hint(unit: str, into: str) -> str:
    """What to do about a unit that does not fit."""
    if {unit.strip(), into.strip()} & {"个百分点", "百分点"} and {unit.strip(), into.strip()} & {"%", "％"}:
        return said("% is a share, 个百分点 a difference of shares: state the value itself")
    if not into:
        return said("the indicator is a plain number without a unit")
    return said("the indicator is counted in {unit}", unit=into)
