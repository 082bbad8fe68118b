"""Reports through Open311 to a durable case, with 1,000, 10,000 and 100,000 open cases around them.

A report is sent over HTTP to a served house with a client's key and a place, so that each looks for a
duplicate; the answer comes when the case is committed. The peer is the bare insert of the same rows: every
statement that writes, taken down and sent again by the bare driver to a copy of the database, a transaction a
report.
The duplicate check alone stands beside one lookup of a case by its primary key. Last: how long after a report
was sent it is in the console's list, asked for at once, and announced on the live stream, by outbox, relay
and broker, beside its own answer.

SQLite always; PostgreSQL where `tools/services python -m bench intake` provides it.
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
    env |= {"BEICHEN_REPORTS_A_MINUTE": "1000000"}
    rows = []
    command = [sys.executable, "-m", "bench._intake"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            rows.append(Row(**json.loads(line)))
            print(f"  {rows[-1].case} {rows[-1].size}: {rows[-1].ratio:.2f}", flush=True)
    if process.returncode:
        raise SystemExit(process.returncode)
    return rows


def run() -> list[Row]:
    """Each database that is there."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        rows = _measure(f"sqlite:///{folder}/beichen.db", folder)
        url = os.environ.get("BEICHEN_DATABASE_URL", "")
        if url.startswith("postgres"):
            rows += _measure(url, folder)
    return rows
