"""Importing the real plan's text (limit: 3 s), and texts of two and four times its length.

The peer is reading the same text once with one regular expression that finds every number: the least
that any importer must do. What counts is that the time grows in proportion to the length.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from beichen.plan.importer import read_plan_text
from bench.measure import Row, seconds

SOURCE = Path(__file__).resolve().parents[1] / "src/beichen/cities/changchun/plan/source.txt"
NUMBER = re.compile(r"\d+(?:\.\d+)?\s*(?:万|亿|%|个|家|公里|平方米)?")


def run() -> list[Row]:
    """The real text, doubled and doubled again."""
    text = SOURCE.read_text(encoding="utf-8")
    rows = []
    for times in (1, 2, 4):
        long = text * times
        ours = seconds(partial(read_plan_text, long, "plan.txt"), times=3)
        peer = seconds(partial(NUMBER.findall, long), times=3)
        rows.append(Row("import a plan", len(long), ours, "one scan for numbers", peer))
    return rows
