"""`indicators.csv`, `statistics.csv` and `annual-targets.csv`: what a city package says in numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from beichen.hubs.data import service
from beichen.hubs.data.computing.section import ComputedSection
from beichen.hubs.data.definitions import NO_INDICATOR
from beichen.hubs.data.facilities import FacilitiesSection
from beichen.hubs.data.models import Aggregation, Direction
from beichen.hubs.data.period import read_period
from beichen.hubs.data.regions import known_regions, region_faults
from beichen.hubs.data.statements import CHOICES
from beichen.hubs.data.units import convert
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.tables import Column, Row, Table, read_table
from beichen.problem import Problem, ProblemError, nearest, said, shorten

INDICATORS, STATISTICS, TARGETS = "indicators.csv", "statistics.csv", "annual-targets.csv"
KEY = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
PERIOD = r"\d{4}(-S[12]|-Q[1-4]|-\d\d(-\d\d(/P\d{1,4}D)?)?)?"
REGION = r"\d{6}(\d{3}(\d{3})?)?"

INDICATOR_COLUMNS = (
    Column("key", form=KEY, example="permanent-population"),
    Column("name"),
    Column("name_en"),
    Column("unit", required=False),
    Column("direction", choices=tuple(Direction.values)),
    Column("aggregation", choices=tuple(Aggregation.values)),
    Column("period", required=False, choices=("year", "quarter", "month", "day")),
    Column("published_as", required=False),
    Column("definition", required=False),
    Column("definition_en", required=False),
    Column("source", required=False),
)
STATED_COLUMNS = (
    Column("indicator", form=KEY, example="permanent-population"),
    Column("name", required=False),
    Column("name_en", required=False),
    Column("region", form=REGION, example="220100"),
    Column("period", form=PERIOD, example="2024 or 2024-Q1"),
    Column("relation", required=False, choices=CHOICES["relation"]),
    Column("value", number=True),
    Column("unit", required=False),
    Column("confidence", choices=CHOICES["confidence"]),
    Column("source_title"),
    Column("source_url", required=False, form=r"https?://\S+", example="https://example.org/report"),
    Column("quote", required=False),
)
STATISTIC_COLUMNS = (
    *STATED_COLUMNS,
    Column("normalised_value", required=False, number=True),
    Column("normalised_unit", required=False),
    Column("status", required=False, choices=CHOICES["status"]),
    Column("kind", required=False, choices=CHOICES["kind"]),
    Column("note", required=False),
    Column("note_en", required=False),
)


class IndicatorsSection(Section):
    """What the city counts."""

    key = "indicators"
    kind = PackageKind.CITY
    files = (INDICATORS,)
    order = 40

    def check(self, package: Package) -> list[Problem]:
        return list(_read(package, INDICATORS, INDICATOR_COLUMNS, ("key",)).problems)

    def install(self, package: Package, *, by: Actor) -> Changes:
        rows = _read(package, INDICATORS, INDICATOR_COLUMNS, ("key",)).rows
        return service.define_indicators(map(_indicator, rows), owner=_owner(package), by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        return service.define_indicators([], owner=_owner(package), by=by)

    def kept(self, package: Package) -> list[str]:
        return ["the indicators stay in hubs_data.indicator, marked as not current, with their values"]


class StatedSection(Section):
    """A table of numbers with their sources; removing the package leaves them."""

    kind = PackageKind.CITY
    order = 60
    columns: Sequence[Column]

    def _table(self, package: Package) -> Table:
        key = ("indicator", "region", "period")
        return _read(package, self.files[0], self.columns, key)

    def check(self, package: Package) -> list[Problem]:
        """Every cell; that indicator, region and period exist, and that the unit can be converted.

        What builds on a table with mistakes of its own waits; the cells do not.
        """
        table = self._table(package)
        indicators = _read(package, INDICATORS, INDICATOR_COLUMNS, ("key",))
        units = {row["key"]: row["unit"] for row in indicators.rows} if not indicators.problems else None
        regions = known_regions(package)
        return [*table.problems, *(fault for row in table.rows for fault in _faults(row, units, regions))]

    def kept(self, package: Package) -> list[str]:
        return [f"the numbers of {self.files[0]} stay with their indicators"]


class StatisticsSection(StatedSection):
    """The city's real statistics."""

    key = "statistics"
    files = (STATISTICS,)
    columns = STATISTIC_COLUMNS

    def install(self, package: Package, *, by: Actor) -> Changes:
        facts = map(_value, self._table(package).rows)
        return service.record_values(facts, owner=_owner(package), by=by, whole=True)


class AnnualTargetsSection(StatedSection):
    """What the city set itself for single years."""

    key = "annual-targets"
    files = (TARGETS,)
    columns = STATED_COLUMNS

    def install(self, package: Package, *, by: Actor) -> Changes:
        facts = map(_value, self._table(package).rows)
        return service.record_targets(facts, owner=_owner(package), by=by, whole=True)


SECTIONS: tuple[Section, ...] = (
    IndicatorsSection(),
    StatisticsSection(),
    AnnualTargetsSection(),
    FacilitiesSection(),
    ComputedSection(),
)


def _owner(package: Package) -> str:
    return f"{package.kind}:{package.key}"


def _read(package: Package, name: str, columns: Sequence[Column], key: Sequence[str] = ()) -> Table:
    """The table; one without rows when the package has no such file."""
    if not package.glob(name):
        return Table((), ())
    file = package.where(name).file or name
    return read_table(package.path(name).read_bytes(), file=file, columns=columns, key=key)


def _faults(row: Row, units: dict[str, str] | None, regions: set[str] | None) -> Iterator[Problem]:
    if units is not None and row["indicator"] not in units:
        message = shorten(said("there is no indicator {indicator}", indicator=row["indicator"]))
        yield Problem(NO_INDICATOR, message, row.where("indicator"), nearest(row["indicator"], units))
    elif units is not None:
        unit = units[row["indicator"]]
        yield from _raised("unit", row, lambda: convert(Decimal(row["value"]), row["unit"], unit))
    yield from region_faults(row, regions)
    yield from _raised("period", row, lambda: read_period(row["period"]))


def _raised(column: str, row: Row, read: Callable[[], object]) -> Iterator[Problem]:
    try:
        read()
    except ProblemError as error:
        yield from (replace(problem, where=row.where(column)) for problem in error.problems)


def _indicator(row: Row) -> service.IndicatorFacts:
    return service.IndicatorFacts(
        key=row["key"],
        name=row["name"],
        name_en=row["name_en"],
        direction=row["direction"],
        aggregation=row["aggregation"],
        unit=row["unit"],
        period=row["period"],
        definition=row["definition"],
        definition_en=row["definition_en"],
        source=row["source"],
        where=row.where("key"),
    )


def _value(row: Row) -> service.ValueFacts:
    return service.ValueFacts(
        indicator=row["indicator"],
        region=row["region"],
        period=row["period"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        source_title=row["source_title"],
        source_url=row["source_url"],
        quote=row["quote"],
        relation=row["relation"] or "exact",
        status=row["status"] or "published",
        confidence=row["confidence"],
        kind=row["kind"] or "real",
        note=row["note"],
        note_en=row["note_en"],
        where=row.where("indicator"),
    )
