"""A layer's file: what is accepted, and every mistake with its line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from beichen.platforms.geo import geojson

SQUARE = [[[125.0, 43.0], [126.0, 43.0], [126.0, 44.0], [125.0, 44.0], [125.0, 43.0]]]
BOW_TIE = [[[125.0, 43.0], [126.0, 44.0], [126.0, 43.0], [125.0, 44.0], [125.0, 43.0]]]


def feature(kind: str, coordinates: Any, **properties: str) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any) -> bytes:
    body = ",\n".join(json.dumps(item) for item in features)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}'.encode()


def read(content: bytes, kind: str = "polygon", region_property: str = "") -> geojson.Reading:
    return geojson.read(content, file="layers/a.geojson", kind=kind, region_property=region_property)


def test_a_good_file_is_counted_and_boxed() -> None:
    reading = read(collection(feature("Polygon", SQUARE), feature("MultiPolygon", [SQUARE])))
    assert reading == geojson.Reading(2, (125.0, 43.0, 126.0, 44.0), ())


def test_an_empty_collection_is_a_layer() -> None:
    assert read(collection()) == geojson.Reading(0, (0, 0, 0, 0), ())


def test_all_mistakes_are_reported_with_their_lines() -> None:
    content = collection(
        feature("Polygon", SQUARE, code="1"),
        feature("Polygon", BOW_TIE, code="2"),
        feature("Point", [125.0, 43.0], code="3"),
        feature("Polygon", [[[43.0, 125.0], [44.0, 125.0], [44.0, 126.0], [43.0, 125.0]]], code="4"),
        feature("Polygon", SQUARE),
        {"type": "Feature", "properties": {"code": "6"}, "geometry": None},
    )
    reading = read(content, region_property="code")
    found = [(problem.code, problem.where.line) for problem in reading.problems]
    assert found == [("GEO-102", 3), ("GEO-102", 4), ("GEO-103", 5), ("GEO-104", 6), ("GEO-102", 7)]
    assert str(reading.problems[0]).startswith("layers/a.geojson:3:1: error: GEO-102 not valid: Self-inter")
    assert reading.problems[1].message == "the feature is a Point, the layer's kind is polygon"
    assert all(len(problem.message) <= 80 for problem in reading.problems)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"type":"Feature"}', b'{"type":"FeatureCollection"}', b"\xff\xfe", b"null"],
)
def test_what_is_no_collection_is_one_problem(content: bytes) -> None:
    (problem,) = read(content).problems
    assert problem.code == "GEO-101"


def test_a_syntax_error_names_its_place() -> None:
    (problem,) = read(b'{"type":"FeatureCollection",\n"features":[}').problems
    assert (problem.where.line, problem.where.column) == (2, 13)


@pytest.mark.parametrize("item", [None, 1, "x", [], {}, {"geometry": {"type": "Point"}}, {"geometry": {}}])
def test_a_hostile_feature_is_a_problem_and_no_crash(item: Any) -> None:
    (problem,) = read(collection(item), kind="point").problems
    assert problem.code == "GEO-102"


def test_a_layer_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MAX_BYTES", 50)
    (problem,) = read(collection(feature("Point", [125.0, 43.0])), kind="point").problems
    assert problem.code == "GEO-105"
