"""A five-year target becomes yearly ones (年度分解), by the indicator's nature. Pure; numbers are decimal.

==============  =====================================================================================
linear 线性      equal steps from the base to the target
compound 复合    equal growth from the base to the target: ``base · (target / base) ** (i / n)``
cumulative 累计  parts of a sum, equal or by shares; a year's value is what that year adds
keep 保持        the target in every year: a rate to hold, a level not to fall from
step 台阶        the base until a stated year, then up by equal steps; the target from the last step on
derived 推算     another indicator's target of the same year times a factor
==============  =====================================================================================

What holds for every nature: the last year is the target exactly (a sum is reached exactly), the way goes
in one direction, and a year has no target rather than a guessed one: a step without a base says nothing
about the years before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NO_BASE = code("PLN-401", "A target cannot be divided into years without a base.", status=422)
NO_GROWTH = code("PLN-402", "No growth leads from the base to the target.", status=422)
NO_YEARS = code("PLN-403", "The target's year does not lie after the base's.", status=422)
OUTSIDE = code("PLN-404", "A step lies outside the years of the plan.", status=422)
BAD_SHARES = code("PLN-405", "The shares of a sum do not fit the years.", status=422)
CIRCULAR = code("PLN-406", "A target is defined by itself.", status=422)
NO_SOURCE = code("PLN-407", "A target is derived from one that does not exist.", status=422)
NO_TARGET = code("PLN-408", "The plan states no number that could be divided.", status=422)

PLACES = Decimal("0.000001")  # what a yearly target is kept with


class Nature(StrEnum):
    """How a target is reached over the years."""

    LINEAR = "linear"
    COMPOUND = "compound"
    CUMULATIVE = "cumulative"
    KEEP = "keep"
    STEP = "step"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Aim:
    """What is divided: ``base`` of ``base_year``, ``target`` of ``last_year``, ``first_year`` the plan's.

    ``shares`` are the weights of a sum's years, first to last; ``steps`` the years in which a level
    rises. Both are empty for the usual: equal parts, one step in the last year.
    """

    nature: Nature
    first_year: int
    last_year: int
    base_year: int
    base: Decimal | None
    target: Decimal | None
    shares: tuple[Decimal, ...] = ()
    steps: tuple[int, ...] = ()

    @property
    def years(self) -> range:
        """The years that get a target."""
        return range(self.first_year, self.last_year + 1)


def divide(aim: Aim) -> dict[int, Decimal]:
    """The target of each year. Raises ProblemError PLN-401 to 405, 408."""
    if aim.target is None:
        raise _refusal(NO_TARGET, "the plan's table has no number here", "target")
    if aim.last_year < aim.first_year:
        raise _refusal(NO_YEARS, f"{aim.last_year} is before {aim.first_year}", "target_year")
    if aim.nature is Nature.KEEP:
        return dict.fromkeys(aim.years, aim.target)
    if aim.nature is Nature.CUMULATIVE:
        return _parts(aim, aim.target)
    if aim.nature is Nature.STEP:
        return _steps(aim, aim.target)
    if aim.nature is Nature.DERIVED:
        raise _refusal(NO_SOURCE, "a derived target needs its source's yearly targets", "source")
    return _course(aim, aim.target)


def _refusal(problem: str, message: str, field: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(problem, shorten(message), Where(field=field), hint))


def _rounded(value: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return value.quantize(PLACES)


def _base(aim: Aim) -> Decimal:
    if aim.base is None:
        hint = said("choose keep or step, or enter the years' targets")
        raise _refusal(NO_BASE, f"{aim.nature} needs the value of {aim.base_year}", "base", hint)
    if aim.last_year <= aim.base_year:
        raise _refusal(NO_YEARS, f"{aim.last_year} is not after {aim.base_year}", "target_year")
    return aim.base


def _course(aim: Aim, target: Decimal) -> dict[int, Decimal]:
    """A straight line or a curve of equal growth."""
    base = _base(aim)
    if aim.nature is Nature.COMPOUND and min(base, target) <= 0:
        hint = said("choose linear: growth in percent needs both above zero")
        raise _refusal(NO_GROWTH, f"no growth leads from {base} to {target}", "nature", hint)
    span = aim.last_year - aim.base_year
    low, high = min(base, target), max(base, target)
    found: dict[int, Decimal] = {}
    with localcontext() as context:
        context.prec = 60
        for year in aim.years:
            way = Decimal(year - aim.base_year) / span
            if aim.nature is Nature.COMPOUND:
                value = base * (target / base) ** way
            else:
                value = base + (target - base) * way
            found[year] = min(max(_rounded(value), low), high) if year > aim.base_year else base
    found[aim.last_year] = target
    return found


def _parts(aim: Aim, target: Decimal) -> dict[int, Decimal]:
    """Parts of a sum: differences of its rounded course, so that no rounding is lost."""
    count = len(aim.years)
    shares = aim.shares or (Decimal(1),) * count
    if len(shares) != count:
        raise _refusal(BAD_SHARES, f"{len(shares)} shares for {count} years", "shares")
    if any(not share.is_finite() or share < 0 for share in shares) or sum(shares) == 0:
        raise _refusal(BAD_SHARES, "shares are numbers from zero, not all of them zero", "shares")
    found: dict[int, Decimal] = {}
    with localcontext() as context:
        context.prec = 60
        total, reached, given = sum(shares, Decimal(0)), Decimal(0), Decimal(0)
        for year, share in zip(aim.years, shares, strict=True):
            given += share
            until = target if given == total else _rounded(target * given / total)
            found[year], reached = until - reached, until
    return found


def _steps(aim: Aim, target: Decimal) -> dict[int, Decimal]:
    """Equal steps in the stated years. Without a base only one step can be, and nothing before it."""
    steps = tuple(sorted(set(aim.steps))) or (aim.last_year,)
    wrong = [year for year in steps if year not in aim.years]
    if wrong:
        hint = said("from {first_year} to {last_year}", first_year=aim.first_year, last_year=aim.last_year)
        raise _refusal(OUTSIDE, f"{', '.join(map(str, wrong))} is outside the plan", "steps", hint)
    if aim.base is None:
        if len(steps) > 1:
            raise _refusal(NO_BASE, f"steps need the value of {aim.base_year}", "base", "state one step")
        return {year: target for year in aim.years if year >= steps[0]}
    levels = _levels(aim.base, target, len(steps))
    return {year: levels[sum(step <= year for step in steps)] for year in aim.years}


def _levels(base: Decimal, target: Decimal, count: int) -> list[Decimal]:
    with localcontext() as context:
        context.prec = 60
        between = [_rounded(base + (target - base) * index / count) for index in range(1, count)]
    return [base, *between, target]


def derive(source: Mapping[int, Decimal], factor: Decimal) -> dict[int, Decimal]:
    """A source's yearly targets times ``factor``."""
    with localcontext() as context:
        context.prec = 60
        return {year: _rounded(value * factor) for year, value in source.items()}


