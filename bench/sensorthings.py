"""Observations over SensorThings until they are acknowledged, beside HydroServer's and our own HTTP.

One client with one connection; one observation a POST, and data arrays of a thousand rows. Ours is answered
when the broker has it on disk, the gateway taking it into the tables meanwhile. The peer is
django-ogc-sensorthings, with which HydroServer serves SensorThings, on its own Django backend: answered when
the row is committed to SQLite (WAL), served by granian with one worker as ours. It is installed for the run,
and left out where that is not possible. The second peer is the house's own HTTP, which takes the same
readings without a thing, a series or an id. ``found_s`` is until the table answers the last of them.
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
SIZES = ("100", "500", "2000")


def run() -> list[Row]:
    """Three sizes of single observations, and ten times as many in arrays."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
        # one device says all of it: at the usual rate most would be put aside as too fast, and never be found
        env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django", "BEICHEN_DEVICE_RATE": "100000"}
        command = [sys.executable, "-m", "bench._sensorthings", *SIZES]
        done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    return [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith(b"{")]
