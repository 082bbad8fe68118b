"""Work in a process of its own: done, failed, and gone with whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from beichen.kernel.jobs.service import AsideError, run_aside
from beichen.kernel.jobs.tests import lingering

WORKER = """
import sys
from beichen.kernel.jobs.aside import run_aside
from beichen.kernel.jobs.tests.lingering import linger
run_aside(linger, sys.argv[1])
"""


def test_another_process_does_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    run_aside(lingering.tell_process, str(file))
    assert file.read_text(encoding="utf-8") != str(os.getpid())


def test_what_it_raises_fails_the_task(tmp_path: Path) -> None:
    with pytest.raises(AsideError, match="lingering:tell_process ended with status 1"):
        run_aside(lingering.tell_process, str(tmp_path / "nowhere" / "pid"))


def test_it_dies_with_its_worker(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(file)])
    _until(file.exists)
    process = Path("/proc") / file.read_text(encoding="utf-8")
    assert b"aside" in (process / "cmdline").read_bytes()
    worker.kill()
    worker.wait()
    _until(lambda: not process.exists() or not (process / "cmdline").read_bytes())


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
