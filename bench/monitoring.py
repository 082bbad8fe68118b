"""Judging a plan anew after a new value (limit: 1 s), with 1, 10 and 100 plans of this size in the database.

Ours is `follow`: read, judge, keep what is different with its audit record and events, and look whether a
forecast is stale. The peer reads the same lines and values and judges them, and keeps nothing. What counts
is that the time does not grow with the number of plans. SQLite, in a folder of its own.
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


def run() -> list[Row]:
    """One process, so that Django is set up for the empty folder alone."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
        env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django"}
        env |= {"BEICHEN_DATABASE_URL": f"sqlite:///{folder}/beichen.db"}
        command = [sys.executable, "-m", "bench._monitoring"]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]
