"""A file of values understood: every row with its meaning, or everything that is wrong with it.

Nothing is written here. A row is *new*, the *same* as what is known, a *revision* by the same source, or a
*disagreement*: another source states another value for the period, and a person must decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.service import convert, read_period
from beichen.kernel.org.models import Region
from beichen.plan.models import Plan
from beichen.plan.monitoring.codes import CELL, MISSING_YEAR, SHIFTED, TWICE, UNIT, UNKNOWN
from beichen.plan.monitoring.columns import NAMES, REQUIRED, Cells, read_cells
from beichen.plan.monitoring.naming import Counted, Directory
from beichen.plan.monitoring.unfit import unfit_cells
from beichen.problem import Level, Problem, ProblemError, Where, nearest, said, shorten

_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+(\.\d+)?")
_PERIOD = re.compile(r"(19|20)\d\d(\s*年|-.+)?")
_YEAR = re.compile(r"(\d{4})\s*年?")
_PLACES = Decimal("0.000001")
STATUS = {"": "published", "正式": "published", "初步": "preliminary", "推算": "computed"}
STATUS |= {word: word for word in ("published", "preliminary", "computed")}


@dataclass(slots=True)
class Entry:
    """A row that was understood. ``value`` is in the indicator's unit, ``stated`` as the file has it."""

    row: int
    indicator: str
    name: str
    region: str
    region_name: str
    period: str
    value: str
    unit: str
    stated: str
    stated_unit: str
    source: str
    url: str = ""
    quote: str = ""
    status: str = "published"
    note: str = ""
    line: str = ""
    kind: str = "new"
    held: str = ""
    held_source: str = ""

    @property
    def is_converted(self) -> bool:
        """Whether the file states it in another unit."""
        return self.unit != self.stated_unit

    @property
    def identity(self) -> str:
        """What a decision names."""
        return f"{self.indicator} {self.region} {self.period}"


@dataclass(slots=True)
class Reading:
    """What a file says and what is wrong with it; problems of level warning do not stop it."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing stands against applying it but decisions."""
        return not any(problem.level is Level.ERROR for problem in self.problems)


def read_values(plan: Plan, content: bytes, name: str) -> Reading:
    """Understand a file; unreadable ones have their problems and no entries. Nothing is written."""
    try:
        rows = read_cells(content, name)
    except ProblemError as error:
        return Reading([], list(error.problems))
    directory, found = Directory(plan), Reading()
    for cells in rows:
        entry, problems = _entry(cells, directory)
        found.problems += problems
        if entry is not None:
            found.entries.append(entry)
    found.problems += _twice(found.entries)
    compare(found.entries)
    found.problems += _gaps(found.entries)
    return found


def _entry(cells: Cells, directory: Directory) -> tuple[Entry | None, list[Problem]]:
    if unfit := list(unfit_cells(cells)):
        return None, unfit
    if shift := _shift(cells, directory):
        return None, [shift]
    problems = [
        Problem(CELL, said("{names} is empty", names=NAMES[column][0]), cells.where(column))
        for column in REQUIRED
        if column != "unit" and not cells[column]
    ]
    counted = directory.indicator(cells["indicator"])
    region = directory.region_of(cells["region"])
    problems += _unknown(cells, directory, counted, region)
    period = _period(cells, problems)
    number = _number(cells, problems)
    status = STATUS.get(cells["status"])
    if status is None:
        message = shorten(said("{status!r} is no standing of a value", status=cells["status"]))
        problems.append(Problem(CELL, message, cells.where("status"), nearest(cells["status"], STATUS)))
    value = _converted(cells, counted, number, problems) if counted and number is not None else None
    if problems or counted is None or region is None or value is None or number is None:
        return None, problems
    return Entry(
        row=cells.number,
        indicator=counted.key,
        name=counted.name,
        region=region.code,
        region_name=region.name,
        period=period,
        value=f"{value:f}",
        unit=counted.unit,
        stated=f"{number:f}",
        stated_unit=cells["unit"],
        source=cells["source"][:300],
        url=cells["url"][:500],
        quote=cells["quote"],
        status=status or "published",
        note=cells["note"],
        line=str(counted.line.number) if counted.line else "",
    ), []


def _unknown(
    cells: Cells, directory: Directory, counted: Counted | None, region: Region | None
) -> Iterator[Problem]:
    if counted is None and cells["indicator"]:
        message = shorten(said("there is no indicator {indicator}", indicator=cells["indicator"]))
        hint = nearest(cells["indicator"], directory.indicator_words)
        yield Problem(UNKNOWN, message, cells.where("indicator"), hint)
    if region is None:
        stated = cells["region"]
        message = (
            said("there is no region {region}", region=stated)
            if stated
            else said("there is no region for the plan")
        )
        yield Problem(
            UNKNOWN, shorten(message), cells.where("region"), nearest(cells["region"], directory.region_words)
        )


