"""`/api/geo/cells` and `/api/geo/grid`: the cells of a point, what is in a cell, the management grid."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from beichen.kernel.access.service import acting, check_rate, require
from beichen.platforms.geo.addresses.answers import address_answer
from beichen.platforms.geo.addresses.api import writer
from beichen.platforms.geo.addresses.library import addresses
from beichen.platforms.geo.grid import hexagons, management
from beichen.platforms.geo.grid.cutting import SIDE_M
from beichen.platforms.geo.rights import READ
from beichen.problem import Problem, ProblemError, Where, said
from beichen.registry.service import seen_type, sightings

router = Router(tags=["geo"])
MOST = 500
COARSEST = 7
_DRAWINGS = "30/minute"


class AreaIn(Schema):
    """A GeoJSON polygon that is cut into squares of this side, in metres."""

    area: dict[str, Any]
    side_m: float = Field(default=SIDE_M, allow_inf_nan=False)


class CellsIn(Schema):
    """A FeatureCollection of polygons, a cell each."""

    type: str = "FeatureCollection"
    features: list[dict[str, Any]] = Field(max_length=999)


@router.get("/cells", summary="The cells of a point: H3 and the management grid")
def cells_of_point(
    request: HttpRequest,
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
) -> dict[str, Any]:
    """H3 by resolution; the management cell's code, or null; regions from the largest down to the cell."""
    found = management.located(longitude, latitude, by=acting(request))
    return {
        "h3": {str(one): cell for one, cell in hexagons.cells_of(longitude, latitude).items()},
        "grid": found.grid or None,
        "regions": [{"code": row.code, "name": row.name, "level": row.level} for row in found.regions],
    }


@router.get("/cells/{str:cell}", summary="An H3 cell: its area, its addresses, objects of a type")
def read_cell(
    request: HttpRequest,
    cell: str,
    type: Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")] = "",  # noqa: A002 - as programs call it
) -> dict[str, Any]:
    """Addresses up to 500 by code; with ``type`` the things of that type within the cell too."""
    by = acting(request)
    require(by, READ)
    number = hexagons.read_cell(cell)
    own = hexagons.resolution_of(number)
    if own < COARSEST:
        message = said("at least of resolution {number}", number=COARSEST)
        raise ProblemError(Problem(hexagons.BAD_CELL, message, Where(field="cell")))
    rows = addresses(by=by).none()
    if own <= hexagons.KEPT:
        low, high = hexagons.children_range(number, hexagons.KEPT)
        rows = addresses(by=by).filter(cell__gte=low, cell__lte=high).order_by("cell", "code")
    ring = hexagons.boundary_of(number)
    return {
        "cell": cell,
        "resolution": own,
        "area": {"type": "Polygon", "coordinates": [ring]},
        "addresses": [address_answer(row) for row in rows[:MOST]],
        "objects": _objects(request, type, number, ring) if type else [],
    }


def _objects(request: HttpRequest, key: str, cell: int, ring: list[list[float]]) -> list[dict[str, Any]]:
    """The things of a type that stand in the cell: those in its box, by the spatial index, then exactly."""
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    seen, _more = sightings(
        seen_type(key), by=acting(request), box=(min(xs), min(ys), max(xs), max(ys)), limit=MOST
    )
    own = hexagons.resolution_of(cell)
    return [
        {"code": one.code, "name": one.name, "longitude": one.longitude, "latitude": one.latitude}
        for one in seen
        if one.longitude is not None
        and one.latitude is not None
        and hexagons.ancestor_of(one.longitude, one.latitude, own) == cell
    ]


@router.get("/grid/{slug:region_code}", summary="The management cells of a region, as GeoJSON")
def read_grid(request: HttpRequest, region_code: str) -> dict[str, Any]:
    """A feature each, by code."""
    return management.cells_in(region_code, by=acting(request))


@router.put("/grid/{slug:region_code}", summary="Draw the management cells of a region")
def draw_grid(request: HttpRequest, region_code: str, told: CellsIn) -> dict[str, Any]:
    """In place of those that it had; numbered in the order in which they stand."""
    by = writer(request)
    check_rate("geo.grid", by.key, _DRAWINGS)
    drawn = management.draw_cells(region_code, told.model_dump(), by=by)
    return {"cells": len(drawn)}


@router.post("/grid/{slug:region_code}/cut", summary="Cut an area into the management cells of a region")
def cut_grid(request: HttpRequest, region_code: str, told: AreaIn) -> dict[str, Any]:
    """Squares of about 10,000 m² from the north-west on; pieces too small join a neighbour."""
    by = writer(request)
    check_rate("geo.grid", by.key, _DRAWINGS)
    drawn = management.cut_area(region_code, told.area, by=by, side_m=told.side_m)
    return {"cells": len(drawn)}
