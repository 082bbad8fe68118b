"""`objects/` of a city package: its facilities, kept as objects of the registry.

`objects/categories.csv` names the categories; `objects/facility.csv`, and one of the same columns in any
folder below (`objects/unlicensed/facility.csv`), lists the places. A facility is an object of the type
``facility`` with the id ``urn:ngsi-ld:facility:CITY:KEY``; its region is that of the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import orjson

from beichen.hubs.data.definitions import TWICE
from beichen.hubs.data.regions import known_regions, region_faults
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Region
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.tables import Column, Row, Table, read_table
from beichen.problem import Problem, ProblemError, code, nearest, said, shorten
from beichen.registry import service as registry

NO_CATEGORY = code("DAT-108", "The facility's category is not listed.", status=422)
NO_NAME = code("DAT-109", "The facility has no name in any language.", status=422)
HALF_A_PLACE = code("DAT-110", "A place has a longitude and a latitude, or neither.", status=422)

TYPE = "facility"
CATEGORIES = "objects/categories.csv"
TABLES = ("objects/facility.csv", "objects/*/facility.csv")
_KEY = r"[a-z0-9]+(-[a-z0-9]+)*"

CATEGORY_COLUMNS = (Column("key", form=_KEY, example="power-plant"), Column("name"), Column("name_en"))
FACILITY_COLUMNS = (
    Column("key", form=_KEY, example="airport-zycc"),
    Column("category", form=_KEY, example="airport"),
    Column("name", required=False),
    Column("name_en", required=False),
    Column("longitude", required=False, number=True, least=Decimal(-180), most=Decimal(180)),
    Column("latitude", required=False, number=True, least=Decimal(-90), most=Decimal(90)),
    Column("address", required=False),
    Column("region", form=r"\d{6}(\d{3}(\d{3})?)?", example="220102"),
    Column("source"),
    Column("licence"),
)
_STATED = ("name_en", "category", "address", "source", "licence")


class FacilitiesSection(Section):
    """Places with a category, a source and a licence."""

    key = "facilities"
    kind = PackageKind.CITY
    files = (CATEGORIES, *TABLES)
    order = 70

    def check(self, package: Package) -> list[Problem]:
        """Every cell; that category and region exist, that each has a name, and that keys stand once."""
        known, categories = _categories(package)
        regions = known_regions(package)
        problems = list(known.problems)
        first: dict[str, str] = {}
        for name, table in _tables(package).items():
            problems += table.problems
            for row in table.rows:
                problems += _faults(row, categories, regions)
                if first.setdefault(row["key"], name) != name:
                    message = shorten(
                        said("{key} stands in {first} already", key=row["key"], first=first[row["key"]])
                    )
                    problems.append(Problem(TWICE, message, row.where("key")))
        return problems

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Create, change and remove objects until they equal the files."""
        _known, categories = _categories(package)
        rows = {_urn(package, row): row for table in _tables(package).values() for row in table.rows}
        wanted = {urn: _entity(urn, row, categories) for urn, row in rows.items()}
        held = _present(package, by)
        changes = Changes()
        for urn, entity in wanted.items():
            if urn not in held:
                changes.added.append(rows[urn]["key"])
            elif held[urn] != entity.document():
                changes.changed.append(rows[urn]["key"])
        changes.unchanged = len(wanted) - len(changes.added) - len(changes.changed)
        _write(rows, {urn: wanted[urn] for urn in wanted if held.get(urn) != wanted[urn].document()}, by)
        gone = sorted(held.keys() - wanted.keys())
        registry.remove_objects(gone, by=by)
        changes.removed = [urn.rpartition(":")[2] for urn in gone]
        return changes

    def kept(self, package: Package) -> list[str]:
        """Where the facilities are found after a removal."""
        return [f"the facilities stay as objects of the type {TYPE}"]


def _categories(package: Package) -> tuple[Table, dict[str, Row]]:
    table = _read(package, CATEGORIES, CATEGORY_COLUMNS)
    return table, {row["key"]: row for row in table.rows}


def _tables(package: Package) -> dict[str, Table]:
    return {name: _read(package, name, FACILITY_COLUMNS) for name in package.glob(*TABLES)}


def _read(package: Package, name: str, columns: tuple[Column, ...]) -> Table:
    if not package.glob(name):
        return Table((), ())
    file = package.where(name).file or name
    return read_table(package.path(name).read_bytes(), file=file, columns=columns, key=("key",))


def _faults(row: Row, categories: Mapping[str, Row], regions: set[str] | None) -> Iterator[Problem]:
    if row["category"] not in categories:
        message = shorten(said("no category is called {category}", category=row["category"]))
        hint = nearest(row["category"], categories)
        yield Problem(NO_CATEGORY, message, row.where("category"), hint)
    yield from region_faults(row, regions)
    if not row["name"] and not row["name_en"]:
        yield Problem(NO_NAME, said("{key} has no name", key=row["key"][:40]), row.where("name"))
    if bool(row["longitude"]) != bool(row["latitude"]):
        yield Problem(
            HALF_A_PLACE, said("{key} has half a place", key=row["key"][:40]), row.where("longitude")
        )


def _urn(package: Package, row: Row) -> str:
    return f"urn:ngsi-ld:{TYPE}:{package.key}:{row['key']}"


def _property(value: object) -> dict[str, Any]:
    return {"type": "Property", "value": value}


def _entity(urn: str, row: Row, categories: Mapping[str, Row]) -> registry.Entity:
    """The facility as NGSI-LD; empty cells are left out."""
    attributes: dict[str, Any] = {"name": _property(row["name"] or row["name_en"])}
    attributes |= {name: _property(row[name]) for name in _STATED if row[name]}
    category = categories[row["category"]]
    attributes["category_name"] = {
        "type": "LanguageProperty",
        "languageMap": {"zh": category["name"], "en": category["name_en"]},
    }
    if row["longitude"]:
        place = {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]}
        attributes["location"] = {"type": "GeoProperty", "value": place}
    return registry.Entity(urn, [TYPE], None, attributes)


def _present(package: Package, by: Actor) -> dict[str, dict[str, Any]]:
    """The documents of the package's facilities, by id."""
    prefix = f"urn:ngsi-ld:{TYPE}:{package.key}:"
    found: dict[str, dict[str, Any]] = {}
    cursor: int | None = 0
    while cursor is not None:
        page = registry.find_objects(by=by, type_key=TYPE, cursor=cursor, limit=500)
        found |= {row.urn: orjson.loads(row.document) for row in page.objects if row.urn.startswith(prefix)}
        cursor = page.next
    return found


def _write(rows: Mapping[str, Row], entities: Mapping[str, registry.Entity], by: Actor) -> None:
    codes = {rows[urn]["region"] for urn in entities}
    regions = {region.code: region for region in Region.objects.filter(code__in=codes)}
    drafts = [
        registry.Draft(entity, region=regions.get(rows[urn]["region"])) for urn, entity in entities.items()
    ]
    written = registry.write_objects(drafts, by=by)
    faults = [
        Problem(problem.code, problem.message, rows[drafts[number].entity.urn].where(), problem.hint)
        for number, error in written.errors.items()
        for problem in error.problems
    ]
    if faults:
        raise ProblemError(*faults)
