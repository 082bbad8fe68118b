"""Features and tiles over OGC API beside tipg and pygeoapi, on the same points, under the same load.

A page of 90 features by box, a page of 90 by a condition (CQL2), vector tiles of about 70 KB and 500 KB
that are made for each request, and one from the cache. wrk asks from 8 connections, a second to warm up and
some seconds more, each peer with two workers of its own server as its makers advise; seconds are those of a
request over all workers, so that a ratio is that of throughputs. Peers read PostGIS with indexes on all
columns asked; ours reads its snapshot, on a house on SQLite and on one on PostgreSQL. tipg and pygeoapi
(pages alone) are installed for the run in an environment of their own, or stand in the folder that
OGC_PEERS names; left out where neither is. Tiles of ours thin out points that fall together on a screen:
the bytes of both are told. A size, and cases by a part of their names, asked for alone: OGC_SIZES=10000
BENCH_CASES=condition.

    tools/services .venv/bin/python -m bench ogc
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Row

ROOT = Path(__file__).resolve().parents[1]
SIZES = os.environ.get("OGC_SIZES", "10000 100000 1000000").split()


def run() -> list[Row]:
    """Nothing without PostgreSQL or without wrk (Debian's package of that name)."""
    url = os.environ.get("BEICHEN_DATABASE_URL", "")
    if not url.startswith("postgres") or shutil.which("wrk") is None:
        print("  not measured: there is no PostgreSQL, or no wrk")
        return []
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        peers = Path(os.environ.pop("OGC_PEERS", "") or _peers(Path(folder) / "peers"))
        rows = []
        for house in ("", url):
            env = {name: value for name, value in os.environ.items() if not name.startswith("OGC_")}
            env |= {
                "BEICHEN_DATA_DIR": f"{folder}/{'postgres' if house else 'sqlite'}",
                "PYTHONPATH": str(ROOT),
            }
            env |= {"BEICHEN_DATABASE_URL": house, "DJANGO_SETTINGS_MODULE": "beichen.house.django"}
            command = [sys.executable, "-m", "bench._ogc", str(peers), url, *SIZES]
            done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
            rows += [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
    return rows


def _peers(folder: Path) -> Path:
    """An environment with the peers; an empty folder where it cannot be made."""
    wanted = ["tipg", "pygeoapi", "psycopg[binary]", "psycopg2-binary", "geoalchemy2", "gunicorn", "uvicorn"]
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "-q", *wanted], check=False)
    return folder
