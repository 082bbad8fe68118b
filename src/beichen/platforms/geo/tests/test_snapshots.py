"""Snapshots: what is asked of a file of features is what a plain loop over the features gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.geo import conditions
from beichen.platforms.geo.snapshots import gathering, unfolding
from beichen.platforms.geo.snapshots.building import build
from beichen.platforms.geo.snapshots.marks import mark_of
from beichen.platforms.geo.snapshots.placing import CELLS, hilbert_order, least_zooms, mercator
from beichen.platforms.geo.snapshots.snapshot import Snapshot
from beichen.platforms.geo.snapshots.unfolding import unfold
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Asked
from beichen.problem import ProblemError

START = datetime(2020, 1, 1, tzinfo=UTC)


def _features(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Points, short lines and squares about a city, each with a time, a number, sometimes a region."""
    random = np.random.default_rng(seed)
    features = []
    for number in range(count):
        x, y = float(random.normal(125.3, 0.2)), float(random.normal(43.9, 0.2))
        shape = [
            shapely.Point(x, y),
            shapely.LineString([(x, y), (x + 0.05, y + 0.03)]),
            shapely.box(x, y, x + 0.02, y + 0.02),
        ][number % 3]
        properties = {
            "number": number,
            "name": f"名字 {number}",
            "since": (START + timedelta(days=number)).isoformat(),
            "until": (START + timedelta(days=number + 10)).isoformat() if number % 2 else None,
            "region": ["/22/", "/22/2201/", "/22/2202/", None][number % 4],
        }
        geometry = orjson.loads(shapely.to_geojson(shape))
        features.append(
            {"type": "Feature", "id": f"f{number}", "geometry": geometry, "properties": properties}
        )
    return features


def _told(shapes: Any, told: Any) -> list[str]:
    return [one or "" for one in told]


def _snapshot(features: list[dict[str, Any]], folder: Path) -> Snapshot:
    def write(target: Path) -> None:
        layout = gathering.layout_of(features, valid_from="since", valid_to="until")
        build(gathering.batches_of(features, layout, _told, region="region"), layout, target)

    return Snapshot(unfold("some", folder, write), "tag")


@pytest.fixture(scope="module")
def features() -> list[dict[str, Any]]:
    return _features(3_000)


