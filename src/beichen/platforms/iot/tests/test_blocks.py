"""Readings by the column: to the same effect as one by one, in whatever order and messages they come."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.iot.arrivals import Arrived, Came
from beichen.platforms.iot.columns import NO_SEQ, ROWS, packed, unpacked
from beichen.platforms.iot.moments import SECOND
from beichen.platforms.iot.tests.test_treatment import NOON, fleet
from beichen.platforms.iot.treatment import Outcome, Treater

Row = tuple[str, str, float, float]
VALUES = {
    "numbers": st.sampled_from([0.0, 1.0, 2.5, 101.0, float("nan"), float("inf")]),
    "whole": st.sampled_from([0, 1, 2, 101]),
    "truths": st.booleans(),
}


def rows_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[list[Row]]]:
    """Messages of rows: device, measure, value, seconds after noon."""
    row = st.tuples(
        st.sampled_from(["D", "D", "E", "OFF", "X"]),
        st.sampled_from(["a", "a", "n", "on", "word", "b"]),
        values,
        st.sampled_from([-4_000, -3, -2, -1, 0, 1, 3, 400]),
    )
    return st.lists(st.lists(row, min_size=1, max_size=12), min_size=1, max_size=3)


def table_of(rows: list[Row]) -> pa.Table:
    """Rows as a client sends them."""
    device, measure, value, at = zip(*rows, strict=True)
    times = [datetime.fromtimestamp(NOON / 1e6 + one, UTC) for one in at]
    return pa.table({"device": device, "measure": measure, "value": value, "at": times})


def came(rows: list[Row], at: int = NOON) -> list[Came]:
    """Rows on their whole way through the stream."""
    messages = packed(table_of(rows))
    assert messages is not None
    return [Came(unpacked(one), at) for one in messages]


def said(row: Row, at: int = NOON) -> Arrived:
    """The same as a single message."""
    device, measure, value, seconds = row
    shown = value if value == value and abs(value) != float("inf") else None
    return Arrived(device, orjson.dumps({"ts": NOON / 1e6 + seconds, measure: shown}), at)


def effect(outcome: Outcome) -> tuple[Any, ...]:
    """What became of readings, in no order."""
    taken = [
        (one.speaker.code, one.target.measure, one.at, one.number, one.quality, one.seq)
        for one in outcome.readings
    ]
    for block in outcome.blocks:
        for speaker, target, rows in block.of_pairs():
            qualities = [("accepted", "late", "skewed")[one] for one in block.quality[rows]]
            seqs = [None] * len(qualities)
            if block.seq is not None:
                seqs = [None if one == NO_SEQ else one for one in block.seq[rows].tolist()]
            columns = (block.at[rows].tolist(), block.number[rows].tolist(), qualities, seqs)
            taken += [(speaker.code, target.measure, *one) for one in zip(*columns, strict=True)]
    refused = [(one.device, one.measure if one.measure else "", one.reason) for one in outcome.refused]
    return (
        Counter(taken),
        Counter(reason for _device, _measure, reason in refused),
        outcome.counts,
        outcome.seen,
    )


@pytest.mark.parametrize("kind", VALUES)
def test_columns_are_treated_as_single_readings_are(kind: str) -> None:
    @given(rows_of(VALUES[kind]))
    @settings(max_examples=80, deadline=None)
    def holds(messages: list[list[Row]]) -> None:
        table: list[Any] = []

        def known(rows: Any) -> set[int]:
            return {n for n, one in enumerate(rows) if one.identity in table}

        devices, columns = (fleet() for _ in range(2))
        for number, rows in enumerate(messages):
            at = NOON + number
            one_by_one = Treater(devices).treat([said(row, at) for row in rows], known)
            outcome = Treater(columns).treat(came(rows, at), known)
            assert effect(outcome) == effect(one_by_one)
            table += [one.identity for one in one_by_one.readings]

    holds()


@given(rows_of(VALUES["numbers"]))
@settings(max_examples=80, deadline=None)
def test_messages_of_one_batch_know_each_other(messages: list[list[Row]]) -> None:
    one_by_one = Treater(fleet()).treat([said(row) for rows in messages for row in rows], lambda _rows: set())
    outcome = Treater(fleet()).treat([one for rows in messages for one in came(rows)], lambda _rows: set())
    assert effect(outcome) == effect(one_by_one)


def test_a_device_that_floods_is_throttled_alone() -> None:
    rows: list[Row] = [("D", "a", 1.0, 0.0)] * 3 + [("E", "a", 2.0, 1.0)]
    rows = [
        (device, measure, value, at + number / 1_000)
        for number, (device, measure, value, at) in enumerate(rows * 300)
    ]
    outcome = Treater(fleet(rate=5)).treat(came(rows), lambda _rows: set())
    assert (
        outcome.counts[("", datetime(2026, 7, 1, tzinfo=UTC).date(), "accepted")]
        + len([one for one in outcome.readings if one.quality != "accepted"])
        == 500 + 300
    )
    assert Counter((one.device, one.reason) for one in outcome.refused) == {("D", "too-fast"): 400}


def test_a_large_table_is_several_messages() -> None:
    size = ROWS * 2 + 1
    at = pa.array(np.arange(size) * SECOND + NOON, pa.timestamp("us", "UTC"))
    table = pa.table(
        {"device": ["D"] * size, "measure": ["a"] * size, "value": np.arange(size) / 7, "at": at}
    )
    messages = packed(table)
    assert messages is not None
    assert [len(unpacked(one).at) for one in messages] == [ROWS, ROWS, 1]
    assert (
        np.concatenate([unpacked(one).value for one in messages]).tolist() == (np.arange(size) / 7).tolist()
    )


@pytest.mark.parametrize(
    "change",
    [
        {"device": ["a b"]}, {"device": pa.array([None], pa.string())}, {"measure": ["x" * 101]},
        {"value": ["wet"]}, {"value": pa.array([None], pa.float64())}, {"measure": [""]},
        {"value": pa.array([2**63], pa.uint64())},
        {"at": ["2026-07-01"]}, {"at": pa.array([None], pa.timestamp("s"))}, {"seq": [7]},
        {"at": pa.array([2**62], pa.timestamp("s"))}, {"at": pa.array([-1], pa.timestamp("s"))},
    ],
)  # fmt: skip
def test_what_is_not_plain_goes_the_other_way(change: dict[str, Any]) -> None:
    plain = {"device": ["D"], "measure": ["a"], "value": [1.5], "at": pa.array([NOON], pa.timestamp("us"))}
    assert packed(pa.table(plain)) is not None
    assert packed(pa.table(plain | change)) is None
    assert packed(pa.table(plain).slice(1)) is None


@given(st.binary(max_size=60) | st.integers(0, 700))
@settings(max_examples=60, deadline=None)
def test_what_was_not_packed_is_told(content: bytes | int) -> None:
    messages = packed(table_of([("D", "a", 1.0, 0), ("E", "n", 2.0, 1)]))
    assert messages is not None
    if isinstance(content, int):
        content = messages[0][: min(content, len(messages[0]) - 9)]
    with pytest.raises(ValueError, match=r"no columns"):
        unpacked(content)
