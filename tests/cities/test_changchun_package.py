"""The city package of Changchun holds together: references, geometry, sources, licences, sizes."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from decimal import Decimal
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from ruamel.yaml import YAML
from shapely.geometry import shape

import beichen.cities

PACKAGE = Path(beichen.cities.__file__).parent / "changchun"
FILES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*")
    if path.is_file() and path.name != "PROVENANCE.md"
)
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
PERIOD = re.compile(r"20\d\d(-Q[1-4]|-S[12]|-\d\d(-\d\d(/P\d+D)?)?)?\Z")
SIX_DECIMALS = 1e-6


def rows(name: str) -> list[dict[str, str]]:
    with (PACKAGE / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, strict=True))


def document(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((PACKAGE / name).read_text(encoding="utf-8"))


def features(name: str) -> list[dict[str, Any]]:
    return list(json.loads((PACKAGE / name).read_text(encoding="utf-8"))["features"])


REGIONS = {row["code"]: row for row in rows("regions.csv")}
LAYERS: dict[str, dict[str, Any]] = document("layers.yaml")
INDICATORS = {row["key"]: row for row in rows("indicators.csv")}
STATISTICS = rows("statistics.csv")
TARGETS = rows("annual-targets.csv")
FACILITIES = [*rows("objects/facility.csv"), *rows("objects/unlicensed/facility.csv")]


def test_every_region_hangs_below_the_next_level() -> None:
    levels = ["province", "city", "county", "street", "community"]
    for region in REGIONS.values():
        if region["parent_code"]:
            parent = REGIONS[region["parent_code"]]
            assert levels.index(region["level"]) == levels.index(parent["level"]) + 1
            assert region["code"].startswith(parent["code"].rstrip("0"))
    assert [code for code, region in REGIONS.items() if not region["parent_code"]] == ["220000"]


def test_regions_are_complete_and_named() -> None:
    by_level = Counter(region["level"] for region in REGIONS.values())
    assert by_level == {"province": 1, "city": 1, "county": 15, "street": 231, "community": 2798}
    assert len(REGIONS) == len(rows("regions.csv"))
    assert all(region["name"] for region in REGIONS.values())
    assert all(region["name_en"] for region in REGIONS.values() if region["level"] != "community")


def test_development_zones_are_no_districts() -> None:
    zones = {code for code, region in REGIONS.items() if region["kind"] == "development-zone"}
    assert zones == {"220171", "220172", "220173", "220174"}
    districts = {feature["properties"]["code"] for feature in features(LAYERS["districts"]["file"])}
    assert districts == {code for code, region in REGIONS.items() if region["level"] == "county"} - zones


@pytest.mark.parametrize(
    ("code", "name_en"),
    [
        ("220122", "Nong'an County"),
        ("220106", "Lüyuan District"),
        ("220103102", "Wanbao Town"),
        ("220113008", "Jijia Subdistrict"),
    ],
)
def test_names_are_romanised_from_their_own_characters(code: str, name_en: str) -> None:
    assert REGIONS[code]["name_en"] == name_en


def test_bodies_are_a_tree_and_each_county_has_a_government() -> None:
    bodies = document("bodies.yaml")
    for key, body in bodies.items():
        assert KEY.match(key)
        assert body["region"] in REGIONS
        assert body.get("parent", "city-government") in bodies
        assert body["name"]["zh"]
        assert body["name"]["en"]
    assert len({body["name"]["zh"] for body in bodies.values()}) == len(bodies)
    governed = {body["region"] for body in bodies.values() if body["kind"].endswith("-government")}
    assert governed == {feature["properties"]["code"] for feature in features(LAYERS["districts"]["file"])}


@pytest.mark.parametrize("key", LAYERS)
def test_a_layer_is_valid_geometry_of_its_kind(key: str) -> None:
    layer = LAYERS[key]
    kinds = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
    assert features(layer["file"])
    for feature in features(layer["file"]):
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        assert geometry.geom_type.removeprefix("Multi") == kinds[layer["kind"]]
        coordinates = shapely.get_coordinates(geometry)
        assert abs(coordinates - coordinates.round(6)).max() < SIX_DECIMALS / 10
        west, south, east, north = geometry.bounds
        assert 121 < west <= east < 132
        assert 40 < south <= north < 47


def test_a_layer_without_licence_lies_apart_and_can_be_replaced() -> None:
    for key, layer in LAYERS.items():
        assert KEY.match(key)
        apart = layer["file"].startswith("layers/unlicensed/")
        assert apart == (layer["licence"] == "not stated")
        assert layer["replaceable"] is True
        assert layer["attribution"]
        assert layer["zoom"][0] <= layer["zoom"][1]
        if layer["licence"].startswith("ODbL"):
            assert layer["attribution"] == "© OpenStreetMap contributors"
    assert {layer["file"] for layer in LAYERS.values()} == {
        name for name in FILES if name.endswith(".geojson")
    }


def test_districts_tile_the_city_without_overlap() -> None:
    polygons = [shape(feature["geometry"]) for feature in features(LAYERS["districts"]["file"])]
    outline = shape(features(LAYERS["city-outline"]["file"])[0]["geometry"])
    together = shapely.union_all(polygons)
    assert sum(polygon.area for polygon in polygons) == pytest.approx(together.area, rel=1e-4)
    assert together.symmetric_difference(outline).area < outline.area * 1e-3


def test_a_district_covers_its_seat() -> None:
    for feature in features(LAYERS["districts"]["file"]):
        assert shape(feature["geometry"]).intersects(shapely.Point(feature["properties"]["seat"]))


def test_a_facility_lies_in_its_region_and_names_its_source() -> None:
    polygons = {f["properties"]["code"]: shape(f["geometry"]) for f in features(LAYERS["districts"]["file"])}
    categories = {row["key"] for row in rows("objects/categories.csv")}
    for facility in FACILITIES:
        assert KEY.match(facility["key"])
        assert facility["category"] in categories
        assert facility["name"] or facility["name_en"]
        assert facility["source"]
        assert facility["licence"]
        if facility["longitude"]:
            point = shapely.Point(float(facility["longitude"]), float(facility["latitude"]))
            assert polygons[facility["region"]].intersects(point)
        else:
            assert facility["region"] == "220100"
    assert len({facility["key"] for facility in FACILITIES}) == len(FACILITIES)
    assert categories == {facility["category"] for facility in FACILITIES}


def test_facilities_without_licence_lie_apart() -> None:
    assert {row["licence"] for row in rows("objects/unlicensed/facility.csv")} == {"not stated"}
    assert "not stated" not in {row["licence"] for row in rows("objects/facility.csv")}


@pytest.mark.parametrize(
    "row", [*STATISTICS, *TARGETS], ids=lambda row: f"{row['indicator']}-{row['period']}"
)
def test_a_number_has_a_meaning_a_place_a_time_and_a_source(row: dict[str, str]) -> None:
    assert row["name"] == INDICATORS[row["indicator"]]["name"]
    assert row["region"] in REGIONS
    assert row["region"].startswith("2201")
    assert PERIOD.match(row["period"])
    assert Decimal(row["value"]).is_finite()
    assert row["confidence"] in {"high", "medium"}
    assert row["source_title"]
    assert row["quote"]
    assert row["relation"] in {"exact", "about", "at-least", "above"}


def test_no_statistic_is_expected_or_a_target_or_of_the_province() -> None:
    assert STATISTICS
    for row in STATISTICS:
        assert "预计" not in row["quote"]
        assert "目标" not in row["source_title"]
        assert not row["quote"].startswith("（吉林省）")
        assert row["status"] in {"published", "preliminary", "computed"}
        assert int(row["period"][:4]) <= 2025
    # The same source gives retail sales of 2023 as expected, and a growth that follows from it.
    assert ("retail-growth", "2023") not in {(row["indicator"], row["period"]) for row in STATISTICS}
    assert ("gdp-growth", "2020") not in {(row["indicator"], row["period"]) for row in STATISTICS}


def test_a_statistic_says_one_thing_once() -> None:
    stated = [(row["indicator"], row["region"], row["period"]) for row in STATISTICS]
    assert len(set(stated)) == len(stated)


def test_the_census_adds_up() -> None:
    census = {row["indicator"]: Decimal(row["value"]) for row in STATISTICS if row["period"] == "2020"}
    assert census["male-population"] + census["female-population"] == 9066906
    assert census["urban-population"] + census["rural-population"] == 9066906
    share = census["urban-population"] / 9066906 * 100
    assert round(share, 2) == census["urbanisation-rate"]


def test_every_indicator_has_words_and_a_use() -> None:
    used = {row["indicator"] for row in [*STATISTICS, *TARGETS]}
    assert set(INDICATORS) == used
    for key, indicator in INDICATORS.items():
        assert KEY.match(key)
        assert indicator["direction"] in {"higher", "lower", "neutral"}
        assert indicator["aggregation"] in {"sum", "mean", "last", "none"}
        assert all(indicator[column] for column in ("name", "name_en", "definition", "definition_en"))


def test_each_indicator_of_the_plan_is_measured_or_says_why_not() -> None:
    entries = document("plan-indicators.yaml")
    assert {entry["number"] for entry in entries} == set(range(1, 21))
    assert all(second["number"] - first["number"] in (0, 1) for first, second in pairwise(entries))
    for entry in entries:
        assert entry["direction"] in {"higher", "lower"}
        assert entry["how"] in {"level", "annual-average", "cumulative"}
        if entry["measured_by"] == "none":
            assert entry["reason"]["zh"]
            assert entry["reason"]["en"]
            continue
        for measure in entry["measured_by"]:
            assert measure["statistic"] in INDICATORS
            assert measure["statistic"] in {row["indicator"] for row in STATISTICS}
            assert measure["note"]["zh"]
            assert measure["note"]["en"]


def test_the_manifest_names_files_that_exist() -> None:
    manifest = document("city.yaml")
    assert manifest["region"] == "220100"
    named = [manifest[key] for key in ("regions", "bodies", "layers", "indicators", "statistics")]
    named += [manifest["annual_targets"], manifest["provenance"], manifest["plan"]["indicators"]]
    named += [manifest["facilities"]["categories"], *manifest["facilities"]["files"]]
    assert [name for name in named if not (PACKAGE / name).is_file()] == []


def test_every_file_has_its_provenance() -> None:
    text = (PACKAGE / "PROVENANCE.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\S+)$", text, re.MULTILINE)
    assert [name for name in FILES if not any(fnmatch(name, pattern) for pattern in headings)] == []


def test_the_package_stays_small() -> None:
    sizes = {name: (PACKAGE / name).stat().st_size for name in FILES}
    assert sum(sizes.values()) < 12_000_000
    assert [name for name, size in sizes.items() if name.endswith(".geojson") and size > 1_500_000] == []


def test_no_text_of_a_citizen_is_in_the_package() -> None:
    assert {Path(name).suffix for name in FILES} <= {".yaml", ".csv", ".geojson", ".json", ".txt"}
    assert [name for name in FILES if "message" in name] == []
    for name in FILES:
        if not name.startswith("plan/"):
            assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", (PACKAGE / name).read_text(encoding="utf-8")), (
                name
            )
