"""The drawn map: districts, water and metro as SVG, there before any script runs and without WebGL.

Drawn once for a state of the layers and kept; each district is a link, so that the picture itself can
be used with a keyboard and without JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shapely.geometry import mapping, shape

from beichen.platforms.geo import service as geo
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.projection import Bounds, Sheet, ring_area

TOLERANCE = 0.0016  # degrees: about a pixel of a full screen
_MARGIN = 0.02
SMALL_KM2 = 1000
_DETAIL = {"water": 9, "metro": 22}  # roles that are drawn, of layers that show from this zoom or lower


@dataclass(frozen=True, slots=True)
class District:
    """A region's outline on the sheet, where its name stands (on it and on the globe), its box, its area."""

    code: str
    name: str
    name_en: str
    path: str
    x: float
    y: float
    spot: str
    bounds: Bounds
    area_km2: float

    @property
    def is_small(self) -> bool:
        """Whether its name finds no room on a phone."""
        return self.area_km2 < SMALL_KM2


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole sheet."""

    sheet: Sheet
    districts: tuple[District, ...]
    water: str
    lakes: str
    metro: str

    def district(self, code: str) -> District | None:
        """The district of this code."""
        return next((district for district in self.districts if district.code == code), None)

    def view_box(self, bounds: Bounds) -> str:
        """The part of the sheet that shows ``bounds``, as an SVG viewBox."""
        left, top = self.sheet.place((bounds.west, bounds.north))
        right, bottom = self.sheet.place((bounds.east, bounds.south))
        edge = max(right - left, bottom - top) * _MARGIN
        return (
            f"{left - edge:.1f} {top - edge:.1f} {right - left + 2 * edge:.1f} {bottom - top + 2 * edge:.1f}"
        )


def _parts(geometry: Any) -> list[Any]:
    parts = getattr(geometry, "geoms", None)
    return list(parts) if parts is not None else [geometry]


def _rings(geometry: Any) -> Iterator[Sequence[Any]]:
    for part in _parts(geometry):
        if part.geom_type == "Polygon":
            yield list(part.exterior.coords)


def _lines(geometry: Any) -> Iterator[Sequence[Any]]:
    for part in _parts(geometry):
        if part.geom_type == "LineString":
            yield list(part.coords)


def _district(feature: dict[str, Any], key: str, sheet: Sheet) -> District:
    whole = shape(feature["geometry"])
    drawn = whole.simplify(TOLERANCE, preserve_topology=True)
    largest = max(_parts(drawn), key=lambda part: part.area)
    spot = feature["properties"].get("centroid")
    inside = spot if spot and whole.contains(shape({"type": "Point", "coordinates": spot})) else None
    spot = inside or mapping(largest.representative_point())["coordinates"]
    x, y = sheet.place(spot)
    west, south, east, north = whole.bounds
    return District(
        code=str(feature["properties"][key]),
        name=str(feature["properties"].get("name", "")),
        name_en=str(feature["properties"].get("name_en", "")),
        path=sheet.path(_rings(drawn), is_closed=True),
        x=round(x, 1),
        y=round(y, 1),
        spot=f"{spot[0]:.5f},{spot[1]:.5f}",
        bounds=Bounds(west, south, east, north),
        area_km2=sum(ring_area(ring) for ring in _rings(whole)),
    )


def _detail(keys: Sequence[str], sheet: Sheet, *, is_area: bool) -> str:
    """Lines or areas of some layers, cut to the sheet."""
    frame = shape(_frame(sheet.bounds))
    pieces: list[Sequence[Any]] = []
    for key in keys:
        for feature in geo.features(key):
            geometry = shape(feature["geometry"])
            if not geometry.is_valid or not geometry.intersects(frame):
                continue
            cut = geometry.intersection(frame).simplify(TOLERANCE)
            pieces += _rings(cut) if is_area else _lines(cut)
    return sheet.path(pieces, is_closed=is_area)


def _frame(bounds: Bounds) -> dict[str, Any]:
    west, south, east, north = bounds.west, bounds.south, bounds.east, bounds.north
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}


@lru_cache(maxsize=4)
def _drawn(_state: tuple[str, ...], districts: str, details: tuple[tuple[str, str, str], ...]) -> Drawing:
    row = geo.layer(districts)
    sheet = Sheet(Bounds(row.west, row.south, row.east, row.north))
    outlines = [_district(feature, row.region_property, sheet) for feature in geo.features(districts)]

    def keys(role: str, kind: str) -> list[str]:
        return [key for key, its_role, its_kind in details if (its_role, its_kind) == (role, kind)]

    return Drawing(
        sheet=sheet,
        districts=tuple(sorted(outlines, key=lambda district: district.code)),
        water=_detail(keys("water", "line"), sheet, is_area=False),
        lakes=_detail(keys("water", "polygon"), sheet, is_area=True),
        metro=_detail(keys("metro", "line"), sheet, is_area=False),
    )


def _role(row: Layer) -> str:
    return str(row.style.get("role", ""))


def drawing(layers: Sequence[Layer]) -> Drawing | None:
    """The drawing of these layers; None when none of them holds regions as areas."""
    bases = [row for row in layers if row.region_property and row.kind == "polygon"]
    if not bases:
        return None
    base = bases[0]
    shown = [row for row in layers if _role(row) in _DETAIL and row.min_zoom <= _DETAIL[_role(row)]]
    state = tuple(row.sha256 for row in (base, *shown))
    return _drawn(state, base.key, tuple((row.key, _role(row), row.kind) for row in shown))
