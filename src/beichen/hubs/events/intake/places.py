"""Where a report is: its region by code or by point, and its H3 cell for finding what is near.

A cell of resolution 10 is about 130 m across. What lies within a distance is looked up by the cells of a disk
that covers it, then measured: an index on the cell makes that the same work however many cases are open.
"""

from __future__ import annotations

import math
from dataclasses import replace

import h3.api.basic_int as h3

from beichen.hubs.events.intake.report import ReportDraft
from beichen.kernel.actor import system
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.kernel.statements import Prepared, slot
from beichen.platforms.geo.service import match_address, region_at
from beichen.problem import Problem, ProblemError, Where, code, said

OUTSIDE = code("EVT-402", "The place is not in this city.", status=422)
NO_REGION = code("EVT-403", "The region is not known.", status=422)
NO_CITY = code("EVT-404", "No city is loaded yet.", status=503)
RESOLUTION = 10
EARTH_RADIUS_M = 6_371_008.8
FARTHEST_M = 2000.0
_MATCHER = system("events")
_RING_M = 86.0  # by which a ring widens a disk in its narrowest direction: √3 times the least inradius, 50 m


def region_of(code_: str, longitude: float | None, latitude: float | None) -> Region:
    """The region that was named, or that the point lies in, or the city.

    Raises ProblemError EVT-402 for a point outside of the city, EVT-403 for an unknown code.
    """
    city = city_region()
    if city is None:
        raise ProblemError(Problem(NO_CITY, said("no city is loaded yet")))
    if code_:
        found = _region(code_, city)
        if found is None:
            message = said("no region of the city has the code {code!r}", code=code_[:20])
            raise ProblemError(Problem(NO_REGION, message, Where(field="region")))
        return found
    if longitude is None or latitude is None:
        return city
    at = region_at(longitude, latitude)
    region = _region(at, city) if at else None
    if region is None:
        message = said("the place is not in {city}", city=city.name)
        raise ProblemError(Problem(OUTSIDE, message, Where(field="longitude")))
    return region


def located(draft: ReportDraft) -> ReportDraft:
    """The draft with the place that its address means, where it says none and the match is good enough.

    A place outside of the region that was named, or of the city, is none: the words stay, for a person.
    """
    if draft.longitude is not None or not draft.address:
        return draft
    found = match_address(draft.address, by=_MATCHER)
    city = city_region()
    if city is None or not found.is_accepted or found.longitude is None or found.latitude is None:
        return draft
    at = _region(region_at(found.longitude, found.latitude), city)
    named = _region(draft.region, city) if draft.region else city
    if at is None or named is None or not (at.path.startswith(named.path) or named.path.startswith(at.path)):
        return draft
    return replace(draft, longitude=found.longitude, latitude=found.latitude, place_score=found.score)


_REGION = Prepared(lambda: Region.objects.filter(code=slot(Region, "code"), is_current=True))


def _region(code_: str, city: Region) -> Region | None:
    """The current region of this code in the city."""
    found = _REGION.first(code=code_)
    return found if found is not None and found.path.startswith(city.path) else None


def cell_of(longitude: float | None, latitude: float | None) -> int | None:
    """The H3 cell of a point; None for no point."""
    if longitude is None or latitude is None:
        return None
    return int(h3.latlng_to_cell(latitude, longitude, RESOLUTION))


def cells_within(cell: int, metres: float) -> list[int]:
    """Cells that cover everything within ``metres`` (at most :data:`FARTHEST_M`) of any point in ``cell``."""
    rings = math.ceil(min(metres, FARTHEST_M) / _RING_M) + 1
    return [int(one) for one in h3.grid_disk(cell, rings)]


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance between two points (longitude, latitude) on the sphere."""
    (lon1, lat1), (lon2, lat2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    inner = math.sin((lat2 - lat1) / 2) ** 2
    inner += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(inner)))
