"""A project's money: fund lines, and what is planned and done by year, quarter and month, in 万元."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Sum

from beichen.kernel.actor import Actor
from beichen.plan.investment.codes import BAD_FIELD, BAD_MONEY, OVERLAP
from beichen.plan.investment.declared import Source
from beichen.plan.investment.models import FundLine, Investment, PartMoney, YearMoney
from beichen.plan.investment.moments import months_of
from beichen.plan.investment.register import as_json, note
from beichen.plan.investment.rights import require_writer
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

MOST = Decimal(10) ** 14
YUAN = Decimal("0.0001")


def exact(value: Any, field: str) -> Decimal | None:
    """An amount in 万元, to the yuan; None stays "no data". Raises ProblemError PLN-602."""
    if value in (None, ""):
        return None
    try:
        amount = Decimal(str(value))
        if not amount.is_finite() or not 0 <= amount < MOST or amount != amount.quantize(YUAN):
            raise InvalidOperation
    except InvalidOperation:
        message = shorten(said("{value} is no amount in 万元, from zero, to the yuan", value=value))
        raise ProblemError(Problem(BAD_FIELD, message, Where(field=field))) from None
    return amount.quantize(YUAN)


def _known_source(source: str) -> str:
    if source not in Source.values:
        hint = nearest(source, Source.values)
        raise ProblemError(
            Problem(
                BAD_FIELD, shorten(said("no source {source}", source=source)), Where(field="source"), hint
            )
        )
    return Source(source).value


@transaction.atomic
def set_funds(
    row: Investment,
    lines: Mapping[str, tuple[Any, Any]],
    *,
    by: Actor,
    reason: str = "",
) -> dict[str, list[Any]]:
    """Make the fund lines equal ``lines``: source → (planned, allotted); returns what changed.

    Raises ProblemError: ACC-403, PLN-602, PLN-606 when more is allotted than planned or the lines
    together exceed the total investment.
    """
    require_writer(by, row)
    wanted = {
        _known_source(source): (exact(planned, source), exact(allotted, source))
        for source, (planned, allotted) in lines.items()
    }
    _refuse_contradiction(row, wanted)
    existing = {line.source: line for line in FundLine.objects.filter(investment=row)}
    told: dict[str, list[Any]] = {}
    for source, (planned, allotted) in wanted.items():
        line = existing.pop(source, None)
        before = [None, None] if line is None else [line.planned, line.allotted]
        if line is not None and before == [planned, allotted]:
            continue
        told[source] = [[as_json(one) for one in before], [as_json(planned), as_json(allotted)]]
        values = {"planned": planned, "allotted": allotted}
        FundLine.objects.update_or_create(investment=row, source=source, defaults=values)
    for source, line in existing.items():
        told[source] = [[as_json(line.planned), as_json(line.allotted)], None]
        line.delete()
    if told:
        note(row, "funds", told, by=by, reason=reason)
    return told


def _refuse_contradiction(
    row: Investment, wanted: Mapping[str, tuple[Decimal | None, Decimal | None]]
) -> None:
    problems = [
        Problem(
            BAD_MONEY,
            said(
                "{source}: {allotted} allotted of {planned} planned",
                source=source,
                allotted=allotted,
                planned=planned,
            ),
            Where(field=source),
        )
        for source, (planned, allotted) in wanted.items()
        if planned is not None and allotted is not None and allotted > planned
    ]
    together = sum((planned for planned, _ in wanted.values() if planned is not None), Decimal(0))
    if row.total is not None and together > row.total:
        message = said(
            "the lines together are {together}, the total investment is {total}",
            together=together,
            total=row.total,
        )
        problems.append(Problem(BAD_MONEY, shorten(message), Where(field="total")))
    if problems:
        raise ProblemError(*problems)


@transaction.atomic
def set_year(
    row: Investment, year: int, *, by: Actor, planned: Any = ..., done: Any = ..., reason: str = ""
) -> YearMoney:
    """Write what is planned or done in a year; what is not given stays.

    Raises ProblemError: ACC-403, PLN-602, PLN-606 when months or quarters say another sum.
    """
    require_writer(by, row)
    if not 1950 <= year <= 2200:
        raise ProblemError(Problem(BAD_FIELD, said("{year} is no year", year=year), Where(field="year")))
    line = YearMoney.objects.filter(investment=row, year=year).first()
    line = line or YearMoney(investment=row, year=year)
    told: dict[str, Any] = {}
    given = {
        name: exact(value, name) for name, value in (("planned", planned), ("done", done)) if value is not ...
    }
    parts = PartMoney.objects.filter(investment=row, year=year).aggregate(sum=Sum("done"))["sum"]
    if parts is not None and "done" in given and given["done"] != parts:
        message = said(
            "{year}: months and quarters sum to {parts}, not {done}",
            year=year,
            parts=parts,
            done=given["done"],
        )
        raise ProblemError(Problem(BAD_MONEY, shorten(message), Where(field="done")))
    for name, value in given.items():
        if getattr(line, name) != value:
            told[f"{year} {name}"] = [as_json(getattr(line, name)), as_json(value)]
            setattr(line, name, value)
    if told:
        line.save()
        note(row, "year", told, by=by, reason=reason)
    return line


@transaction.atomic
def record_done(row: Investment, period: str, done: Any, *, by: Actor, reason: str = "") -> YearMoney:
    """Write what was done in a month or quarter; None takes it back. The year becomes their sum.

    Raises ProblemError: ACC-403, PLN-602, PLN-607 when a month and its quarter would both count.
    """
    require_writer(by, row)
    months = months_of(period)
    if months is None:
        message = shorten(said("{period} is no month or quarter, such as 2024-03 or 2024-Q1", period=period))
        raise ProblemError(Problem(BAD_FIELD, message, Where(field="period")))
    year, amount = int(period[:4]), exact(done, "done")
    parts = {part.period: part for part in PartMoney.objects.filter(investment=row, year=year)}
    crossed = [name for name in parts if name != period and (months_of(name) or frozenset()) & months]
    if crossed and amount is not None:
        message = said(
            "{period} lies within what {names} counts", period=period, names=", ".join(sorted(crossed))
        )
        raise ProblemError(Problem(OVERLAP, shorten(message), Where(field="period")))
    before = parts[period].done if period in parts else None
    line = YearMoney.objects.filter(investment=row, year=year).first()
    line = line or YearMoney(investment=row, year=year)
    if before == amount:
        return line
    if amount is None:
        parts.pop(period).delete()
    else:
        defaults = {"year": year, "done": amount}
        parts[period], _ = PartMoney.objects.update_or_create(
            investment=row, period=period, defaults=defaults
        )
    line.done = sum((part.done for part in parts.values()), Decimal(0)) if parts else None
    line.save()
    note(row, "done", {period: [as_json(before), as_json(amount)]}, by=by, reason=reason)
    return line
