"""`regions.csv` of a city: its regions, from the province down to the communities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import RegionLevel
from beichen.kernel.org.service import RegionFacts, load_regions, tree_problems
from beichen.kernel.scene import codes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.tables import Column, Row, Table, read_table
from beichen.problem import Problem

FILE = "regions.csv"
_RANK = {level: rank for rank, level in enumerate(RegionLevel.values)}
COLUMNS = (
    Column("code", form=r"\d{6}(\d{3}(\d{3})?)?", example="220102"),
    Column("name"),
    Column("name_en", required=False),
    Column("level", choices=tuple(RegionLevel.values)),
    Column("parent_code", required=False),
    Column("kind", required=False),
)


def read_regions(package: Package) -> Table:
    """The rows of ``regions.csv``; none when the package has no such file."""
    return package.once(FILE, _read) if FILE in package.files else Table((), ())


def _read(package: Package) -> Table:
    file = package.where(FILE).file or FILE
    return read_table(package.path(FILE).read_bytes(), file=file, columns=COLUMNS, key=("code",))


def region_codes(package: Package) -> set[str]:
    """The codes of the package's regions, for sections that name them."""
    return {row["code"] for row in read_regions(package).rows}


class RegionsSection(Section):
    """Regions (行政区划) with their GB/T 2260 codes, as a tree."""

    key = "regions"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 10

    def check(self, package: Package) -> list[Problem]:
        """Every cell, and every parent, of every row."""
        table = read_regions(package)
        return [*table.problems, *(_tree(table.rows) if not table.problems else ())]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Make the tree of regions equal the file; regions that vanished stay, marked."""
        if FILE not in package.files:
            return Changes()
        rows = read_regions(package).rows
        return load_regions((_facts(row) for row in rows), by=by)


def _tree(rows: tuple[Row, ...]) -> Iterator[Problem]:
    by_code = {row["code"]: row for row in rows}
    parents = {code: row["parent_code"] or None for code, row in by_code.items()}
    for problem in tree_problems(parents, "region"):
        yield replace(problem, where=by_code[str(problem.where.field)].where("parent_code"))
    for row in rows:
        parent = by_code.get(row["parent_code"])
        if parent is not None and _RANK[parent["level"]] >= _RANK[row["level"]]:
            message = f"a {row['level']} does not stand below a {parent['level']}"
            yield Problem(codes.NOT_ALLOWED, message, row.where("parent_code"))


def _facts(row: Row) -> RegionFacts:
    return RegionFacts(
        row["code"], row["name"], row["level"], row["parent_code"] or None, row["name_en"], row["kind"]
    )
