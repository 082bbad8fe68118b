"""Notifications from entity write to HTTP delivery, with 1, 100 and 10,000 subscriptions of which 10 match.

Others are for the same type with other ids, or for other fields: what a city's programs subscribe to. Our
seconds are those of matching and sending; writing stands beside them. The peer is the endpoint's own
limit: as many POSTs from as many threads with the standard library, of the size of a full notification. The
broker between the event and its matching is measured by the benchmark of the bus.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.measure import Row

ROOT = Path(__file__).resolve().parents[1]
WRITES = int(os.environ.get("BENCH_WRITES", "2000"))
SIZES = ("1", "100", "10000")
ENGINES = {"SQLite": (), "PostgreSQL": (str(ROOT / "tools/services"),)}


def run() -> list[Row]:
    """Three sizes on each database."""
    rows = []
    for engine, before in ENGINES.items():
        command = [*before, sys.executable, "-m", "bench._notifications", str(WRITES), *SIZES]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
        for item in found:
            ours = item["match"] + item["send"]
            figures = {
                "notifications_per_s": round(item["notified"] / ours),
                "events_matched_per_s": round(WRITES / item["match"]),
                "letters": item["letters"],
                "write_s": item["write"],
            }
            rows.append(
                Row(f"notify on {engine}", item["size"], ours, "bare POST", item["bare"], "", figures)
            )
    return rows
