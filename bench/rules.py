"""Rules over a minute of readings, beside bare polars that evaluates the same expressions over ready frames.

Each thing reports once a minute; the minute comes as sixty batches, as the gateway makes them. Every rule
is on the one measure: a number of rules times a number of things. Ours is all that rules add to a batch:
the questions of what changed, values taken up, the frame, all conditions, and what turned written to SQLite
with its standings, firings and events; a condition holds of one reading in a hundred thousand (``raised``).
Beside it ``engine_s``: the same without a database, where some conditions hold of a thing in a thousand for a
minute or longer and are followed, raised and cleared (``turned``).
The peer: `polars.sql_expr` compiled once, one select a batch over frames that are there already, its answer
thrown away. Seconds are of the processor, all threads together; ``core_percent`` is ours of one core while
the minute lasts (limit: 50).
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from beichen.house.cli import _prepare_django
from bench.measure import Row, rounded

ROOT = Path(__file__).resolve().parents[1]
SIZES = ((10, 1_000), (100, 10_000), (1_000, 100_000))
BATCHES, MINUTE = 60, 60_000_000
KINDS = {"level_m": "number", "depth_m": "number", "street": "text"}


def _processor(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def _declared(number: int) -> dict[str, Any]:
    share = 0.999 + (number % 10) / 20_000
    return {
        "on": "well.level_m",
        "when": f"level_m > {share:.6f} * depth_m and street <> 'street {number % 7}'",
        "clear": "level_m < 0.7 * depth_m",
        "raise": "bench.high",
        **({"for": "2m"} if number % 2 else {}),
    }


def _engine(rules: int, things: int) -> dict[str, float]:
    """Without a database; and the peer."""
    from beichen.platforms.iot.rules.declaration import read_rule
    from beichen.platforms.iot.rules.engine import Engine, Sample, Watched
    from beichen.platforms.iot.rules.past import Past
    from beichen.platforms.iot.rules.things import Thing, Things

    chance = random.Random(1)
    known = Things({"well": set(KINDS)})
    for key in range(things):
        values = {"depth_m": 4.0, "street": f"street {key % 50}"}
        known._known[key] = thing = Thing(key, f"W-{key}", "well", key, 1, "east", values)
        known.of_kind["well"].append(thing)
    watched = [
        Watched(number, read_rule(f"r.{number}", _declared(number)), 1, 1, KINDS) for number in range(rules)
    ]
    engine = Engine(watched, known, Past(()))
    minutes = [
        [Sample(key, "level_m", minute * MINUTE + key, chance.random() * 4) for key in range(things)]
        for minute in range(2)
    ]
    size = things // BATCHES + 1
    turned = [0]

    def ours(samples: list[Sample]) -> None:
        for start in range(0, things, size):
            turned[0] += len(engine.take(samples[start : start + size]))
            engine.changed = {}

    _processor(lambda: ours(minutes[0]))  # the first minute fills what a gateway has after its first minute
    spent = _processor(lambda: ours(minutes[1]))
    frames = [
        pl.DataFrame(
            {
                "level_m": [one.value for one in minutes[1][start : start + size]],
                "depth_m": [4.0] * len(minutes[1][start : start + size]),
                "street": [f"street {one.object % 50}" for one in minutes[1][start : start + size]],
            }
        )
        for start in range(0, things, size)
    ]
    expressions = [
        one.alias(str(number))
        for number, one in enumerate(pl.sql_expr([_declared(number)["when"] for number in range(rules)]))
    ]
    bare = _processor(lambda: [frame.select(expressions) for frame in frames])
    return {"engine_s": spent, "turned": turned[0], "bare": bare}


def run() -> list[Row]:
    """Three sizes."""
    words = [f"{rules}x{things}" for rules, things in SIZES]
    command = [sys.executable, "-m", "bench._rules", *words]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    _prepare_django()
    rows = []
    for found in json.loads(done.stdout.splitlines()[-1]):
        rules, things, spent = found["rules"], found["things"], found["seconds"]
        alone = _engine(rules, things)
        bare = alone.pop("bare")
        figures = {
            "rules": rules,
            "things": things,
            "core_percent": spent / 60 * 100,
            "raised": found["raised"],
        }
        figures |= alone
        rows.append(
            Row("Rules over a minute", rules * things, spent, "bare polars", bare, "", rounded(figures))
        )
    return rows
