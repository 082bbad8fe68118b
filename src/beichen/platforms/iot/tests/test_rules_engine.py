"""Rules without a database: conditions mean what the house's language means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.kernel.scene.expressions import condition
from beichen.platforms.iot.rules.conditions import compiled
from beichen.platforms.iot.rules.declaration import SECOND, Window, read_rule
from beichen.platforms.iot.rules.engine import Engine, Sample, Turned, Watched
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.things import Thing, Things
from beichen.platforms.iot.rules.windows import Buckets

MINUTE = 60 * SECOND
KINDS = {"a": "number", "b": "number", "wet": "boolean", "word": "text"}
CONDITIONS = (
    "a > 0.9 * b", "a / b >= 1", "a in (1, 2) or b between 0 and 1",
    "not wet and a <> b", "wet = true",
    "word like '东_%' or word = 'x'", "a is null", "wet is false", "a is not null and not (b > a)",
    "-a < b - 1",
    "word in ('x', null)", "a not between b and 2", "wet or null", "not (a > b and wet)",
    "word not like '%x%'",
)  # fmt: skip
ROW = st.fixed_dictionaries(
    {
        "a": st.none() | st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.5]),
        "b": st.none() | st.sampled_from([-1.0, 0.0, 1.0, 2.0]),
        "wet": st.none() | st.booleans(),
        "word": st.none() | st.sampled_from(["x", "东大街", "东", "", "x\n东"]),
    }
)


@given(st.lists(ROW, min_size=1, max_size=12))
@settings(max_examples=80, deadline=None)
def test_many_rows_at_once_are_judged_as_each_alone(rows: list[dict[str, Any]]) -> None:
    types = {"number": pl.Float64, "boolean": pl.Boolean, "text": pl.String}
    frame = pl.DataFrame(
        {name: pl.Series([row[name] for row in rows], dtype=types[KINDS[name]]) for name in KINDS}
    )
    found = frame.select([compiled(text, KINDS, {}).fill_null(False).alias(text) for text in CONDITIONS])
    for text in CONDITIONS:
        alone = [condition(text).holds(row) for row in rows]
        together = found[text].to_list()
        assert (together if len(together) == len(rows) else together * len(rows)) == alone, text


class Known(Things):
    """Two things of one type that no database knows."""

    def __init__(self, rules: Sequence[Watched]) -> None:
        super().__init__({"well": set()})
        for key in (1, 2):
            self._known[key] = thing = Thing(key, f"W-{key}", "well", key - 1, 1, "east", {"b": 4.0})
            self.of_kind["well"].append(thing)


def engine(*declared: dict[str, Any], by_clock: bool = False, started: int = 0) -> Engine:
    """Rules over the two things."""
    rules = [
        Watched(
            number, read_rule(f"r.{number}", {"on": "well.a", "raise": "x.y", **one}), 1, 1, KINDS, by_clock
        )
        for number, one in enumerate(declared)
    ]
    past = Past(("well", window) for rule in rules for window in rule.declared.windows)
    return Engine(rules, Known(rules), past, started)


def turns(found: Sequence[Turned]) -> list[tuple[str, int, int]]:
    """What turned, when, and since when it had held, in minutes."""
    return [(str(one.step.turn), one.step.at // MINUTE, one.step.since // MINUTE) for one in found]


def said(*values: float | None, begin: int = 0, thing: int = 1) -> list[Sample]:
    """A reading a minute; None is a minute without one."""
    return [
        Sample(thing, "a", (begin + number) * MINUTE, value)
        for number, value in enumerate(values)
        if value is not None
    ]


RULE = {"when": "a > 0.9 * b", "clear": "a < 0.7 * b", "for": "5m"}


def test_what_holds_long_enough_is_raised_once_and_is_over() -> None:
    watched = engine(RULE)
    assert turns(watched.take(said(3.9, 3.9, 3.9))) == []
    assert turns(watched.take(said(3.9, 3.9, 3.9, 3.9, 3.9, begin=3))) == [("raised", 5, 0)]
    assert turns(watched.take(said(3.0, 3.9, 2.0, 2.0, begin=8))) == [("cleared", 10, 0)]
    assert turns(watched.take(said(*[3.9] * 5, 1.0, *[3.9] * 5, begin=12))) == []


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_how_readings_are_batched_changes_nothing(size: int) -> None:
    rule = {**RULE, "windows": {"mean": {"avg": "a", "over": "5m"}}, "when": "a > 3.6 and mean > 2"}
    readings = said(*[1.0] * 4, *[3.9] * 9, 3.0, 2.0, *[3.9] * 7, 1.0)
    watched = engine(rule, {"when": "a > 3"})
    found = []
    for start in range(0, len(readings), size):
        found += watched.take(readings[start : start + size])
    assert sorted(turns(found)) == [
        ("cleared", 14, 4), ("cleared", 14, 4), ("cleared", 22, 15), ("cleared", 22, 15), ("raised", 4, 4),
        ("raised", 11, 6), ("raised", 15, 15), ("raised", 20, 15),
    ] or sorted(turns(found)) == sorted(turns(_alone(rule, readings)))  # fmt: skip


def _alone(rule: dict[str, Any], readings: list[Sample]) -> list[Turned]:
    watched = engine(rule, {"when": "a > 3"})
    return [one for reading in readings for one in watched.take([reading])]


def test_a_late_reading_moves_no_condition_and_counts_in_windows() -> None:
    watched = engine({"windows": {"top": {"max": "a", "over": "10m"}}, "when": "top > 3"}, RULE)
    assert turns(watched.take(said(1.0, begin=5))) == []
    assert turns(watched.take(said(3.9, begin=3))) == []
    assert turns(watched.take(said(1.0, begin=6))) == [("raised", 6, 6)]
    assert turns(watched.take(said(1.0, begin=20))) == [("cleared", 20, 6)]


def test_silence_counts_from_the_last_reading_and_never_while_nobody_listened() -> None:
    watched = engine({"silent": "10m"}, started=2 * MINUTE)
    watched.take(said(1.0))
    assert turns(watched.tick(11 * MINUTE)) == []
    assert turns(watched.tick(12 * MINUTE)) == [("raised", 12, 0)]
    assert turns(watched.tick(40 * MINUTE)) == []
    assert turns(watched.take(said(1.0, begin=41))) == [("cleared", 41, 0)]


@pytest.mark.parametrize("behind", [120, -4])
def test_a_wrong_clock_is_no_silence(behind: int) -> None:
    """Silence is by the house's clock: whose own is behind, or was ahead and was set right, speaks."""
    watched = engine({"silent": "10m"})
    found = []
    for minute in range(200, 230):
        at = minute - behind if minute < 215 or behind > 0 else minute
        found += watched.take([Sample(1, "a", at * MINUTE, 1.0, minute * MINUTE)])
        found += watched.tick(minute * MINUTE)
    assert found == []
    assert turns(watched.tick(239 * MINUTE)) == [("raised", 239, 229)]
    assert turns(watched.take([Sample(1, "a", 5 * MINUTE, 1.0, 240 * MINUTE)])) == [("cleared", 240, 229)]


