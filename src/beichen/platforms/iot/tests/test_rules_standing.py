"""Of many readings only those are looked at one by one that turn a rule: beside looking at every one."""

from __future__ import annotations

from copy import copy

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from beichen.platforms.iot.rules.standing import Standing, Step, advance, turning

ROW = st.tuples(st.integers(0, 2), st.integers(0, 4), st.booleans(), st.booleans())
STANDING = st.sampled_from([Standing(None, 0), Standing(-3, -3), Standing(-9, -2, raised=-2)])


@given(st.lists(ROW, max_size=24), st.integers(0, 7), st.booleans(), st.tuples(STANDING, STANDING, STANDING))
def test_rows_that_are_passed_over_change_nothing(
    rows: list[tuple[int, int, bool, bool]], lasts: int, by_clock: bool, begin: tuple[Standing, ...]
) -> None:
    at, times = 0, []
    for _place, later, _holds, _clears in rows:
        at += later
        times.append(at)
    places = [row[0] for row in rows]
    holds, clears = [row[2] for row in rows], [row[3] for row in rows]

    def run(chosen: list[int]) -> tuple[list[tuple[int, Step]], list[Standing]]:
        standings = [copy(one) for one in begin]
        told = [
            (row, step)
            for row in chosen
            for step in advance(
                standings[places[row]],
                times[row],
                holds=holds[row],
                clears=clears[row],
                lasts=lasts,
                by_clock=by_clock,
            )
        ]
        return told, standings

    pending = {place: one.since for place, one in enumerate(begin) if one.since is not None}
    order = np.argsort(np.array(places, np.int64), kind="stable")
    found = turning(
        np.array(places, np.int64)[order],
        np.array(times, np.int64)[order],
        np.array(holds, np.bool_)[order],
        np.array(clears, np.bool_)[order],
        lasts=lasts,
        pending=pending,
    )
    chosen = sorted(order[found].tolist())
    assert run(chosen) == run(list(range(len(rows))))


def test_a_long_stretch_costs_its_turns_alone() -> None:
    """A condition that goes on holding over a million readings is looked at twice."""
    size = 1_000_000
    nothing, everything = np.zeros(size, np.bool_), np.ones(size, np.bool_)
    chosen = turning(np.zeros(size, np.int64), np.arange(size), everything, nothing, lasts=1_000, pending={})
    assert chosen.tolist() == [0, 1_000]