def _period(cells: Cells, problems: list[Problem]) -> str:
    year = _YEAR.fullmatch(cells["period"])
    text = year[1] if year else cells["period"]
    if text:
        try:
            read_period(text)
        except ProblemError as error:
            problems += [
                Problem(CELL, one.message, cells.where("period"), one.hint) for one in error.problems
            ]
    return text


def _number(cells: Cells, problems: list[Problem]) -> Decimal | None:
    text = cells["value"]
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        hint = said("a number alone; the unit has its own column")
        problems.append(
            Problem(CELL, shorten(said("{text!r} is no number", text=text)), cells.where("value"), hint)
        )
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        problems.append(
            Problem(CELL, shorten(said("{text!r} is no number", text=text)), cells.where("value"))
        )
        return None


def _converted(cells: Cells, counted: Counted, number: Decimal, problems: list[Problem]) -> Decimal | None:
    try:
        return convert(number, cells["unit"], counted.unit).quantize(_PLACES).normalize()
    except ProblemError as error:
        where = cells.where("unit")
        problems += [Problem(UNIT, one.message, where, one.hint) for one in error.problems]
    except InvalidOperation:
        problems.append(Problem(CELL, said("the number is too large"), cells.where("value")))
    return None


def _shift(cells: Cells, directory: Directory) -> Problem | None:
    """A row that would fit if one cell were taken out or put in: the trace of a deleted or added cell."""
    order, texts = list(cells.texts), list(cells.texts.values())
    if _fits(order, texts, directory):
        return None
    empty_first = sorted(range(len(texts)), key=lambda at: bool(texts[at]))
    for at in empty_first:
        if _fits(order, [*texts[:at], *texts[at + 1 :], ""], directory):
            message = said(
                "from {names} on the cells stand one column too far to the right", names=NAMES[order[at]][0]
            )
            return Problem(SHIFTED, shorten(message), cells.where(order[at]), said("remove the extra cell"))
    for at in range(len(texts)):
        if _fits(order, [*texts[:at], "", *texts[at:-1]], directory):
            message = said(
                "from {names} on the cells stand one column too far to the left", names=NAMES[order[at]][0]
            )
            return Problem(SHIFTED, shorten(message), cells.where(order[at]), said("put the missing cell in"))
    return None


def _fits(order: list[str], texts: list[str], directory: Directory) -> bool:
    """Whether each cell looks like what its column holds."""
    row = dict(zip(order, texts, strict=True))
    return (
        directory.indicator(row["indicator"]) is not None
        and directory.region_of(row.get("region", "")) is not None
        and bool(_PERIOD.fullmatch(row["period"]))
        and bool(_NUMBER.fullmatch(row["value"]))
        and not _NUMBER.fullmatch(row["unit"])
    )


def _twice(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Rows of the file for the same period: a repetition, or two sources with both shown."""
    first: dict[str, Entry] = {}
    for entry in entries:
        before = first.setdefault(entry.identity, entry)
        if before is entry:
            continue
        message = shorten(
            said(
                "{name} {period} stands in row {row} already",
                name=entry.name,
                period=entry.period,
                row=before.row,
            )
        )
        both = f"{before.value} ({before.source}) / {entry.value} ({entry.source}): keep one of them"
        yield Problem(TWICE, message, Where(row=entry.row), shorten(both, 200))


def compare(entries: list[Entry]) -> None:
    """Mark each entry by what is known for its period: one query."""
    keys = {entry.indicator for entry in entries}
    rows = IndicatorValue.objects.filter(indicator__key__in=keys, kind="real").select_related(
        "indicator", "region"
    )
    held = {f"{row.indicator.key} {row.region.code} {row.period}": row for row in rows}
    for entry in entries:
        row = held.get(entry.identity)
        if row is None:
            continue
        entry.held, entry.held_source = f"{row.value.normalize():f}", row.source_title
        is_own = row.source_title == entry.source
        if row.value == Decimal(entry.value):
            entry.kind = "same" if is_own else "confirmed"
        else:
            entry.kind = "revision" if is_own else "disagreement"


def _gaps(entries: list[Entry]) -> Iterator[Problem]:
    """Years that are missing between a file's years and are not known either: said, not refused."""
    years: dict[tuple[str, str, str], set[int]] = {}
    for entry in entries:
        if entry.period.isdecimal():
            years.setdefault((entry.indicator, entry.region, entry.name), set()).add(int(entry.period))
    known = _known_years(key for key, _region, _name in years)
    for (key, region, name), stated in years.items():
        present = stated | known.get((key, region), set())
        missing = [year for year in range(min(stated), max(stated)) if year not in present]
        if missing:
            message = shorten(
                said("{name}: {names} is missing", name=name, names=", ".join(map(str, missing)))
            )
            hint = said("the sum or the mean over these years cannot be said")
            yield Problem(MISSING_YEAR, message, hint=hint, level=Level.WARNING)


def _known_years(keys: Iterable[str]) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = {}
    rows = IndicatorValue.objects.filter(indicator__key__in=set(keys), kind="real")
    for key, region, period in rows.values_list("indicator__key", "region__code", "period"):
        if period.isdecimal():
            found.setdefault((key, region), set()).add(int(period))
    return found