def test_a_measure_that_is_said_when_it_changes_holds_until_then() -> None:
    watched = engine({**RULE, "for": "5m"}, by_clock=True)
    assert turns(watched.take(said(3.9))) == []
    assert turns(watched.tick(4 * MINUTE)) == []
    assert turns(watched.tick(6 * MINUTE)) == [("raised", 5, 0)]
    assert turns(watched.take(said(3.9, thing=2))) == []
    assert turns(watched.take(said(1.0, begin=9, thing=2))) == [("raised", 5, 0), ("cleared", 9, 0)]


def test_a_rule_that_cannot_be_evaluated_goes_alone() -> None:
    watched = engine(RULE, {"when": "a > 3"})
    watched.rules[0].when = pl.col("nothing of this name") > 1
    assert turns(watched.take(said(3.9))) == [("raised", 0, 0)]
    assert [rule.id for rule, _trouble in watched.failed] == [0]


@given(st.lists(st.tuples(st.integers(0, 90), st.floats(-5, 5)), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_window_says_what_its_readings_say(readings: list[tuple[int, float]]) -> None:
    """To the width of a bucket (one minute here): compared with all readings of the last hour's buckets."""
    takes = {"avg": 0.0, "min": 0.0, "max": 0.0, "count": 0.0}
    made = {take: Buckets(Window("w", take, "a", 60 * MINUTE)) for take in takes}
    told: list[tuple[int, float]] = []
    newest = 0
    for at, value in readings:
        newest = max(newest, at)
        if at > newest - 60:
            told.append((at, value))
        for buckets in made.values():
            buckets.add(0, at * MINUTE, value)
        held = [one for when, one in told if newest - 60 < when <= newest]
        found = {take: buckets.value(0, newest * MINUTE) for take, buckets in made.items()}
        assert found["count"] == len(held)
        assert (found["min"], found["max"]) == (min(held), max(held))
        assert found["avg"] == pytest.approx(sum(held) / len(held), abs=1e-9)


def test_a_rate_is_the_change_in_an_hour() -> None:
    buckets = Buckets(Window("w", "rate", "a", 60 * MINUTE))
    buckets.add(0, 0, 1.0)
    assert buckets.value(0, 0) is None
    buckets.add(0, 30 * MINUTE, 2.0)
    assert buckets.value(0, 30 * MINUTE) == pytest.approx(2.0)
