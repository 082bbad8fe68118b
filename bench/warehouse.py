"""Tables: rows in, rows replaced, rows counted, each beside the engine that does the work.

Readings (a thing, a region, a time, two numbers, a word) are added in batches of 100,000 as Arrow tables,
beside delta-rs writing the same tables bare: ours also validates, queues, says which days were touched, and
writes a receipt, an audit record and an event. A tenth of the rows is replaced by key, beside delta-rs's
MERGE of the same rows. Counting by region and month goes through a reader, and through the question of an
officer of one district, beside DuckDB over the same files by their list. Last: batches over HTTP as Arrow
streams with a client's key to a served house, beside the same batches added in the process.

Sizes by argument: `WAREHOUSE_ROWS=100000,1000000 python -m bench warehouse`.
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


def run() -> list[Row]:
    """In a process of its own, on a database and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
        env |= {"DJANGO_SETTINGS_MODULE": "beichen.house.django"}
        env["BEICHEN_DATABASE_URL"] = f"sqlite:///{folder}/beichen.db"
        rows = []
        command = [sys.executable, "-m", "bench._warehouse"]
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                rows.append(Row(**json.loads(line)))
                print(f"  {rows[-1].case} {rows[-1].size}: {rows[-1].ratio:.2f}", flush=True)
        if process.returncode:
            raise SystemExit(process.returncode)
        return rows