@pytest.fixture(scope="module")
def snapshot(features: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return _snapshot(features, tmp_path_factory.mktemp("snapshots"))


def _all(snapshot: Snapshot, asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        answer = snapshot.page(asked)
        found += map(orjson.loads, answer.features)
        if not answer.after:
            return found
        asked = replace(asked, after=answer.after)


def _expected(features: list[dict[str, Any]], asked: Asked) -> set[str]:
    def matches(feature: dict[str, Any]) -> bool:
        own = feature["properties"]
        if asked.box is not None:
            west, south, east, north = asked.box
            shape = shapely.from_geojson(orjson.dumps(feature["geometry"]).decode())
            if not shape.intersects(shapely.box(west, south, east, north)):
                return False
        if asked.during is not None:
            begin, end = asked.during
            if end is not None and datetime.fromisoformat(own["since"]) > end:
                return False
            if begin is not None and own["until"] and datetime.fromisoformat(own["until"]) < begin:
                return False
        return asked.regions is None or (own["region"] or "-").startswith(asked.regions)

    return {feature["id"] for feature in features if matches(feature)}


_boxes = st.tuples(st.floats(124, 126), st.floats(43, 45), st.floats(0.0, 1.0), st.floats(0.0, 1.0)).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)
_moments = st.none() | st.integers(-5, 3_020).map(lambda day: START + timedelta(days=day))
_regions = st.sampled_from([None, ("/22/",), ("/22/2201/",), ("/22/2201/", "/22/2202/"), ("/23/",)])
_asked = st.builds(
    Asked,
    limit=st.integers(1, 4_000),
    box=st.none() | _boxes,
    during=st.none() | st.tuples(_moments, _moments),
    regions=_regions,
)


@settings(max_examples=60, deadline=None)
@given(asked=_asked)
def test_pages_give_each_feature_that_matches_once(
    asked: Asked, features: list[dict[str, Any]], snapshot: Snapshot
) -> None:
    found = [feature["id"] for feature in _all(snapshot, asked)]
    assert len(found) == len(set(found))
    assert set(found) == _expected(features, asked)


@settings(max_examples=40, deadline=None)
@given(asked=_asked)
def test_columns_are_the_features_of_the_page(asked: Asked, snapshot: Snapshot) -> None:
    page = [orjson.loads(one)["id"] for one in snapshot.page(asked).features]
    table = snapshot.columns(asked)
    assert table.column(KEY).to_pylist() == page
    assert table.column_names == [KEY, GEOMETRY, REGION, "number", "name", "since", "until", "region_"]


def test_a_feature_is_what_was_brought(features: list[dict[str, Any]], snapshot: Snapshot) -> None:
    found = orjson.loads(snapshot.feature("f7") or b"")
    assert found["properties"]["name"] == "名字 7"
    assert found["properties"]["since"] == "2020-01-08T00:00:00Z"
    brought, kept = (
        shapely.from_geojson(orjson.dumps(one["geometry"]).decode()) for one in (features[7], found)
    )
    assert brought.hausdorff_distance(kept) < 1e-6
    assert snapshot.feature("f3000") is None
    assert snapshot.feature("f1", ("/22/2201/",)) is not None
    assert snapshot.feature("f1", ("/22/2202/",)) is None
    assert snapshot.feature("f3", ("/22/",)) is None  # of no region


def test_only_the_fields_that_are_wanted(snapshot: Snapshot) -> None:
    answer = snapshot.page(Asked(limit=1, names=["number"]))
    assert list(orjson.loads(answer.features[0])["properties"]) == ["number"]
    assert snapshot.columns(Asked(limit=1, names=["number"])).column_names == [
        KEY,
        GEOMETRY,
        REGION,
        "number",
    ]


def test_it_says_what_it_holds(snapshot: Snapshot) -> None:
    described = snapshot.described()
    assert described.count == 3_000
    assert described.span == (START, START + timedelta(days=3_009))
    kinds = {field.name: str(field.kind) for field in described.fields}
    assert kinds == {"number": "integer", "name": "text", "since": "time", "until": "time", "region_": "text"}
    assert snapshot.page(Asked(limit=1)).matched == 3_000


def test_a_box_over_the_antimeridian_meets_both_sides(tmp_path: Path) -> None:
    places = {"east": 179.5, "west": -179.5, "far": 0.0}
    features = [
        {"id": name, "properties": {}, "geometry": {"type": "Point", "coordinates": [x, 10]}}
        for name, x in places.items()
    ]
    found = _all(_snapshot(features, tmp_path), Asked(limit=9, box=(179, 0, -179, 20)))
    assert {feature["id"] for feature in found} == {"east", "west"}


def test_a_layer_of_nothing_is_read(tmp_path: Path) -> None:
    empty = _snapshot([], tmp_path)
    assert empty.described().box is None
    assert empty.page(Asked(limit=10, box=(0, 0, 1, 1))).features == []
    assert empty.columns(Asked(limit=10)).num_rows == 0
    assert empty.feature("a") is None


@pytest.mark.parametrize("mark", ["x", "-", "12", "-1-1", "99999999999999-a", "5-00ff", "1-\ud800", "١-1"])
def test_a_mark_of_no_page_is_refused(mark: str, snapshot: Snapshot) -> None:
    with pytest.raises(ProblemError, match="GEO-405"):
        snapshot.page(Asked(limit=1, after=mark))


def test_a_mark_of_an_earlier_revision_goes_on_after_its_feature(snapshot: Snapshot) -> None:
    key = orjson.loads(snapshot.page(Asked(limit=100)).features[-1])["id"]
    there = snapshot.page(Asked(limit=1, after=mark_of(7, key)))
    assert there.features == snapshot.page(Asked(limit=101)).features[-1:]


def test_conditions_are_asked_of_what_the_box_left(snapshot: Snapshot) -> None:
    condition = conditions.read_text("number > 1000 AND S_INTERSECTS(geometry, BBOX(125, 43.8, 125.2, 44))")
    checked = conditions.checked(condition, snapshot.layout.fields)
    asked = Asked(limit=50, box=(125.1, 43, 126, 45), condition=checked)
    found = {feature["properties"]["number"] for feature in _all(snapshot, asked)}
    boxed = replace(asked, condition=None, box=(125, 43.8, 125.2, 44))
    whole = {feature["properties"]["number"] for feature in _all(snapshot, boxed)}
    both = {feature["properties"]["number"] for feature in _all(snapshot, replace(asked, condition=None))}
    assert found == {number for number in whole & both if number > 1000}
    assert found


def test_the_file_is_geoparquet(features: list[dict[str, Any]], tmp_path: Path) -> None:
    layout = gathering.layout_of(features)
    target = tmp_path / "features.parquet"
    build(gathering.batches_of(features, layout, _told), layout, target)
    geo = orjson.loads(pq.read_schema(target).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["geometry_types"] == ["LineString", "Point", "Polygon"]
    again = tmp_path / "again.parquet"
    build(gathering.batches_of(features, layout, _told), layout, again)
    assert target.read_bytes() == again.read_bytes()


def test_neighbours_in_the_city_are_neighbours_in_the_file() -> None:
    side = np.arange(32) / 100
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    order = hilbert_order(np.vstack([x, y, x, y]))
    steps = np.hypot(np.diff(x[order]), np.diff(y[order]))
    assert sorted(order.tolist()) == list(range(1024))
    assert steps.max() < 0.0101 * 2


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000), zoom=st.integers(0, 16))
def test_no_tile_of_a_zoom_has_more_dots_than_cells(seed: int, zoom: int) -> None:
    random = np.random.default_rng(seed)
    x, y = random.normal(125.3, 0.01, 20_000), random.normal(43.9, 0.01, 20_000)
    boxes = np.vstack([x, y, x, y])
    shown = least_zooms(boxes) <= zoom
    left, top, _right, _bottom = mercator(boxes[:, shown]) * (CELLS << zoom)
    cells = np.floor(left) * 1e9 + np.floor(top)
    assert len(np.unique(cells)) == shown.sum()
    assert shown.any()


