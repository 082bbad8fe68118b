"""Events from publish to handled, beside the slower of its two limits: bare insert, bare publish.

The bare insert writes the same rows with Django's `bulk_create` in the same transactions (a hundred
events each); the bare publish sends the same payloads with nats-py, five hundred in flight. One process
publishes, another relays and handles; the handler itself does nothing, so that only the bus is measured.
Runs and limits are taken in turns, five times each (50,000 once); the medians count.
A ratio of 2 means half the limit's rate. The delay is that of single events, each in its own
transaction, at a steady rate.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.measure import Row

ROOT = Path(__file__).resolve().parents[1]
SIZES = ("1000", "10000", "50000")
ENGINES = {"SQLite": (), "PostgreSQL": (str(ROOT / "tools/services"),)}


def _measure(before: tuple[str, ...]) -> dict[str, Any]:
    command = [*before, sys.executable, "-m", "bench._bus", "measure", *SIZES]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def run() -> list[Row]:
    """Three sizes on each database."""
    rows = []
    for engine, before in ENGINES.items():
        found = _measure(before)
        for row in found["rows"]:
            peer, limit = max(row["limits"].items(), key=lambda item: item[1])
            figures = {"events_per_s": round(row["size"] / row["ours"])}
            figures |= {f"{name} per_s": round(row["size"] / taken) for name, taken in row["limits"].items()}
            rows.append(
                Row(f"handle on {engine}", row["size"], row["ours"], f"bare {peer}", limit, "", figures)
            )
        last = rows[-1]
        delays = {name: float(value) for name, value in found["steady"].items()}
        rows[-1] = Row(
            last.case, last.size, last.ours_seconds, last.peer, last.peer_seconds, "", last.figures | delays
        )
    return rows
