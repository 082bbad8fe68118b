"""The ledger: seals a second and their p99 in the database, hashing beside pymerkle, proofs as the log grows.

Hashing: our tiles and the root over entries, beside pymerkle's tree in memory (both SHA-256 of RFC 9162)
where it is installed: `uv pip install pymerkle`, which is GPL and no dependency. Proofs: inclusion out of
tiles in the file store; from size to size its time grows as the logarithm does.
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
    """In a process of its own, on a database and a file store of its own."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BEICHEN_")}
        environment |= {"BEICHEN_DATA_DIR": folder}
        if chosen := os.environ.get("BEICHEN_DATABASE_URL"):
            environment["BEICHEN_DATABASE_URL"] = chosen
        command = [sys.executable, "-m", "bench._ledger"]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
        return [Row(**row) for row in orjson.loads(done.stdout)]
