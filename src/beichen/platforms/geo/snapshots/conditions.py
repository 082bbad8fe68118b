"""Where a source meets conditions: the evaluator that is used, and which fields a condition names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from beichen.platforms.geo.source import Condition

Evaluator = Callable[[pa.Table, Condition], npt.NDArray[np.bool_]]
"""Gives for each row of a table whether the condition holds; the table has the columns that it names."""
_used: list[Evaluator] = []


def use_evaluator(evaluator: Evaluator) -> None:
    """Say once, when the room is put together, what evaluates conditions."""
    _used[:] = [evaluator]


def mask(table: pa.Table, condition: Condition) -> npt.NDArray[np.bool_]:
    """For each row whether the condition holds."""
    return _used[0](table, condition)


def names_in(condition: Any) -> set[str]:
    """The fields that a condition (CQL2-JSON) names."""
    return set(_names(condition))


def _names(part: Any) -> Iterator[str]:
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("property"), str):
                yield one["property"]
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
