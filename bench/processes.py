"""Affairs: steps of a process beside bare SpiffWorkflow, and what the to-do list costs with many that run.

"The engine alone" takes an affair's state up, completes a step and keeps the state, as each act does,
without a database; its peer does the same with SpiffWorkflow's own serialiser, which repeats the
specification, and its own Python expressions. "An act" is the room's `complete` with rights, rows, trail,
audit and outbox in one transaction; its peer reads the same state from the database, does the bare step and
writes it back, in one transaction too. The to-do list is of one officer's body and of who sees the whole
city, with 10,000 and more affairs that run (rows added in bulk; the peer is the page's SQL alone); limit
100 ms. SQLite in a folder of its own; PostgreSQL where `tools/services python -m bench processes` provides
it. `BENCH_AFFAIRS` names the sizes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Row

ROOT = Path(__file__).resolve().parents[1]


def _measure(url: str, folder: str) -> list[Row]:
    """One process, so that Django is set up for the empty database alone."""
    env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
    env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django", "BEICHEN_DATABASE_URL": url}
    sizes = env.pop("BENCH_AFFAIRS", "10000,100000,1000000")
    command = [sys.executable, "-m", "bench._processes", *sizes.split(",")]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def run() -> list[Row]:
    """Each database that is there."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        rows = _measure(f"sqlite:///{folder}/beichen.db", folder)
        url = os.environ.get("BEICHEN_DATABASE_URL", "")
        if url.startswith("postgres"):
            rows += _measure(url, folder)
    return rows