def test_of_two_that_want_a_folder_one_makes_it(features: list[dict[str, Any]], tmp_path: Path) -> None:
    _snapshot(features[:10], tmp_path)
    made: list[Path] = []
    unfold("some", tmp_path, made.append)
    assert made == []


def test_of_many_at_once_one_makes_the_folder(features: list[dict[str, Any]], tmp_path: Path) -> None:
    made: list[Path] = []

    def write(target: Path) -> None:
        made.append(target)
        layout = gathering.layout_of(features[:50])
        build(gathering.batches_of(features[:50], layout, _told), layout, target)

    with ThreadPoolExecutor(6) as pool:
        folders = list(pool.map(lambda _number: unfold("same", tmp_path, write), range(6)))
    assert len(made) == 1
    assert len(set(folders)) == 1
    assert Snapshot(folders[0], "").count == 50


_KILLED = """
import os, signal, sys
from pathlib import Path
from beichen.platforms.geo.snapshots import unfolding
def write(target):
    target.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
unfolding.unfold("some", Path(sys.argv[1]), write)
"""


def test_a_killed_build_leaves_no_half_folder(features: list[dict[str, Any]], tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "beichen.house.django"}
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path)], check=False, env=environment, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / f"some-{unfolding.FORM}").exists()
    assert _snapshot(features[:10], tmp_path).count == 10


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def write(target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        unfold("some", tmp_path, write)
    assert [one.name for one in tmp_path.iterdir()] == ["some.lock"]
