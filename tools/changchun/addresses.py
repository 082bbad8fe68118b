"""Addresses: junctions of named roads, and the doors, buildings and places of points with an address.

``addresses.csv`` has what may be passed on: the junctions of OpenStreetMap's roads. What comes from a place
that states no licence stands in ``addresses/unlicensed/points.csv``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import shapely
from shapely.geometry import shape

from beichen.platforms.geo.addresses.grammar import Named, Words, parse
from beichen.platforms.geo.addresses.notation import folded
from tools.changchun import tables
from tools.changchun.facilities import INSIDE, Districts

Row = dict[str, str]
COLUMNS = ("code", "text", "kind", "name", "name_en", "region", "longitude", "latitude", "source", "licence")
PROVINCE, CITY = "吉林省", "长春市"
SPREAD = 0.002  # degrees: carriageways cross near each other; farther apart two roads meet twice
RELATIVE = re.compile(r"约\d+米|附近|对面|行\d+米|旁|\d+路|轨道交通|交汇|交叉|交口")
LEVELS = {"province": 0, "city": 1, "county": 2, "street": 3, "community": 4}


def write(raw: Path, out: Path) -> int:
    """Write both files and return the number of rows."""
    districts = Districts(raw)
    junctions = sorted(_junctions(raw, districts), key=_code)
    points = sorted(_points(raw, districts), key=_code)
    return tables.write(out / "addresses.csv", COLUMNS, junctions) + tables.write(
        out / "addresses" / "unlicensed" / "points.csv", COLUMNS, points
    )


def _code(row: Row) -> str:
    return row["code"]


def _mark(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:10]


def _names(raw: Path) -> dict[str, str]:
    return {row["code"]: row["name"] for row in tables.read(raw / "changchun_admin_codes.csv")}


def _roads(raw: Path) -> dict[str, shapely.Geometry]:
    """Every named road of both extracts, its pieces together."""
    pieces: dict[str, list[shapely.Geometry]] = {}
    for file in ("changchun_core_roads_osm.geojson", "changchun_urban_basemap_osm.geojson"):
        for feature in json.loads((raw / file).read_text(encoding="utf-8"))["features"]:
            name = (feature["properties"].get("name") or "").strip()
            if "Line" in feature["geometry"]["type"] and re.search("[街路道巷条]$|胡同$", name):
                pieces.setdefault(name, []).append(shape(feature["geometry"]))
    return {name: shapely.union_all(parts) for name, parts in pieces.items()}


def _junctions(raw: Path, districts: Districts) -> Iterator[Row]:
    """Where two roads of different names meet, once; roads that meet far apart are left out."""
    roads, names = _roads(raw), _names(raw)
    ordered = sorted(roads)
    for one, other in combinations(ordered, 2):
        meeting = shapely.intersection(roads[one], roads[other])
        if meeting.is_empty or max(_extent(meeting)) > SPREAD:
            continue
        longitude, latitude = f"{meeting.centroid.x:.6f}", f"{meeting.centroid.y:.6f}"
        region = districts.region(longitude, latitude)
        if region:
            yield {
                "code": f"junction-{_mark(one, other)}",
                "text": f"{PROVINCE}{CITY}{names[region]}{one}与{other}交汇处",
                "kind": "junction",
                "region": region,
                "longitude": longitude,
                "latitude": latitude,
                "source": "OpenStreetMap",
                "licence": "ODbL-1.0",
            }


def _extent(shape_: shapely.Geometry) -> tuple[float, float]:
    west, south, east, north = shape_.bounds
    return east - west, north - south


def words(raw: Path) -> Words:
    """What the grammar knows when the package is loaded: its regions and roads."""
    full: dict[str, list[Named]] = {}
    for row in tables.read(raw / "changchun_admin_codes.csv"):
        level = {"prefecture": 1, "township": 3, "village": 4}.get(row["level"]) or LEVELS[row["level"]]
        full.setdefault(folded(row["name"]), []).append(Named(level, row["code"], ""))
    short = {
        name[:-1]: tuple(found)
        for name, found in full.items()
        if found[0].rank < 3 and name[-1] in "省市区县"
    }
    regions = {name: tuple(found) for name, found in full.items()}
    return Words(regions, short, {folded(name): folded(name) for name in _roads(raw)})


def _points(raw: Path, districts: Districts) -> Iterator[Row]:
    """Points whose address says a door, a building or a place; those relative to others are left out."""
    known, names = words(raw), _names(raw)
    for point in tables.read(raw / "changchun_core_poi.csv"):
        region = districts.region(point["lon"], point["lat"])
        parts = parse(point["address"], known)
        kind = "door" if parts.number else "building" if parts.building else "place" if parts.estate else ""
        if not (point["address"] and kind and region) or INSIDE.search(point["name"]):
            continue
        if RELATIVE.search(point["address"]) or len(point["address"]) > 80:
            continue
        mark = _mark(point["name"], point["type"], point["lon"], point["lat"])
        yield {
            "code": f"poi-{mark}",
            "text": _whole(point["address"], names[parts.county or region]),
            "kind": kind,
            "name": point["name"],
            "region": region,
            "longitude": point["lon"],
            "latitude": point["lat"],
            "source": "Baidu Map",
            "licence": "not stated",
        }


def _whole(address: str, county: str) -> str:
    """The address with the levels before it that it lacks."""
    for missing in (PROVINCE, PROVINCE.rstrip("省"), CITY, county):
        address = address.removeprefix(missing)
    return f"{PROVINCE}{CITY}{county}{address}"
