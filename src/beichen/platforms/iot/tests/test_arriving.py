"""Rules over columns: runs turn the same as their readings one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.iot.blocks import Block
from beichen.platforms.iot.fleet import NEVER, Newest, Speaker, Target
from beichen.platforms.iot.rules.arriving import arranged
from beichen.platforms.iot.rules.declaration import read_rule
from beichen.platforms.iot.rules.engine import Engine, Sample, Watched
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.things import Thing, Things
from beichen.platforms.iot.treatment import Reading

SECOND = 1_000_000
KINDS = {"a": "number", "n": "number", "depth": "number"}
RULES: dict[str, dict[str, Any]] = {
    "plain": {"when": "a > depth", "clear": "a < 2"},
    "lasting": {"when": "a > depth", "for": "3s"},
    "two": {"when": "a > n"},
    "silent": {"silent": "5s"},
    "window": {"when": "a > mean + 1", "windows": {"mean": {"avg": "a", "over": "60s"}}},
}
ROW = st.tuples(
    st.sampled_from([1, 2]), st.sampled_from(["a", "a", "n"]), st.integers(1, 3), st.integers(0, 9)
)


class Known(Things):
    """Two things that no database knows."""

    def __init__(self) -> None:
        super().__init__({"well": set(KINDS)})
        for key in (1, 2):
            thing = Thing(key, f"W-{key}", "well", key - 1, 1, "", {"depth": 5.0})
            self._known[key] = thing
            self.of_kind["well"].append(thing)

    def learn(self, keys: Iterable[int]) -> None:
        """They are known."""


def engine(names: Iterable[str]) -> Engine:
    """An engine with these rules."""
    rules = []
    for number, name in enumerate(sorted(names)):
        declared = read_rule(f"r.{name}", {"on": "well.a", "raise": "r.x", **RULES[name]})
        rules.append(Watched(number, declared, 1, 1, KINDS))
    past = Past((rule.declared.kind, window) for rule in rules for window in rule.declared.windows)
    return Engine(rules, Known(), past, NEVER)


def block_of(rows: list[tuple[int, str, int, float]], received: int) -> Block:
    """Rows of one message whose times go forward, as the gateway parts them."""
    pairs = sorted({(thing, measure) for thing, measure, _at, _value in rows})
    speakers = [Speaker(key, f"D-{key}", True, 0, 1, True, True, 0, 0, {}, None, {}) for key, _name in pairs]
    targets = [Target(key, f"W-{key}", None, name, "number", 0, 9, 1, 0, Newest()) for key, name in pairs]
    pair = np.array([pairs.index((thing, measure)) for thing, measure, _at, _value in rows])
    order = np.argsort(pair, kind="stable")
    at = np.array([at for _thing, _measure, at, _value in rows], np.int64)
    number = np.array([value for *_rest, value in rows], np.float64)
    quality = np.zeros(len(rows), np.uint8)
    return Block(
        speakers, targets, pair[order], at[order], number[order], quality, order, np.full(len(rows), received)
    )


def shown(found: list[Any]) -> list[tuple[Any, ...]]:
    """What turned, in no order."""
    return sorted(
        (one.rule.declared.key, one.thing.object, str(one.step.turn), one.step.at, one.step.since)
        for one in found
    )


@given(
    st.sets(st.sampled_from(sorted(RULES)), min_size=1),
    st.lists(st.lists(ROW, min_size=1, max_size=12), min_size=1, max_size=3),
    st.lists(ROW, max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_runs_turn_as_single_readings_do(
    names: set[str], messages: list[list[tuple[int, str, int, int]]], single: list[tuple[int, str, int, int]]
) -> None:
    one_by_one, by_run = engine(names), engine(names)
    at, samples, blocks, readings = 0, list[Sample](), list[Block](), list[Reading]()
    for number, rows in enumerate(messages):
        timed = []
        for thing, measure, step, value in rows:
            at += step * SECOND
            timed.append((thing, measure, at, float(value)))
            samples.append(Sample(thing, measure, at, float(value), number * 2))
        blocks.append(block_of(timed, number * 2))
    for thing, measure, step, value in single:
        at += step * SECOND
        speaker = Speaker(thing, "E", True, 0, 1, True, True, 0, 0, {}, None, {})
        target = Target(thing, "W", None, measure, "number", 0, 9, 1, 0, Newest())
        received = len(messages) * 2
        readings.append(Reading(speaker, target, at, received, float(value), None, None, "accepted", False))
        samples.append(Sample(thing, measure, at, float(value), received))
    turned = one_by_one.take(samples)
    ones, runs = arranged(readings, blocks, by_run)
    assert len(ones) + sum(len(run.at) for run in runs) == len(samples)
    assert shown(by_run.take(ones, runs)) == shown(turned)
    assert shown(by_run.tick(at + 60 * SECOND)) == shown(one_by_one.tick(at + 60 * SECOND))
    for ours, theirs in zip(by_run.rules, one_by_one.rules, strict=True):
        assert ours.standings == theirs.standings
