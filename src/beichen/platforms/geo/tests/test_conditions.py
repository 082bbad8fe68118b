"""Conditions: what is read, what is refused and where, and that columns answer as rows would, one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, note, settings
from hypothesis import strategies as st

from beichen.platforms.geo.conditions import box_of, checked, mask, names_of, read_json, read_text
from beichen.platforms.geo.source import GEOMETRY, Field, FieldKind
from beichen.platforms.geo.tests.plainly import matches
from beichen.problem import Problem, ProblemError

FIELDS = (
    Field("name", FieldKind.TEXT),
    Field("storeys", FieldKind.INTEGER),
    Field("depth", FieldKind.NUMBER),
    Field("is_open", FieldKind.BOOLEAN),
    Field("built", FieldKind.DATE),
    Field("seen", FieldKind.TIME),
)
TYPES = {
    "name": pa.string(),
    "storeys": pa.int64(),
    "depth": pa.float64(),
    "is_open": pa.bool_(),
    "built": pa.date32(),
    "seen": pa.timestamp("us", "UTC"),
}


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as the columns of a source."""
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}
    shapes = [None if row[GEOMETRY] is None else shapely.to_wkb(row[GEOMETRY]) for row in rows]
    return pa.table(
        {"id": [str(place) for place in range(len(rows))], GEOMETRY: pa.array(shapes, pa.binary()), **columns}
    )


def row(**values: Any) -> dict[str, Any]:
    """A row of nothing but ``values``."""
    return {**dict.fromkeys(TYPES), GEOMETRY: shapely.Point(125.3, 43.9), **values}


ROWS = [
    row(name="Jingyuetan", storeys=3, depth=2.5, is_open=True, built=date(2001, 5, 1)),
    row(name="人民广场", storeys=30, depth=-1.0, is_open=False, seen=datetime(2026, 7, 21, 18, tzinfo=UTC)),
    row(name="Café 100%", geometry=shapely.box(126, 44, 126.1, 44.1)),
    row(geometry=None),
]


def found(text: str) -> list[int]:
    """The rows of ROWS that match."""
    return [int(place) for place in np.flatnonzero(mask(table_of(ROWS), checked(read_text(text), FIELDS)))]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("storeys > 2", [0, 1]),
        ("NOT storeys > 3", [0]),
        ("storeys in (30, 31)", [1]),
        ("storeys NOT IN (30)", [0]),
        ("depth between 2 and 3", [0]),
        ("name like '%100\\%'", [2]),
        ("CASEI(name) = casei('JINGYUETAN')", [0]),
        ("ACCENTI(CASEI(name)) LIKE accenti('cafe%')", [2]),
        ("name = '人民广场' OR is_open", [0, 1]),
        ("is_open = false", [1]),
        ("built is null", [1, 2, 3]),
        ("geometry is not null", [0, 1, 2]),
        ("storeys / 3 = 10 and storeys % 7 = 2", [1]),
        ("storeys div 2 = 1 or 2 ^ 3 = 9", [0]),
        ("depth / (storeys - 3) > 0 or false", []),
        ("- depth = 1", [1]),
        ("built < DATE('2001-05-02')", [0]),
        ("built = '2001-05-01'", [0]),
        ("T_INTERSECTS(seen, DATE('2026-07-21'))", [1]),
        ("T_DURING(seen, INTERVAL('2026-07-21T17:00:00Z', '..'))", [1]),
        ("T_AFTER(built, DATE('2001-05-01'))", []),
        ("S_INTERSECTS(geometry, BBOX(125, 43, 126, 44))", [0, 1, 2]),
        ("S_WITHIN(geometry, POLYGON((125 43, 126 43, 126 44, 125 44, 125 43)))", [0, 1]),
        ("S_CONTAINS(geometry, POINT(126.05 44.05))", [2]),
        ("S_DISJOINT(geometry, POINT(126.05 44.05)) and storeys = 3", [0]),
        ("S_INTERSECTS(geometry, BBOX(126.05, 43, -179, 45))", [2]),
        ("id = '2'", [2]),
        ("true", [0, 1, 2, 3]),
        ("1 = 2", []),
    ],
)
def test_text_selects(text: str, places: list[int]) -> None:
    assert found(text) == places


