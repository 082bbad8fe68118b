"""The weight of an application's page as a phone meets it first, beside the limit of 300 KB.

The page of the construction permit's form as the house answers it, with its styles, scripts and what they
import, compressed as they are served (brotli, quality 9): `figures` in KB. The time is that of answering it.
The libraries that were refused for their weight (decision on forms) stand in the note.
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
    """One row, measured in a process of its own on an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "BEICHEN_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
        env["DJANGO_SETTINGS_MODULE"] = "beichen.house.django"
        command = [sys.executable, "-m", "bench._form_page"]
        found = subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    told = json.loads(found.stdout.splitlines()[-1])
    return [Row("form page", told["files"], told["seconds"], "", 0.0, told["note"], told["figures"])]
