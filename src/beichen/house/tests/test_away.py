"""What cannot work says so: a database that is away, production with unsafe settings."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db.utils import OperationalError

from beichen.house.away import told
from beichen.problem import ProblemError


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


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "data_dir: error: DBS-102 No space left"),
        (PermissionError(errno.EACCES, "Permission denied", "/a"), "/a: error: DBS-102 Permission denied"),
        (OperationalError("database or disk is full"), "DBS-101 database or disk is full"),
        (psycopg.OperationalError("connection refused"), "DBS-101 connection refused"),
    ],
)
def test_what_a_full_disk_says(raised: Exception, expected: str) -> None:
    with pytest.raises(ProblemError) as error, told():
        raise raised
    assert expected in str(error.value)


def test_a_mistake_of_ours_stays_a_mistake() -> None:
    """A missing file of the program is no fault of the disk."""
    with pytest.raises(FileNotFoundError), told():
        Path("/no/such/file").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", ["beichen.house.wsgi", "beichen.house.worker", "beichen.house.live"])
def test_no_process_starts_unsafe_in_production(module: str, tmp_path: Path) -> None:
    """However it is started: another server may load the WSGI module without `beichen up`."""
    done = run(tmp_path, "-m", module, "0", BEICHEN_ENVIRONMENT="production", BEICHEN_DEBUG="1")
    assert done.returncode != 0
    assert "BEICHEN_SECRET_KEY is unsafe in production" in done.stderr
    assert "BEICHEN_DEBUG is unsafe in production" in done.stderr
