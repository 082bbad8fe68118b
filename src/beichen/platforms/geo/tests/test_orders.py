"""Orders of fields: with them a condition leaves what a look at every row leaves, and looks at few."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from beichen.platforms.geo.conditions import Bounds, bounds_of, checked, mask, read_text
from beichen.platforms.geo.snapshots.orders import Orders
from beichen.platforms.geo.snapshots.snapshot import Snapshot
from beichen.platforms.geo.source import KEY, Asked, Condition
from beichen.platforms.geo.tests.many import COUNT, FIELDS, NAMES, ROWS, START, snapshot_in


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The rows as a layer."""
    return snapshot_in(tmp_path_factory.mktemp("orders"))


DAYS = st.integers(-3, 45).map(lambda day: {"date": (START + timedelta(day)).isoformat()})
MOMENTS = st.integers(-3, 45).map(lambda day: {"timestamp": f"{START + timedelta(day)}T01:00:00Z"})
NUMBERS = st.sampled_from([0, 1, 2, 2.5, 3.0, 30, -7, 4_000, 2**62, float(2**62), -0.0, 1e300, 1e17])
LITERALS = {
    "name": st.sampled_from([*NAMES, "只 17", "人民"]),
    "storeys": NUMBERS,
    "depth": NUMBERS,
    "built": DAYS | MOMENTS,
    "seen": MOMENTS | DAYS,
}
SIGNS = st.sampled_from(["=", "<", ">", "<=", ">=", "<>"])


@st.composite
def comparisons(draw: st.DrawFn) -> Any:
    """A comparison of a property with literals of its kind."""
    name = draw(st.sampled_from(sorted(LITERALS)))
    literal, at = LITERALS[name], {"property": name}
    form = draw(st.sampled_from(["left", "right", "between", "in", "isNull"]))
    if form == "between":
        return {"op": "between", "args": [at, draw(literal), draw(literal)]}
    if form == "in":
        return {"op": "in", "args": [at, draw(st.lists(literal, min_size=1, max_size=3))]}
    if form == "isNull":
        return {"op": "isNull", "args": [at]}
    sides = [at, draw(literal)]
    return {"op": draw(SIGNS), "args": sides if form == "left" else sides[::-1]}


NODES = st.recursive(
    comparisons() | st.just({"property": "is_open"}),
    lambda inner: st.builds(
        lambda name, args: {"op": name, "args": args[:1] if name == "not" else args},
        st.sampled_from(["and", "and", "or", "not"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=5,
)


def ids(snapshot: Snapshot, asked: Asked) -> list[str]:
    """All that match, a page after the other."""
    found: list[str] = []
    while True:
        answer = snapshot.page(asked)
        found += [orjson.loads(one)["id"] for one in answer.features]
        if not answer.after:
            return found
        asked = replace(asked, after=answer.after)


@settings(max_examples=80, deadline=None)
@given(node=NODES, limit=st.sampled_from([900, 5_001]), is_boxed=st.booleans())
def test_a_condition_leaves_what_a_look_at_every_row_leaves(
    node: Condition, limit: int, is_boxed: bool, snapshot: Snapshot
) -> None:
    told = checked(node, FIELDS)
    note(told)
    asked = Asked(limit=limit, condition=told)
    if is_boxed:
        asked = replace(asked, box=(125.0, 43.0, 126.0, 44.0))
    found = ids(snapshot, asked)
    whole = pa.Table.from_batches(list(snapshot.batches()))
    assert sorted(found) == sorted(whole.filter(pa.array(mask(whole, told)))[KEY].to_pylist())


def condition(text: str) -> Condition:
    """A condition on the fields."""
    return checked(read_text(text), FIELDS)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("storeys = 3", [Bounds("storeys", ((3, 3),))]),
        ("3 < storeys", [Bounds("storeys", ((3, None),))]),
        ("storeys <= 2.5", [Bounds("storeys", ((None, 3),))]),
        ("storeys between 1 and 2 and name in ('a', 'b')",
         [Bounds("storeys", ((1, 2),)), Bounds("name", (("a", "a"), ("b", "b")))]),
        ("depth = 2", [Bounds("depth", ((2.0, 2.0),))]),
        ("built = DATE('1970-01-03')", [Bounds("built", ((2, 2),))]),
        ("seen > TIMESTAMP('1970-01-01T00:00:01Z')", [Bounds("seen", ((1_000_000, None),))]),
        ("storeys = 1 or storeys = 2", []),
        ("not storeys = 1", []),
        ("storeys <> 1", []),
        ("storeys + 1 = 2", []),
        ("casei(name) = 'a'", []),
        ("storeys < 1e17", []),
        ("storeys between 2.5 and 4611686018427387904", []),
        ("built < TIMESTAMP('2020-01-01T00:00:00Z')", []),
        ("seen < DATE('2020-01-01')", []),
        ("1 = 1", []),
    ],
)  # fmt: skip
def test_what_a_condition_bounds(text: str, bounds: list[Bounds]) -> None:
    assert bounds_of(condition(text), FIELDS) == bounds


def test_few_rows_are_looked_at(snapshot: Snapshot) -> None:
    orders = Orders(snapshot._folder, FIELDS, list(snapshot.batches()))
    rare = orders.candidates(condition("name = '只 17' and is_open is not null"), COUNT)
    assert rare is not None
    assert len(rare) == sum(row["name"] == "只 17" for row in ROWS)
    common = orders.candidates(condition("name = 'a' and storeys > 0"), COUNT)
    assert common is not None
    assert len(common) == sum(row["name"] == "a" for row in ROWS)
    assert (np.diff(common) > 0).all()
    assert orders.candidates(condition("name = 'a'"), len(common) - 1) is None
    assert orders.candidates(condition("is_open = true"), COUNT) is None
