"""What cannot work says so: a database that is away, production with unsafe settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with these settings alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEICHEN_")}
    environment = {**kept, "BEICHEN_DATA_DIR": str(folder), "PYTHONWARNINGS": "default", **settings}
    full = [sys.executable, *command]
    return subprocess.run(full, env=environment, cwd=folder, capture_output=True, text=True, timeout=120)


def test_a_database_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    """On the command line and before a start; no stack trace, and exit status 1."""
    away = f"sqlite:///{tmp_path}/nowhere/beichen.db"
    for command in (["beichen", "scene", "list"], ["beichen.house.first_start"]):
        done = run(tmp_path, "-m", *command, BEICHEN_DATABASE_URL=away)
        assert done.returncode == 1, done.stderr
        assert "DBS-101" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("module", ["beichen.house.wsgi", "beichen.house.worker", "beichen.house.live"])
def test_no_process_starts_unsafe_in_production(module: str, tmp_path: Path) -> None:
    """However it is started: another server may load the WSGI module without `beichen up`."""
    done = run(tmp_path, "-m", module, "0", BEICHEN_ENVIRONMENT="production", BEICHEN_DEBUG="1")
    assert done.returncode != 0
    assert "BEICHEN_SECRET_KEY is unsafe in production" in done.stderr
    assert "BEICHEN_DEBUG is unsafe in production" in done.stderr
