"""Reports of the pilot city in every format at three sizes (limit: 10 s each): brief, yearly, the whole plan.

Ours is everything: gathering from the database, writing the document, drawing charts, rendering. The peer
is the library alone on content that lies ready: WeasyPrint on the finished HTML, python-docx and openpyxl
on the finished rows without styles or pictures, orjson on the finished data, a join of the finished cells.
The size is the number of cells in the report's tables.
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
    """The real city in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT), "BEICHEN_DATABASE_URL": ""}
        env["DJANGO_SETTINGS_MODULE"] = "beichen.house.django"
        command = [sys.executable, "-m", "bench._reports"]
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
            rows = [Row(**json.loads(line)) for line in process.stdout or ()]
        if process.returncode:
            raise SystemExit(process.returncode)
    return rows
