"""Management cells (管理网格): drawn by an upload or cut out of an area, found by point.

A cell is a region of the lowest level (city → district → street → community → cell), so that people,
bodies, cases and rights meet it as any other. Its code is that of its community and three digits (GB/T
30428.1), its number counts from left to right and from top to bottom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import h3.api.basic_int as h3
import shapely
from django.db import transaction
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import draw_cells as draw_regions
from beichen.kernel.org.service import region_by_code
from beichen.platforms.geo.grid.cutting import MOST, SIDE_M, area_m2, cut
from beichen.platforms.geo.grid.hexagons import KEPT
from beichen.platforms.geo.grid.models import GridCell, GridCover
from beichen.platforms.geo.locating import region_at
from beichen.platforms.geo.rights import READ, WRITE_CELLS
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

__all__ = ["Located", "cell_at", "cells_in", "cut_area", "draw_cells", "located"]

BAD_AREA = code("GEO-134", "A cell's area is not one valid polygon.", status=422)
OVERLAP = code("GEO-135", "Two cells cover the same ground.", status=422)
_LEAST_M2, _MOST_M2 = 1.0, 1e9
_SLIVER_M2 = 5.0
_MOST_POINTS = 100_000


@transaction.atomic
def cut_area(region_code: str, area: dict[str, Any], *, by: Actor, side_m: float = SIDE_M) -> list[GridCell]:
    """Cut an area (a GeoJSON polygon) into the cells of a region, in place of those that it had.

    Raises ProblemError ACC-403, ORG-104, ORG-105, GEO-133, GEO-134.
    """
    region = _region(region_code, by)
    if not 20 <= side_m <= 2_000:
        message = said("from {least} to {most} metres", least=20, most=2000)
        raise ProblemError(Problem(BAD_AREA, message, Where(field="side_m")))
    return _draw(region, cut(_polygon(area, "/area"), side_m), by)


@transaction.atomic
def draw_cells(region_code: str, document: dict[str, Any], *, by: Actor) -> list[GridCell]:
    """Draw the polygons of a FeatureCollection as the cells of a region, in place of those that it had.

    They keep the order in which they stand. Raises ProblemError ACC-403, ORG-104, ORG-105, GEO-134 and
    GEO-135 with every mistake.
    """
    region = _region(region_code, by)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not 1 <= len(features) <= MOST:
        message = said("a FeatureCollection of 1 to {most} polygons", most=MOST)
        raise ProblemError(Problem(BAD_AREA, message, Where(pointer="/features")))
    shapes: list[BaseGeometry] = []
    problems: list[Problem] = []
    for at, one in enumerate(features):
        try:
            shapes.append(_polygon(one.get("geometry") if isinstance(one, dict) else None, f"/features/{at}"))
        except ProblemError as error:
            problems += error.problems
    if problems:
        raise ProblemError(*problems)
    _refuse_overlaps(shapes)
    return _draw(region, shapes, by)


def _region(code_: str, by: Actor) -> Region:
    region = region_by_code(code_)
    require(by, WRITE_CELLS, _Scoped(region))
    return region


class _Scoped:
    """A region as the row whose place decides who may draw in it."""

    from beichen.kernel.levels import ScopeFields

    ACCESS = ScopeFields(region="path")

    def __init__(self, region: Region) -> None:
        self.path = region.path


def _polygon(geometry: Any, pointer: str) -> BaseGeometry:
    try:
        if shapely.count_coordinates(found := shape(geometry)) > _MOST_POINTS:
            raise ValueError("too many points")
        west, south, east, north = found.bounds
    except (TypeError, KeyError, ValueError, AttributeError, IndexError, shapely.errors.GEOSException):
        raise _bad(said("no polygon in GeoJSON"), pointer) from None
    if found.geom_type not in ("Polygon", "MultiPolygon"):
        raise _bad(said("a {kind} is no area", kind=found.geom_type), pointer)
    if not found.is_valid:
        raise _bad(said("not valid: {reason}", reason=shapely.is_valid_reason(found)), pointer)
    if not (-180 <= west <= east <= 180 and -85 <= south <= north <= 85):
        raise _bad(said("degrees from {least} to {most}", least=-180, most=180), pointer)
    if not _LEAST_M2 <= area_m2(found) <= _MOST_M2:
        raise _bad(said("from {least} m² to {most} km²", least=1, most=1000), pointer)
    return shapely.force_2d(found)


def _bad(message: str, pointer: str) -> ProblemError:
    return ProblemError(Problem(BAD_AREA, shorten(message), Where(pointer=pointer)))


def _refuse_overlaps(shapes: Sequence[BaseGeometry]) -> None:
    tree = shapely.STRtree(shapes)
    problems = []
    for one, other in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        if one < other:
            common = shapes[one].intersection(shapes[other])
            if common.area and area_m2(common) > _SLIVER_M2:
                message = said("it covers ground of cell {number}", number=int(one) + 1)
                problems.append(Problem(OVERLAP, message, Where(pointer=f"/features/{int(other)}")))
    if problems:
        raise ProblemError(*problems[:50])


def _draw(region: Region, shapes: Sequence[BaseGeometry], by: Actor) -> list[GridCell]:
    names = [
        (f"{region.code}{number:03d}", f"{region.name}第{number}网格") for number in range(1, len(shapes) + 1)
    ]
    regions = draw_regions(region, names, by=by)
    # Cells that go out of use keep their row as a region, but no ground: a point lies in one cell alone.
    GridCell.objects.filter(region__parent=region).delete()
    rows = [_row(one, area) for one, area in zip(regions, shapes, strict=True)]
    GridCell.objects.bulk_create(rows, batch_size=500)
    covers = (
        GridCover(grid=row, cell=cell) for row in rows for cell in _covering(shapely.from_wkb(row.shape))
    )
    GridCover.objects.bulk_create(covers, batch_size=1_000)
    audit.record(by, "geo.cell.draw", f"kernel_org.region:{region.code}", detail={"cells": len(rows)})
    return rows


def _row(region: Region, area: BaseGeometry) -> GridCell:
    middle = area.representative_point()
    return GridCell(
        region=region,
        shape=shapely.to_wkb(area),
        area_m2=round(area_m2(area), 1),
        longitude=round(middle.x, 6),
        latitude=round(middle.y, 6),
    )


def _covering(area: BaseGeometry) -> list[int]:
    """The H3 cells that an area touches."""
    return sorted(
        int(cell)
        for cell in h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(mapping(area)), KEPT, "overlap")
    )


def cell_at(longitude: float, latitude: float) -> str:
    """The code of the management cell that holds a point; empty for none."""
    here = int(h3.latlng_to_cell(latitude, longitude, KEPT))
    point = shapely.Point(longitude, latitude)
    rows = GridCell.objects.filter(covers__cell=here, region__is_current=True).order_by("id")
    for code_, area in rows.values_list("region__code", "shape"):
        if shapely.from_wkb(bytes(area)).intersects(point):
            return str(code_)
    return ""


@dataclass(frozen=True, slots=True)
class Located:
    """The management cell of a point, empty for none, and the regions around it from the largest down."""

    grid: str
    regions: tuple[Region, ...]


def located(longitude: float, latitude: float, *, by: Actor) -> Located:
    """In which cell and regions a point lies. Raises ProblemError ACC-403."""
    require(by, READ)
    grid = cell_at(longitude, latitude)
    smallest = Region.objects.filter(code=grid or region_at(longitude, latitude)).first()
    codes = [one for one in smallest.path.split("/") if one] if smallest else []
    rows = {row.code: row for row in Region.objects.filter(code__in=codes)}
    return Located(grid, tuple(rows[one] for one in codes if one in rows))


def cells_in(region_code: str, *, by: Actor) -> dict[str, Any]:
    """The cells directly within a region as a FeatureCollection. Raises ProblemError ACC-403, ORG-104."""
    require(by, READ)
    region = region_by_code(region_code)
    rows = GridCell.objects.filter(region__parent=region, region__is_current=True).select_related("region")
    features = [
        {
            "type": "Feature",
            "id": row.region.code,
            "properties": {"code": row.region.code, "name": row.region.name, "area_m2": row.area_m2},
            "geometry": mapping(shapely.from_wkb(bytes(row.shape))),
        }
        for row in rows.order_by("region__code")[:MOST]
    ]
    return {"type": "FeatureCollection", "features": features}