def problem_of(text: str) -> Problem:
    """What is wrong with it."""
    with pytest.raises(ProblemError) as caught:
        checked(read_text(text), FIELDS)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("storeys >", "GEO-601", "filter"),
        ("storeys = 1 name", "GEO-601", "filter"),
        ("'x'", "GEO-601", "filter"),
        ("a" * 8_001, "GEO-602", "filter"),
        ("not " * 40 + "is_open", "GEO-602", "filter"),
        ("storeys=" + "1+" * 50 + "1", "GEO-602", "filter"),
        (" or ".join(["storeys = 1"] * 420), "GEO-602", "filter"),
        (" or ".join(["s_intersects(geometry, POINT(1 2))"] * 12), "GEO-602", "filter"),
        ("height = 3", "GEO-603", "/args/0/property"),
        ("s_intersects(name, POINT(1 2))", "GEO-603", "/args/0"),
        ("name = 3", "GEO-604", "/args"),
        ("storeys = 1 and name > true", "GEO-604", "/args/1/args"),
        ("is_open < true", "GEO-604", "/args"),
        ("name", "GEO-604", "/"),
        ("storeys + 1", "GEO-604", "/"),
        ("foo(name)", "GEO-604", "/op"),
        ("storeys like 'x'", "GEO-604", "/args/0"),
        ("name like name", "GEO-604", "/args/1"),
        ("storeys in (depth)", "GEO-604", "/args/1/0"),
        ("name + 1 = 2", "GEO-604", "/args/0/args/0"),
        ("(storeys = 1) = 2", "GEO-604", "/args/0"),
        ("depth = 1e999", "GEO-604", "/args/1"),
        ("built = DATE('2026-13-01')", "GEO-604", "/args/1/date"),
        ("built = 'tomorrow'", "GEO-604", "/args/1"),
        ("t_after(name, DATE('2026-01-01'))", "GEO-604", "/args/0"),
        ("t_during(seen, INTERVAL('x', '..'))", "GEO-604", "/args/1/interval/0"),
        ("t_after(seen, TIMESTAMP('0001-01-01T00:00:00+10:00'))", "GEO-604", "/args/1/timestamp"),
        ("s_within(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "GEO-604", "/args/1"),
        ("s_within(geometry, POLYGON((0 0, 1 1)))", "GEO-604", "/args/1"),
        ("s_within(geometry, POINT(500 1))", "GEO-604", "/args/1"),
        ("s_within(geometry, BBOX(1, 2, 3))", "GEO-604", "/args/1/bbox"),
        ("s_within(geometry, BBOX(1, 4, 3, 2))", "GEO-604", "/args/1/bbox"),
        ("s_within(geometry, 3)", "GEO-604", "/args/1"),
    ],
)
def test_text_is_refused(text: str, code: str, where: str) -> None:
    problem = problem_of(text)
    assert (problem.code, str(problem.where) or "/") == (code, where)


def test_the_place_of_a_mistake_is_told() -> None:
    assert problem_of("storeys > > 2").where.start == 10
    assert problem_of("storeys >").message == "the filter ends too soon"
    assert problem_of("storey = 2").hint == "did you mean 'storeys'?"


@pytest.mark.parametrize(
    "document",
    [
        b"{",
        b"[]",
        b"[" * 4_000,
        {"op": "not"},
        {"op": "and", "args": [True]},
        {"op": "=", "args": [{"property": ["a"]}, 1]},
        {"op": 3, "args": []},
        {"op": "in", "args": [{"property": "storeys"}, []]},
        {"op": "=", "args": [{"property": "storeys"}, None]},
        {"op": "=", "args": [{"property": "storeys"}, 10**400]},
        {"op": "=", "args": [{"property": "built"}, {"date": 3}]},
        {"op": "t_after", "args": [{"property": "seen"}, {"interval": ["2026-01-01"]}]},
        {"op": "s_within", "args": [{"property": GEOMETRY}, {"type": "Point", "coordinates": ["a"]}]},
        {"op": "s_within", "args": [{"property": GEOMETRY}, {"type": "Point"}]},
        {"op": "s_within", "args": [{"property": GEOMETRY}, {"bbox": [1, 2, "3", 4]}]},
    ],
)
def test_json_is_refused(document: Any) -> None:
    with pytest.raises(ProblemError) as caught:
        checked(read_json(document), FIELDS)
    assert caught.value.problems[0].code in {"GEO-601", "GEO-602", "GEO-603", "GEO-604"}