def order_of(sources: Mapping[str, str]) -> list[str]:
    """The names so that each stands after the one that it is derived from ("" for none).

    Raises ProblemError: PLN-406 with the circle written out, PLN-407 for a source that nobody has;
    every mistake at once.
    """
    ordered: dict[str, None] = {}
    problems: list[Problem] = []
    for name in sources:
        way = _way(name, sources, ordered)
        last = sources[way[-1]] if way else ""
        if last in way:
            circle = way[way.index(last) :]
            message = shorten(" → ".join([*circle, last]))
            problems.append(
                Problem(CIRCULAR, message, Where(field="source"), said("break one of these links"))
            )
        elif last and last not in sources:
            message = shorten(
                said("{way} is derived from {last}, which is not there", way=way[-1], last=last)
            )
            problems.append(Problem(NO_SOURCE, message, Where(field="source")))
        ordered.update(dict.fromkeys(reversed(way)))
    if problems:
        raise ProblemError(*problems)
    return list(ordered)


def _way(name: str, sources: Mapping[str, str], known: Mapping[str, None]) -> list[str]:
    """From a name to its source, the source's source …, until one is known, missing or met again."""
    way: list[str] = []
    while name in sources and name not in known and name not in way:
        way.append(name)
        name = sources[name]
    return way
