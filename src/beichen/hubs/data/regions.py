"""The regions that the rows of a package may name."""

from __future__ import annotations

from collections.abc import Iterator

from beichen.hubs.data.statements import NO_REGION
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.sections.regions import read_regions
from beichen.kernel.tables import Row
from beichen.problem import Problem, nearest, said, shorten


def known_regions(package: Package) -> set[str] | None:
    """The codes of the package's regions; None while the table of regions has mistakes."""
    table = read_regions(package)
    return None if table.problems else {row["code"] for row in table.rows}


def region_faults(row: Row, regions: set[str] | None) -> Iterator[Problem]:
    """The problem of a row whose region is not one of ``regions``."""
    if regions is not None and row["region"] not in regions:
        message = shorten(said("no region has the code {region}", region=row["region"]))
        yield Problem(NO_REGION, message, row.where("region"), nearest(row["region"], regions))
