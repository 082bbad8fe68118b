"""The event hub beside Objects API (VNG, maykinmedia/objects-api 4): one in, and a page of 100, over HTTP.

Objects API is a register of objects for municipalities on Django, PostgreSQL and PostGIS. A POST keeps an
object of a type after checking its JSON Schema; ours keeps a report, opens a case with its clock, looks for
duplicates, and writes the audit record and the event. Pages: its objects of a type with their records, our
cases that a desk may see. Both on the same PostgreSQL, each behind one granian worker, in turns over kept
connections. The peer's notifications, which want a Redis and a worker beside it, are off. Where other work
shares the machine, read the ratio and not the seconds.

Measured where `OBJECTS_API` names a checkout whose requirements lie in a virtual environment `v` beside it:

    git clone https://github.com/maykinmedia/objects-api && python3.12 -m venv v
    v/bin/pip install -r objects-api/requirements/base.txt granian
    OBJECTS_API=$PWD/objects-api tools/services .venv/bin/python -m bench peer
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
VARIABLE = "OBJECTS_API"


def run() -> list[Row]:
    """Nothing without the peer or without PostgreSQL."""
    url, peer = os.environ.get("BEICHEN_DATABASE_URL", ""), os.environ.get(VARIABLE, "")
    if not peer or not url.startswith("postgres"):
        print(f"  not measured: {VARIABLE} names no checkout, or there is no PostgreSQL")
        return []
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
        env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django", "BEICHEN_REPORTS_A_MINUTE": "1000000"}
        command = [sys.executable, "-m", "bench._peer"]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
