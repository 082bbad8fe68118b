"""`addresses.csv` of a city package, and the tables in `addresses/`: the city's standard addresses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.sections.regions import region_codes
from beichen.kernel.tables import TWICE, Column, Row, Table, read_table
from beichen.platforms.geo.addresses.facts import AddressFacts
from beichen.platforms.geo.addresses.library import load_addresses
from beichen.platforms.geo.addresses.models import AddressKind, Standing
from beichen.platforms.geo.addresses.names import read_names
from beichen.problem import Problem, code, nearest, said, shorten

NO_REGION = code("GEO-127", "An address names a region that the city does not have.", status=422)

FILES = ("addresses.csv", "addresses/**/*.csv")
COLUMNS = (
    Column("code", form=r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*", example="door-00001"),
    Column("text", form=r".{2,200}", example="吉林省长春市南关区亚泰大街1138号"),
    Column("kind", required=False, choices=tuple(AddressKind.values)),
    Column("name", required=False, form=r".{1,100}"),
    Column("name_en", required=False, form=r".{1,200}"),
    Column("region", required=False, form=r"\d{6}(\d{3}(\d{3})?)?", example="220102"),
    Column("longitude", number=True, least=Decimal(-180), most=Decimal(180)),
    Column("latitude", number=True, least=Decimal(-90), most=Decimal(90)),
    Column("road", required=False, form=r".{1,60}"),
    Column("number", required=False, form=r".{1,30}"),
    Column("estate", required=False, form=r".{1,60}"),
    Column("building", required=False, form=r".{1,30}"),
    Column("unit", required=False, form=r".{1,20}"),
    Column("room", required=False, form=r".{1,20}"),
    Column("standing", required=False, choices=tuple(Standing.values)),
    Column("level", required=False, choices=("1", "2", "3", "4")),
    Column("source", form=r".{1,200}"),
    Column("licence", form=r".{1,60}"),
)
_PARTS = ("name", "name_en", "region", "road", "number", "estate", "building", "unit", "room")


class AddressesSection(Section):
    """Addresses with a place, a source and a licence; installing reads the city's names too."""

    key = "addresses"
    kind = PackageKind.CITY
    files = FILES
    order = 35
    reads = ("regions.csv",)

    def check(self, package: Package) -> list[Problem]:
        """Every cell of every file; regions exist, codes stand once in all files together."""
        tables = {name: _table(package, name) for name in package.glob(*FILES)}
        problems = [problem for table in tables.values() for problem in table.problems]
        rows = [row for table in tables.values() for row in table.rows]
        return [*problems, *_regions(rows, region_codes(package)), *_twice(tables)]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Make the library's addresses of this package equal its files."""
        read_names(by=by)
        rows = [row for name in package.glob(*FILES) for row in _table(package, name).rows]
        return load_addresses(map(facts_of_row, rows), owner=f"{package.kind}:{package.key}", by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Retire the package's addresses."""
        return load_addresses([], owner=f"{package.kind}:{package.key}", by=by)

    def kept(self, package: Package) -> list[str]:
        return ["the addresses stay in platforms_geo.address, out of use"]


def _table(package: Package, name: str) -> Table:
    return package.once(name, lambda package: _read(package, name))


def _read(package: Package, name: str) -> Table:
    file = package.where(name).file or name
    return read_table(package.path(name).read_bytes(), file=file, columns=COLUMNS, key=("code",))


def _regions(rows: list[Row], known: set[str]) -> Iterator[Problem]:
    for row in rows:
        if row["region"] and row["region"] not in known:
            message = said("there is no region {code!r}", code=row["region"])
            yield Problem(NO_REGION, message, row.where("region"), nearest(row["region"], known))


def _twice(tables: dict[str, Table]) -> Iterator[Problem]:
    """Codes that stand in two files; within one, reading it tells."""
    first: dict[str, str] = {}
    for name, table in tables.items():
        for row in table.rows:
            before = first.setdefault(row["code"], name)
            if before != name:
                message = said("{code} stands in {file} already", code=row["code"], file=before)
                yield Problem(TWICE, shorten(message), row.where("code"))


def facts_of_row(row: Row) -> AddressFacts:
    """A row that was found sound, as facts."""
    return AddressFacts(
        code=row["code"],
        text=row["text"],
        longitude=float(row["longitude"]),
        latitude=float(row["latitude"]),
        source=row["source"],
        licence=row["licence"],
        kind=row["kind"] or AddressKind.DOOR,
        standing=row["standing"] or Standing.CURRENT,
        level=int(row["level"] or 1),
        **{name: row[name] for name in _PARTS},
    )
