"""A small town with roads, a few addresses and their regions."""

from __future__ import annotations

from typing import Any

import orjson

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.platforms.geo import service
from beichen.platforms.geo.addresses.facts import AddressFacts
from beichen.platforms.geo.addresses.library import load_addresses
from beichen.platforms.geo.addresses.names import read_names

BY = system("tests")
OWNER = "city:town"
REGIONS = [
    RegionFacts("220000", "吉林省", "province"),
    RegionFacts("220100", "长春市", "city", "220000", "Changchun"),
    RegionFacts("220102", "南关区", "county", "220100", "Nanguan District"),
    RegionFacts("220103", "宽城区", "county", "220100", "Kuancheng District"),
    RegionFacts("220102005", "长通街道", "street", "220102"),
    RegionFacts("220102005001", "永长社区", "community", "220102005"),
]
ROADS = {
    "亚泰大街": [[125.33, 43.88], [125.33, 43.90]],
    "长通路": [[125.32, 43.897], [125.35, 43.897]],
    "东七条": [[125.33, 43.904], [125.35, 43.904]],
    "吉林大路": [[125.34, 43.88], [125.40, 43.88]],
}


def feature(properties: dict[str, Any], kind: str, coordinates: Any) -> dict[str, Any]:
    """A GeoJSON feature."""
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def square(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    """The ring of a box, counter-clockwise."""
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def layer(key: str, kind: str, features: list[dict[str, Any]], **more: Any) -> service.LayerFacts:
    """A layer of the town."""
    content = orjson.dumps({"type": "FeatureCollection", "features": features})
    words: dict[str, Any] = {"source": "A survey", "licence": "CC0-1.0", "attribution": "The survey"}
    return service.LayerFacts(
        key, key, key, kind, content=content, file=f"layers/{key}.geojson", **words, **more
    )


def address(code: str, text: str, longitude: float, latitude: float, **more: Any) -> AddressFacts:
    """An address of the town."""
    return AddressFacts(code, text, longitude, latitude, "A survey", "CC0-1.0", **more)


ADDRESSES = [
    address(
        "a-1138", "吉林省长春市南关区亚泰大街1138号新天地购物公园", 125.3381, 43.8972, name="新天地购物公园"
    ),
    address("a-1388", "吉林省长春市南关区亚泰大街1388号", 125.3386, 43.8945),
    address("a-1100", "吉林省长春市南关区亚泰大街1100号", 125.3384, 43.8978),
    address("b-7", "吉林省长春市南关区长通家园A7栋", 125.3435, 43.9002, kind="building"),
    address("b-6", "吉林省长春市南关区长通家园A6栋", 125.3446, 43.9003, kind="building"),
    address("b-110", "吉林省长春市南关区光复路110栋", 125.3370, 43.9012, kind="building"),
    address("d-316", "吉林省长春市宽城区东七条街316-A号", 125.3380, 43.9041),
    address("j-1", "吉林省长春市南关区亚泰大街与长通路交汇处", 125.3385, 43.8970, kind="junction"),
    address("e-34", "吉林省长春市南关区中环11区34号楼", 125.3429, 43.8947, kind="building"),
    address("r-1", "吉林省长春市南关区长通家园A7栋1单元302室", 125.3435, 43.9002, level=2, kind="building"),
]


def build() -> None:
    """Regions, a map of districts and roads, the library."""
    load_roles(by=BY)
    load_regions(REGIONS, by=BY)
    districts = [
        feature({"code": "220102"}, "Polygon", square(125.30, 43.80, 125.36, 43.903)),
        feature({"code": "220103"}, "Polygon", square(125.30, 43.903, 125.36, 44.00)),
    ]
    roads = [feature({"name": name, "class": "primary"}, "LineString", line) for name, line in ROADS.items()]
    style = {"role": "road", "class": "class", "label": "name"}
    service.install_layers(
        [
            layer("districts", "polygon", districts, region_property="code", style={"role": "boundary"}),
            layer("roads", "line", roads, style=style),
        ],
        owner=OWNER,
        by=BY,
    )
    read_names(by=BY)
    load_addresses(ADDRESSES, owner=OWNER, by=BY)
