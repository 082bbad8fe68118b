"""Tiles of points, read back by decoders that are not ours."""

from __future__ import annotations

import math
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.platforms.geo.mvt.points import properties_of
from beichen.platforms.geo.mvt.points import written as layer_of

WHOLE = st.integers(-(2**63), 2**63 - 1)
COLUMNS = {
    "text": (pa.string(), st.text(max_size=200)),
    "whole": (pa.int64(), WHOLE),
    "number": (pa.float64(), st.floats(allow_nan=False)),
    "truth": (pa.bool_(), st.booleans()),
}
ROW = st.fixed_dictionaries({name: st.none() | values for name, (_kind, values) in COLUMNS.items()})
PLACE = st.tuples(st.integers(-64, 4160), st.integers(-64, 4160))


def decoded(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return found


def written(rows: list[dict[str, Any]], places: list[tuple[int, int]], name: str = "layer") -> bytes:
    table = pa.table(
        {key: pa.array([row[key] for row in rows], kind) for key, (kind, _values) in COLUMNS.items()}
    )
    at = np.array(places, float)
    return layer_of(at[:, 0], at[:, 1], properties_of(table), name, 4096)


@given(st.lists(st.tuples(ROW, PLACE), min_size=1, max_size=40), st.text(min_size=1, max_size=20))
def test_what_is_written_is_read(found: list[tuple[dict[str, Any], tuple[int, int]]], name: str) -> None:
    rows, places = [row for row, _place in found], [place for _row, place in found]
    layer = decoded(written(rows, places, name))[name]
    assert (layer["extent"], layer["version"]) == (4096, 2)
    assert [tuple(one["geometry"]["coordinates"]) for one in layer["features"]] == places
    for row, one in zip(rows, layer["features"], strict=True):
        assert one["properties"] == {key: value for key, value in row.items() if value is not None}


@pytest.mark.parametrize("size", [1, 127, 128, 129, 16_383, 16_385])
def test_indices_of_every_width(size: int) -> None:
    """Values are numbered: a tile with more than 128 or 16,384 of them writes these in more bytes."""
    rows = [{"text": f"名{n}", "whole": n, "number": n / 2, "truth": bool(n % 2)} for n in range(size)]
    layer = decoded(written(rows, [(n % 4096, n // 4096) for n in range(size)]))["layer"]
    assert [one["properties"] for one in layer["features"]] == rows


def test_a_feature_with_nothing_to_say() -> None:
    row = dict.fromkeys(COLUMNS)
    (feature,) = decoded(written([row], [(1, 2)]))["layer"]["features"]
    assert feature["properties"] == {}
    assert feature["geometry"]["coordinates"] == [1, 2]


def test_a_number_that_is_none_is_carried() -> None:
    row = {"text": None, "whole": None, "number": math.nan, "truth": None}
    (feature,) = decoded(written([row], [(1, 2)]))["layer"]["features"]
    assert math.isnan(feature["properties"]["number"])
