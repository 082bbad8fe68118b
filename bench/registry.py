"""The registry beside bare SQL: writing 100,000 entities in batches, and reading pages by box and type.

Writing: every statement that a batch of 1,000 sends is taken down and sent again, by the bare driver, to a
second database in the same state; the peer is the time of that. Reading: a page of 100 of one type in a
box, over HTTP and a kept connection, taken in turns with a WSGI application that only runs the SQL. The box
shrinks as the city fills, so that a page costs the same as long as the indexes hold.

SQLite always; PostgreSQL with PostGIS where `tools/services python -m bench registry` provides it.
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
    env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
    env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django", "BEICHEN_DATABASE_URL": url}
    command = [sys.executable, "-m", "bench._registry"]
    rows = []
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            rows.append(Row(**json.loads(line)))
            print(f"  {rows[-1].case} {rows[-1].size}: {rows[-1].ratio:.2f}", flush=True)
    if process.returncode:
        raise SystemExit(process.returncode)
    return rows


def run() -> list[Row]:
    """Each database that is there."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        rows += _measure(f"sqlite:///{folder}/beichen.db", folder)
        url = os.environ.get("BEICHEN_DATABASE_URL", "")
        if url.startswith("postgres"):
            rows += _measure(url, folder)
    return rows