def code_of(text: str) -> str:
    """The code of the first problem; empty for a condition that is answered."""
    try:
        checked(read_text(text), FIELDS)
    except ProblemError as error:
        return error.problems[0].code
    return ""


BOMBS = {
    "open parentheses": "(" * 7_000 + "a",
    "parentheses that do not parse": "(" * 4_000 + "a=" + ")" * 3_000,
    "minus": "storeys = " + "-" * 7_000 + "1",
    "comparisons": "storeys" + "=1" * 3_500,
    "nots": "not " * 1_900 + "is_open",
    "powers": "storeys = " + "2^" * 3_500 + "2",
    "functions": "casei(" * 1_300 + "name",
    "collections": "s_within(geometry, " + "GEOMETRYCOLLECTION(" * 400,
    "digits": "depth = 1" + "0" * 7_000,
    "quotes": "name = '" + "(" * 7_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_or_answered(name: str) -> None:
    """None of them overflows a stack, and none takes more than the time of its characters."""
    assert code_of(BOMBS[name]) in {"", "GEO-601", "GEO-602", "GEO-604"}


def test_what_a_condition_says_beforehand() -> None:
    text = "storeys > 1 and (name = 'x' or s_within(geometry, BBOX(1, 2, 3, 4)))"
    condition = checked(read_text(text), FIELDS)
    assert names_of(condition) == {"storeys", "name", GEOMETRY}
    assert box_of(condition) is None
    assert box_of(checked(read_text("is_open and s_within(geometry, BBOX(1, 2, 3, 4))"), FIELDS)) == (
        1,
        2,
        3,
        4,
    )
    both = "s_within(geometry, POINT(1 2)) or s_touches(geometry, POINT(5 0))"
    assert box_of(checked(read_text(both), FIELDS)) == (1, 0, 5, 2)
    assert box_of(checked(read_text("s_disjoint(geometry, POINT(1 2))"), FIELDS)) is None


def test_coordinates_are_brought_to_degrees() -> None:
    """What `filter-crs` names is undone before anything is asked."""
    text = "s_intersects(geometry, BBOX(43, 125, 44, 126))"
    condition = checked(read_text(text), FIELDS, lambda positions: positions[:, ::-1])
    assert box_of(condition) == (125, 43, 126, 44)


numbers = st.one_of(
    st.just({"property": "storeys"}),
    st.just({"property": "depth"}),
    st.integers(-3, 40),
    st.sampled_from([0.5, 2.5, -1.0]),
)
numbers = st.recursive(
    numbers,
    lambda inner: st.builds(
        lambda sign, left, right: {"op": sign, "args": [left, right]},
        st.sampled_from(["+", "-", "*", "/", "%", "div"]),
        inner,
        inner,
    ),
    max_leaves=4,
)
words = st.text("aAéÉ%_b", max_size=4)
texts = st.one_of(st.just({"property": "name"}), words)
folded = st.one_of(
    texts,
    st.builds(lambda fold, one: {"op": fold, "args": [one]}, st.sampled_from(["casei", "accenti"]), texts),
)
dates = st.dates(date(2025, 12, 30), date(2026, 1, 3))
times = st.datetimes(datetime(2025, 12, 30), datetime(2026, 1, 3)).map(lambda one: one.replace(tzinfo=UTC))
day = dates.map(lambda one: {"date": one.isoformat()})
moment = times.map(lambda one: {"timestamp": one.isoformat()})
instants = st.one_of(st.just({"property": "built"}), st.just({"property": "seen"}), day, moment)
literal_ends = st.one_of(dates.map(date.isoformat), times.map(datetime.isoformat), st.just(".."))
spans = st.one_of(
    instants, st.builds(lambda start, end: {"interval": [start, end]}, literal_ends, literal_ends)
)
points = st.tuples(st.integers(0, 4), st.integers(0, 4))
boxes = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 2), st.integers(1, 2)).map(
    lambda box: shapely.box(box[0], box[1], box[0] + box[2], box[1] + box[3])
)
lines = st.tuples(points, points).filter(lambda ends: ends[0] != ends[1]).map(shapely.LineString)
shapes = st.one_of(points.map(shapely.Point), boxes, lines)
literal_shapes = shapes.map(lambda one: orjson.loads(shapely.to_geojson(one)))


