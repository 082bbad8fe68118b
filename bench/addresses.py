"""Matching addresses: how often and how near, and how many a second; searching places as one types.

**Real addresses.** The pilot city's places of a map provider have an address as somebody wrote it, and a
point. Places are parted by five; each fifth is asked of a library of the junctions and of the other four
fifths: the address that is asked is never in the library by itself, though a neighbour of the same house or
market may be. `accepted` is the share with a score from 0.6; `accepted within 100 m` is the share of these
that lie so near the point (itself up to some tens of metres from the door), `sure wrong` the share of these
that lie farther than 300 m away, `within 200 m of all` the share of all.

**Perturbed.** Every address of the library is written as people do, by one change: levels left out,
full-width and traditional characters, numerals in Chinese, blanks and signs, one character of the road or
name changed, dropped or doubled. Right is the same door, building or junction, or a place within 50 m.

The peer is rapidfuzz: the most similar text of the whole library, folded as ours; its time grows with the
library. **Speed** is of invented libraries of 1,000, 10,000 and 100,000 addresses, in batches of 500, as
jobs take them. **Places**: 1,000, 100,000 and 1,000,000 invented names, typed one character after another
in characters, pinyin and initials; the peer is the limit of 50 ms, `p95` and `most` are of single
keystrokes. SQLite, in a folder of its own; PostgreSQL where `tools/services python -m bench addresses`
provides it. `BEICHEN_BENCH_PLACES` bounds both sizes; `BENCH_CASES` (real, perturbed, matching, places) asks
for one part alone.
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
BOUND = "BEICHEN_BENCH_PLACES"


def _measure(url: str, folder: str) -> list[Row]:
    """One process, so that Django is set up for the empty database alone."""
    env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
    bound = env.pop(BOUND, "1000000")  # no setting of Beichen, which refuses names that it does not know
    env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django", "BEICHEN_DATABASE_URL": url}
    command = [sys.executable, "-m", "bench._addresses", bound]
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
