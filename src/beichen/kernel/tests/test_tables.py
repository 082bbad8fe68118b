"""CSV tables: every cell with its place, every mistake at once."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.tables import Column, Table, read_table

COLUMNS = (
    Column("key", form=r"[a-z-]+", example="water-bureau"),
    Column("size", required=False, number=True, least=Decimal(0), most=Decimal(10)),
    Column("kind", required=False, choices=("small", "large")),
)


def read(text: str) -> Table:
    return read_table(text.encode(), file="t.csv", columns=COLUMNS, key=("key",))


def test_rows_are_text_with_places() -> None:
    table = read('key,size\na,1.5\n"b", 2 \n\n')
    assert table.problems == ()
    assert [(row["key"], row["size"], row["kind"]) for row in table.rows] == [
        ("a", "1.5", ""),
        ("b", "2", ""),
    ]
    assert str(table.rows[1].where("size")) == "t.csv:3:5"
    assert str(table.rows[1].where()) == "t.csv:3:1"


def test_a_cell_over_two_lines_moves_the_lines_that_follow() -> None:
    columns = (Column("note"), Column("size"))
    table = read_table(b'note,size\r\n"one\r\ntwo, ""three""",1\r\nx,2\r\n', file="t", columns=columns)
    assert table.rows[0]["note"] == 'one\r\ntwo, "three"'
    assert str(table.rows[1].where("size")) == "t:4:3"


def test_every_mistake_comes_at_once() -> None:
    table = read("key,size,kind\nA,11,smal\n,1,\na,x,large,more\nok,1,small\nok,2,\nb,1e3,\n")
    assert [str(problem) for problem in table.problems] == [
        "t.csv:2:1: error: TAB-106 key is 'A' (such as water-bureau)",
        "t.csv:2:3: error: TAB-106 size is '11' (a number from 0 to 10)",
        "t.csv:2:6: error: TAB-106 kind is 'smal' (did you mean 'small'?)",
        "t.csv:3:1: error: TAB-105 key is empty",
        "t.csv:4:1: error: TAB-104 4 cells, the header has 3",
        "t.csv:7:3: error: TAB-106 size is '1e3' (a number from 0 to 10)",
        "t.csv:6:1: error: TAB-107 ok stands on line 5 already",
    ]
    assert [row["key"] for row in table.rows] == ["ok", "ok"]


def test_a_header_with_mistakes_ends_the_reading() -> None:
    table = read("size,knd,size\n1,2,3\n")
    assert [(problem.code, problem.where.column) for problem in table.problems] == [
        ("TAB-103", 6),
        ("TAB-103", 10),
        ("TAB-102", 1),
    ]
    assert table.problems[0].hint == "did you mean 'kind'?"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "t.csv:1:1"),
        (b" \n", "t.csv:1:1"),
        (b"key\na\n\xff\n", "t.csv:3:1"),
        (b'key\n"a\n', "t.csv:2:1"),
    ],
)
def test_what_is_no_table_is_one_problem(content: bytes, place: str) -> None:
    (problem,) = read_table(content, file="t.csv", columns=COLUMNS).problems
    assert (problem.code, str(problem.where)) == ("TAB-101", place)


@given(
    st.lists(
        st.lists(
            st.text(
                st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]) | st.sampled_from(',"x')
            ),
            min_size=2,
            max_size=2,
        ).filter(any),
        max_size=5,
    )
)
def test_what_the_standard_library_writes_is_read_back(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([["a", "b"], *rows])
    columns = (Column("a", required=False), Column("b", required=False))
    table = read_table(stream.getvalue().encode(), file="t.csv", columns=columns)
    assert table.problems == ()
    assert [[row["a"], row["b"]] for row in table.rows] == [[cell.strip() for cell in row] for row in rows]
