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

from beichen.platforms.geo.conditions import Bounds, bounds_of, checked, mask, parts_of, read_text
from beichen.platforms.geo.snapshots.numbers import Numbers
from beichen.platforms.geo.snapshots.orders import Orders
from beichen.platforms.geo.snapshots.plans import Plan, plan_of
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


def planned(snapshot: Snapshot, text: str) -> Plan:
    """How a condition is asked of the rows."""
    orders = Orders(snapshot._folder, FIELDS, list(snapshot.batches()))
    return plan_of(condition(text), FIELDS, orders)


def test_few_rows_are_looked_at(snapshot: Snapshot) -> None:
    rare = planned(snapshot, "name = '只 17' and is_open is not null").few
    assert rare is not None
    assert len(rare.in_file()) == sum(row["name"] == "只 17" for row in ROWS)
    common = planned(snapshot, "name = 'a' and storeys > 0").few
    assert common is not None
    rows = common.in_file().astype(np.int64)
    assert len(rows) == sum(row["name"] == "a" for row in ROWS)
    assert (np.diff(rows) > 0).all()
    assert common.fits(len(rows))
    assert not common.fits(len(rows) - 1)
    assert planned(snapshot, "is_open = true").few is None


def test_what_an_order_decides_and_what_numbers_say_is_not_asked_again(snapshot: Snapshot) -> None:
    plan = planned(snapshot, "name = 'a' and storeys > 1 and (depth between 0 and 2.5 and is_open = true)")
    asked = [(one.name, one.sign) for one in plan.after.comparisons]
    assert asked == [("storeys", ">"), ("depth", ">="), ("depth", "<=")]
    assert plan.after.names == {"is_open"}
    assert plan.whole.names == {"is_open", "name"}, "of rows that no order named all parts are asked"
    assert planned(snapshot, "storeys > 1").after.comparisons, "several values: within the bounds is not all"


@settings(max_examples=80, deadline=None)
@given(
    sign=SIGNS,
    name=st.sampled_from(["storeys", "depth", "built", "seen"]),
    length=st.sampled_from([7, 512, COUNT]),
    data=st.data(),
)
def test_numbers_are_compared_where_they_lie_as_columns_are(
    sign: str, name: str, length: int, data: st.DataObject, snapshot: Snapshot
) -> None:
    told = checked({"op": sign, "args": [{"property": name}, data.draw(LITERALS[name])]}, FIELDS)
    whole = pa.Table.from_batches(list(snapshot.batches()))
    rows = np.array(data.draw(st.sets(st.integers(0, COUNT - 1), max_size=200).map(sorted)), np.int64)
    (part,) = parts_of(told, FIELDS)
    (batch,) = whole.combine_chunks().to_batches()
    pieces = [batch.slice(start, length) for start in range(0, COUNT, length)]
    for one in part.comparisons:
        assert Numbers(pieces).holding(one, rows).tolist() == mask(whole.take(pa.array(rows)), told).tolist()
