"""Layers: every GeoJSON of the package, one subject and one kind of geometry to a file.

RFC 7946: longitude and latitude in WGS 84, six decimals (0.1 m), exterior rings counter-clockwise, no
``crs`` member. One feature a line, so that a change shows as a line. Nothing is simplified: the
sources are coarse enough, and districts must hold at street scale.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

Properties = dict[str, Any]
Rule = Callable[[Properties, BaseGeometry], tuple[Properties, BaseGeometry] | None]

BASEMAP_SOURCE = "changchun_urban_basemap_osm.geojson"
WATER_SOURCE = "changchun_region_water.geojson"
ROADS = ("motorway", "trunk", "primary", "secondary")


def pick(*names: str, **renamed: str) -> Rule:
    """Keep the properties ``names`` (and ``new=old``) that have a value."""

    def rule(properties: Properties, geometry: BaseGeometry) -> tuple[Properties, BaseGeometry] | None:
        sources = {**{name: name for name in names}, **renamed}
        kept = {new: properties.get(old) for new, old in sources.items()}
        return {name: value for name, value in kept.items() if value not in (None, "", 0)}, geometry

    return rule


def where(test: Callable[[Properties, BaseGeometry], bool], rule: Rule) -> Rule:
    """Apply ``rule`` to the features for which ``test`` holds; leave out the others."""
    return lambda properties, geometry: rule(properties, geometry) if test(properties, geometry) else None


def _polygons(properties: Properties, geometry: BaseGeometry) -> tuple[Properties, BaseGeometry]:
    """The polygons of a collection; the stray lines that mending left are dropped."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type.endswith("Polygon")]
    kept = {name: properties[name] for name in ("code", "name")}
    return kept, shapely.union_all(parts) if len(parts) > 1 else parts[0]


def _ring(properties: Properties, geometry: BaseGeometry) -> tuple[Properties, BaseGeometry]:
    return {"kind": "lake"}, shapely.Polygon(geometry.coords)


def _is_closed_shore(properties: Properties, geometry: BaseGeometry) -> bool:
    return properties["kind"] == "lake_shore" and bool(shapely.is_ring(geometry))


def _from_natural_earth(kind: str) -> Callable[[Properties, BaseGeometry], bool]:
    return lambda properties, _: properties["source"].startswith("Natural") and properties["kind"] == kind


def _building(properties: Properties, geometry: BaseGeometry) -> tuple[Properties, BaseGeometry]:
    return {"floors": properties["floors"], "area_m2": round(properties["area_m2"])}, geometry


def _metro_line(properties: Properties, geometry: BaseGeometry) -> tuple[Properties, BaseGeometry] | None:
    if geometry.geom_type == "Point":
        return None
    kept = {name: properties[name] for name in ("line_id", "name", "color", "mode", "status")}
    return {name: value for name, value in kept.items() if value}, geometry


_OSM_WAY = pick("osm_id", "name", "oneway", "bridge", "tunnel", **{"class": "fclass"})
_NAMED = pick("name", **{"class": "layer"})

LAYERS: tuple[tuple[str, str, Rule], ...] = (
    ("main-roads", BASEMAP_SOURCE, where(lambda p, _: p["layer"] in ROADS, _NAMED)),
    ("main-railways", BASEMAP_SOURCE, where(lambda p, _: p["layer"] == "railway", pick("name"))),
    ("main-rivers", BASEMAP_SOURCE, where(lambda p, _: p["layer"] == "waterway", pick("name"))),
    ("place-labels", BASEMAP_SOURCE, where(lambda p, _: p["layer"] == "place_label", pick("name"))),
    ("core-roads", "changchun_core_roads_osm.geojson", _OSM_WAY),
    ("core-railways", "changchun_core_railways_osm.geojson", _OSM_WAY),
    ("regional-rivers", WATER_SOURCE, where(lambda p, _: p["source"].startswith("WDBII"), pick("kind"))),
    ("regional-lakes", WATER_SOURCE, where(_is_closed_shore, _ring)),
    ("great-rivers", WATER_SOURCE, where(_from_natural_earth("river"), pick("name", "name_en"))),
    ("great-lakes", WATER_SOURCE, where(_from_natural_earth("lake"), pick("name", "name_en"))),
    ("unlicensed/districts", "changchun_districts.geojson", pick("code", "name", "name_en", "seat")),
    ("unlicensed/city-outline", "changchun_city.geojson", pick("code", "name", "name_en")),
    ("unlicensed/prefectures", "jilin_prefectures.geojson", _polygons),
    ("unlicensed/metro-lines", "changchun_metro.geojson", _metro_line),
    (
        "unlicensed/metro-stations",
        "changchun_metro.geojson",
        where(lambda _, g: g.geom_type == "Point", pick("name", "lines", "status")),
    ),
    (
        "unlicensed/core-landuse",
        "changchun_core_landuse.geojson",
        pick("gb_code", "class_code", name="type_zh"),
    ),
    ("unlicensed/protected-buildings", "changchun_core_protected_buildings.geojson", _building),
)


def write(raw: Path, out: Path) -> int:
    """Write every layer and return the number of features."""
    count = 0
    for key, source, rule in LAYERS:
        features = json.loads((raw / source).read_text(encoding="utf-8"))["features"]
        path = out / "layers" / f"{key}.geojson"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = list(_lines(features, rule))
        body = ",\n".join(lines)
        path.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', encoding="utf-8")
        count += len(lines)
    return count


def _lines(features: Iterable[dict[str, Any]], rule: Rule) -> Iterable[str]:
    for feature in features:
        ruled = rule(feature["properties"], shape(feature["geometry"]))
        if ruled is None:
            continue
        properties, geometry = ruled
        document = {"type": "Feature", "properties": properties, "geometry": mapping(_tidied(geometry))}
        yield json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _tidied(geometry: BaseGeometry) -> BaseGeometry:
    """Six decimals, right-hand rings; a multi-geometry of one part becomes that part."""
    rounded = shapely.transform(geometry, lambda coordinates: coordinates.round(6))
    if not rounded.is_valid:
        rounded = shapely.make_valid(rounded)
    parts = shapely.get_parts(rounded)
    single = parts[0] if len(parts) == 1 else rounded
    return shapely.orient_polygons(single) if single.geom_type.endswith("Polygon") else single
