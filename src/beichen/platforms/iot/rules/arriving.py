"""A batch as rules take it: readings one by one in the order in which they came, and runs.

A run is what is taken as columns of one measure of one thing. It is taken whole where nothing else of the
batch can come between: no window counts it, no condition looks at two measures of the batch, and no reading
of the measure came otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from beichen.platforms.iot.blocks import Block
from beichen.platforms.iot.fleet import Speaker, Target
from beichen.platforms.iot.rules.engine import Engine, Run, Sample
from beichen.platforms.iot.treatment import Reading


def _came(readings: Sequence[Reading]) -> Iterator[tuple[int, Sample]]:
    """Single readings, with when they came."""
    for row in readings:
        target, value = row.target, row.number if row.text is None else row.text
        if value is not None:
            shown = bool(value) if target.form == "boolean" else value
            sample = Sample(target.object, target.measure, row.at, shown, row.received, row.speaker.is_demo)
            yield row.received, sample


def arranged(
    readings: Sequence[Reading], blocks: Sequence[Block], engine: Engine
) -> tuple[list[Sample], list[Run]]:
    """What is to be looked at one by one, and runs; their things are learned here."""
    objects = {row.target.object for row in readings}
    engine.things.learn(
        objects | {target.object for block in blocks for _by, target, _rows in block.of_pairs()}
    )
    came = list(_came(readings))
    if not blocks:
        return [sample for _at, sample in came], []
    single = {(sample.object, sample.measure) for _at, sample in came}
    apart = engine.apart(_moving(came, blocks, engine))
    runs: list[Run] = []
    for block in blocks:
        others = set()
        for pair, speaker, target, rows in _watched(block, engine):
            thing = engine.things.get(target.object)
            if thing is not None and (
                (thing.kind, target.measure) in apart or (target.object, target.measure) in single
            ):
                others.add(pair)
            else:
                values = _values(target, block.number[rows])
                at = block.at[rows].tolist()
                heard, last = block.received[[rows.start, rows.stop - 1]].tolist()
                runs.append(Run(target.object, target.measure, at, values, heard, speaker.is_demo, last))
        if others:
            came += _one_by_one(block, others)
    came.sort(key=lambda one: one[0])  # stable: what came at one time stays in its order
    return [sample for _at, sample in came], runs


def _moving(
    came: Sequence[tuple[int, Sample]], blocks: Sequence[Block], engine: Engine
) -> set[tuple[str, str]]:
    """The types' measures of which the batch has readings."""
    named = {(sample.object, sample.measure) for _at, sample in came}
    named |= {(target.object, target.measure) for block in blocks for _by, target, _rows in block.of_pairs()}
    return {(thing.kind, measure) for key, measure in named if (thing := engine.things.get(key)) is not None}


def _watched(block: Block, engine: Engine) -> Iterator[tuple[int, Speaker, Target, slice]]:
    """The pairs whose things rules know, with their numbers and rows."""
    for speaker, target, rows in block.of_pairs():
        if engine.things.get(target.object) is not None:
            yield int(block.pair[rows.start]), speaker, target, rows


def _values(target: Target, numbers: Any) -> list[float | bool]:
    values: list[float | bool] = (numbers != 0).tolist() if target.form == "boolean" else numbers.tolist()
    return values


def _one_by_one(block: Block, pairs: set[int]) -> list[tuple[int, Sample]]:
    """The readings of these pairs, in the order of their rows."""
    rows = np.flatnonzero(np.isin(block.pair, list(pairs)))
    rows = rows[np.argsort(block.places[rows])]
    found = []
    for pair, at, number, received in zip(
        *(one[rows].tolist() for one in (block.pair, block.at, block.number, block.received)), strict=True
    ):
        target = block.targets[pair]
        shown = bool(number) if target.form == "boolean" else number
        is_demo = block.speakers[pair].is_demo
        sample = Sample(target.object, target.measure, at, shown, received, is_demo)
        found.append((received, sample))
    return found
