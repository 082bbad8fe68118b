"""Ask the screen with 1,000, 10,000 and 100,000 open cases and as many named objects (limit: 50 ms each).

A request for the JSON answer through Django's whole stack, as an attendant of the city's centre or as an
officer of one bureau, the median of five after one to warm up. The peer is the bare SQL of the same request:
its statements again, each fetched whole. SQLite; PostgreSQL where `tools/services python -m bench asking`
provides it.
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
    command = [sys.executable, "-m", "bench._asking"]
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
