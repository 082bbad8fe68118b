"""Codes: scans of people's codes a second and their p99, looks at printed codes, at three sizes of the city.

Each beside the engine's own limit for the same work: a bare Ed25519 check (for a printed code: an HMAC) and
one keyed read in the database. Ours also finds the person, the entitlement and the withdrawals, keeps the
scan so that the code opens once, and tells the audit chain. Alone: a transaction for each code; in hundreds:
as a gate that was away brings them, or a reader with many doors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from bench.measure import Row

ROOT = Path(__file__).resolve().parents[1]


def run() -> list[Row]:
    """In a process of its own, on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BEICHEN_")}
        environment |= {"BEICHEN_DATA_DIR": folder}
        if chosen := os.environ.get("BEICHEN_DATABASE_URL"):
            environment["BEICHEN_DATABASE_URL"] = chosen
        command = [sys.executable, "-m", "bench._codes"]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
        return [Row(**row) for row in orjson.loads(done.stdout)]
