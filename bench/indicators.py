"""A share by month and region, every level of the tree, over 1, 10 and 100 million rows.

Ours asks through the reader of the city's tables with the rewritten SQL; the peer is DuckDB alone with what
one would write by hand, on the same Parquet files, with the same closure of regions. Computing is the whole
run: the question, rounding, comparing with the values that stand. After one row changed only the months that
it touched are computed. Other sizes: `python -m bench._indicators 100000`, with BEICHEN_DATA_DIR and
DJANGO_SETTINGS_MODULE set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from bench.measure import Row

SIZES = ("1000000", "10000000", "100000000")


def run() -> list[Row]:
    """In a process of its own, with a data folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "BEICHEN_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "beichen.house.django",
        }
        command = [sys.executable, "-m", "bench._indicators", *SIZES]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)
            raise SystemExit(done.returncode)
        return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]
