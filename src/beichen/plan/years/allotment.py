"""A city's yearly target given to its districts (分区县下达). Pure; numbers are decimal.

An amount (``sum``) is divided so that the parts add up to it exactly; a rate or a share (``mean``) is
given to each alike, and what is entered must have the city's as its mean, weighted where weights are
known. Weights come from real values; a district without one is a refusal, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from beichen.plan.years.decomposition import PLACES
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NO_WEIGHT = code("PLN-409", "A district has no weight to divide by.", status=422)
SHORT = code("PLN-410", "The districts together do not reach the city's target.", status=409)

Whole = Literal["sum", "mean"]
TOLERANCE = Decimal("0.005")  # of the city's target: what rounding by hand may lose


def divide_equally(total: Decimal, regions: list[str], whole: Whole) -> dict[str, Decimal]:
    """The same for each: an equal part of a sum, or the rate itself."""
    if whole == "mean":
        return dict.fromkeys(regions, total)
    return divide_by_weights(total, dict.fromkeys(regions, Decimal(1)))


def divide_by_weights(total: Decimal, weights: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """Parts of a sum in proportion to ``weights``, which add up to it exactly.

    Raises ProblemError PLN-409 for each region whose weight is unknown or not above zero.
    """
    wrong = [region for region, weight in weights.items() if weight is None or weight <= 0]
    if wrong or not weights:
        names = "、".join(wrong) or "no district"
        raise ProblemError(
            Problem(
                NO_WEIGHT, shorten(said("no real value for {names}", names=names)), Where(field="weights")
            )
        )
    found: dict[str, Decimal] = {}
    with localcontext() as context:
        context.prec = 60
        whole = sum((weight for weight in weights.values() if weight is not None), Decimal(0))
        given, reached = Decimal(0), Decimal(0)
        for region, weight in weights.items():
            given += weight or 0
            until = total if given == whole else (total * given / whole).quantize(PLACES)
            found[region], reached = until - reached, until
    return found


@dataclass(frozen=True, slots=True)
class Balance:
    """The districts' targets beside the city's: their sum or mean, and what it lacks or exceeds."""

    whole: Whole
    city: Decimal
    together: Decimal
    missing: int

    @property
    def difference(self) -> Decimal:
        """What the districts have beyond the city's target; negative when they fall short."""
        return self.together - self.city

    def is_short(self, *, better: Literal["higher", "lower"] = "higher") -> bool:
        """Whether the districts together would miss the city's target by more than rounding."""
        allowed = abs(self.city) * TOLERANCE
        lack = -self.difference if better == "higher" else self.difference
        return self.missing == 0 and lack > allowed


def balance(
    city: Decimal,
    parts: Mapping[str, Decimal | None],
    whole: Whole,
    weights: Mapping[str, Decimal] | None = None,
) -> Balance:
    """Sum or mean of the parts that are known, beside the city's; weighted where all weights are."""
    known = {region: value for region, value in parts.items() if value is not None}
    total = sum(known.values(), Decimal(0))
    if whole == "mean" and known:
        if weights and set(known) <= set(weights):
            whole_weight = sum((weights[region] for region in known), Decimal(0))
            total = sum((value * weights[region] for region, value in known.items()), Decimal(0))
            total = (total / whole_weight).quantize(PLACES)
        else:
            total = (total / len(known)).quantize(PLACES)
    return Balance(whole, city, total, len(parts) - len(known))


def refuse_short(name: str, found: Balance) -> Problem:
    """What adoption says about districts that fall short."""
    lack = f"{-found.difference.normalize():f}"
    return Problem(
        SHORT, shorten(said("{name}: the districts lack {lack}", name=name, lack=lack)), Where(field=name)
    )
