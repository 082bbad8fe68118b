"""What a process does not load at its start: libraries that only some work needs, and that cost memory."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "pandas",
    "pyarrow",
    "pyproj",
    "pypinyin",
    "scipy",
    "pyogrio",
    "sklearn",
    "polars",
    "duckdb",
    "deltalake",
    "statsforecast",
    "weasyprint",
)
PROGRAM = f"""
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
import django
django.setup()
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_no_process_loads_what_only_some_work_needs() -> None:
    """Each of them is imported in the function that uses it; five processes would hold it else."""
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
