"""Facilities: places with a category, as objects for the base scene ``people-places``.

Two files with the same columns: ``objects/facility.csv`` has what may be passed on, and
``objects/unlicensed/facility.csv`` what comes from a place that states no licence. A key is made of
the source's own number, or of a hash of name, kind and place, so that it stays when rows come and go.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import shapely
from shapely.geometry import shape

from tools.changchun import tables

Row = dict[str, str]
COLUMNS = (
    "key", "category", "name", "name_en", "longitude", "latitude", "address", "region", "source", "licence",
)  # fmt: skip
CITY = "220100"
KINDS = {
    "餐饮": "catering",
    "购物": "shopping",
    "酒店": "lodging",
    "金融": "finance",
    "房地产": "housing",
    "生活服务": "life-service",
    "交通设施": "transit-stop",
    "政府机构": "government",
}
FINER = (
    ("交通设施", "充电站|超充站", "charging-station"),
    ("交通设施", "停车|汽车换乘|接送点", "parking"),
    ("交通设施", "地铁站-", "metro-exit"),
    ("交通设施", "洗车|检车", "life-service"),
    ("交通设施", "客运站|火车站|^长春站", "station"),
    ("生活服务", "公厕|公共厕所", "public-toilet"),
    ("生活服务", "伪满皇宫博物院", "visitor-service"),
    ("生活服务", "物流|快递|速递|菜鸟驿站|货站|配送|邮局", "logistics"),
    ("政府机构", "公安|派出所|交通警察", "police"),
    ("政府机构", "社区|村民委员会|街道.*(服务|综治)", "community-service"),
)
# Points inside a building, and one livestock farm that stands in another province.
INSIDE = re.compile("直梯|收银台|休息区|售票台|贵宾室|寄存处|影视厅|讲解员|视频导览|大堂|查干花种畜场")


# Chinese names that the source leaves out.
CHINESE_NAMES = {"ZYCC": "长春龙嘉国际机场", "2037222": "公主岭", "2033739": "兴隆山"}


class Districts:
    """Finds the county-level region of a point."""

    def __init__(self, raw: Path) -> None:
        document = json.loads((raw / "changchun_districts.geojson").read_text(encoding="utf-8"))
        self.codes = [feature["properties"]["code"] for feature in document["features"]]
        self.tree = shapely.STRtree([shape(feature["geometry"]) for feature in document["features"]])

    def region(self, longitude: str, latitude: str) -> str:
        """The code of the district that covers the point, or "" outside the city."""
        point = shapely.Point(float(longitude), float(latitude))
        found = self.tree.query(point, predicate="intersects")
        return min(self.codes[index] for index in found) if len(found) else ""


def write(raw: Path, out: Path) -> int:
    """Write both facility files and return the number of rows."""
    districts = Districts(raw)
    licensed = [*_power_plants(raw, districts), *_airports(raw, districts), *_settlements(raw, districts)]
    unlicensed = [*_universities(raw), *_metro_stations(raw, districts), *_points(raw, districts)]
    return _write(out / "objects" / "facility.csv", licensed) + _write(
        out / "objects" / "unlicensed" / "facility.csv", unlicensed
    )


def _write(path: Path, rows: list[Row]) -> int:
    return tables.write(path, COLUMNS, sorted(rows, key=_key))


def _key(row: Mapping[str, str]) -> str:
    return row["key"]


def _located(row: Row, districts: Districts, longitude: str, latitude: str) -> Row:
    region = districts.region(longitude, latitude)
    return row | {"longitude": longitude, "latitude": latitude, "region": region}


def _mark(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:10]


def _power_plants(raw: Path, districts: Districts) -> Iterator[Row]:
    origin = {"source": "WRI Global Power Plant Database", "licence": "CC-BY-4.0", "category": "power-plant"}
    for plant in tables.read(raw / "changchun_power_plants.csv"):
        names = {"key": f"power-plant-{_mark(plant['name'])}", "name": "", "name_en": plant["name"]}
        yield _located(names | origin, districts, plant["lon"], plant["lat"])


def _airports(raw: Path, districts: Districts) -> Iterator[Row]:
    """Only the city's own; the raw file has those of the neighbours too."""
    origin = {"source": "airportsdata", "licence": "MIT", "category": "airport"}
    for airport in tables.read(raw / "jilin_airports.csv"):
        if not districts.region(airport["lon"], airport["lat"]):
            continue
        name = CHINESE_NAMES.get(airport["icao"], "")
        names = {"key": f"airport-{airport['icao'].lower()}", "name": name, "name_en": airport["name"]}
        yield _located(names | origin, districts, airport["lon"], airport["lat"])


def _settlements(raw: Path, districts: Districts) -> Iterator[Row]:
    origin = {"source": "GeoNames", "licence": "CC-BY-4.0", "category": "settlement"}
    for place in tables.read(raw / "changchun_places_geonames.csv"):
        name = (place["name_zh"] or CHINESE_NAMES[place["geonameid"]]).replace("長", "长")
        names = {"key": f"geonames-{place['geonameid']}", "name": name, "name_en": place["name"]}
        yield _located(names | origin, districts, place["lon"], place["lat"])


def _universities(raw: Path) -> Iterator[Row]:
    """Without a place in the source, so without coordinates here, and of the whole city."""
    for school in tables.read(raw / "changchun_universities.csv"):
        yield {
            "key": f"university-{school['code']}",
            "category": "university",
            "name": school["name"],
            "region": CITY,
            "source": "cn_University",
            "licence": "not stated",
        }


def _metro_stations(raw: Path, districts: Districts) -> Iterator[Row]:
    origin = {"source": "AMap subway map", "licence": "not stated", "category": "metro-station"}
    document = json.loads((raw / "changchun_metro.geojson").read_text(encoding="utf-8"))
    for feature in document["features"]:
        if feature["geometry"]["type"] != "Point" or feature["properties"]["status"] != "operating":
            continue
        properties = feature["properties"]
        longitude, latitude = (f"{value:.6f}" for value in feature["geometry"]["coordinates"])
        names = {
            "key": f"metro-{_mark(properties['name'], *properties['lines'])}",
            "name": properties["name"],
        }
        note = {"address": "、".join(properties["lines"])}
        yield _located(names | origin | note, districts, longitude, latitude)


def _points(raw: Path, districts: Districts) -> Iterator[Row]:
    origin = {"source": "Baidu Map", "licence": "not stated"}
    for point in tables.read(raw / "changchun_core_poi.csv"):
        if INSIDE.search(point["name"]):
            continue
        mark = _mark(point["name"], point["type"], point["lon"], point["lat"])
        names = {"key": f"poi-{mark}", "category": _category(point), "name": point["name"]}
        note = {"address": point["address"]}
        yield _located(names | origin | note, districts, point["lon"], point["lat"])


def _category(point: Row) -> str:
    for kind, pattern, category in FINER:
        if point["type"] == kind and re.search(pattern, point["name"]):
            return category
    return KINDS[point["type"]]