def _compare(operands: st.SearchStrategy[Any], signs: str = "= <> < > <= >=") -> st.SearchStrategy[Any]:
    return st.builds(
        lambda sign, left, right: {"op": sign, "args": [left, right]},
        st.sampled_from(signs.split()),
        operands,
        operands,
    )


SPANNED = (
    "t_after t_before t_contains t_disjoint t_during t_equals t_finishedBy t_finishes t_intersects "
    "t_overlappedBy t_overlaps t_startedBy t_starts"
)
TOUCHED = "s_intersects s_disjoint s_within s_contains s_touches s_overlaps s_crosses s_equals"
simple = st.one_of(
    _compare(numbers),
    _compare(folded),
    _compare(instants),
    _compare(st.one_of(st.just({"property": "is_open"}), st.booleans()), "= <>"),
    _compare(spans, SPANNED),
    st.builds(
        lambda name, one, turned: {"op": name, "args": [{"property": GEOMETRY}, one][:: -1 if turned else 1]},
        st.sampled_from(TOUCHED.split()),
        literal_shapes,
        st.booleans(),
    ),
    st.builds(lambda one: {"op": "isNull", "args": [{"property": one}]}, st.sampled_from([*TYPES, GEOMETRY])),
    st.builds(lambda one, pattern: {"op": "like", "args": [one, pattern]}, folded, words),
    st.builds(lambda *three: {"op": "between", "args": list(three)}, numbers, numbers, numbers),
    st.builds(
        lambda one, among: {"op": "in", "args": [one, among]},
        numbers,
        st.lists(st.integers(0, 5), min_size=1, max_size=3),
    ),
    st.builds(
        lambda one, among: {"op": "in", "args": [one, among]}, folded, st.lists(words, min_size=1, max_size=3)
    ),
    st.just({"property": "is_open"}),
    st.booleans(),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(
            lambda name, some: {"op": name, "args": some},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        inner.map(lambda one: {"op": "not", "args": [one]}),
    ),
    max_leaves=6,
).filter(lambda one: isinstance(one, dict))
rows = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.none() | st.text("aAéÉb\n", max_size=4),
            "storeys": st.none() | st.integers(-3, 40),
            "depth": st.none() | st.sampled_from([0.5, 2.5, -1.0, 0.0]),
            "is_open": st.none() | st.booleans(),
            "built": st.none() | dates,
            "seen": st.none() | times,
            GEOMETRY: st.none() | shapes,
        }
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(conditions, rows)
def test_columns_answer_as_rows_do(condition: dict[str, Any], some: list[dict[str, Any]]) -> None:
    asked = checked(read_json(condition), FIELDS)
    note(f"{condition} {some}")
    assert list(mask(table_of(some), asked)) == [matches(asked, one) is True for one in some]


@settings(max_examples=150, deadline=None)
@given(conditions, rows)
def test_every_match_lies_in_the_box(condition: dict[str, Any], some: list[dict[str, Any]]) -> None:
    asked = checked(read_json(condition), FIELDS)
    box = box_of(asked)
    for one in some:
        if box is not None and matches(asked, one):
            assert shapely.intersects(one[GEOMETRY], shapely.box(*box))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab()'\"=<>+-*/^, .0123456789\n", max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert code_of(text) in {"", "GEO-601", "GEO-602", "GEO-603", "GEO-604"}
