"""Running a model in a process of its own, ended at its limits: whatever it does, the worker lives on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from django.utils.translation import gettext_noop

from beichen.platforms.ai.answers import Reason, both
from beichen.platforms.ai.exchange import Document, write
from beichen.platforms.ai.words import Outcome
from beichen.settings import settings

LARGEST_ANSWER = 32 * 1024 * 1024
START_SECONDS = 5  # of an interpreter, beside the model's own time
NOTHING = Reason("", "")
EXTRA = "beichen[models]"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: with an answer where it is done, else with the reason."""

    outcome: Outcome
    seconds: float
    reason: Reason = NOTHING
    answer: Document | None = None


def execute(source: str, function: str, document: Document, *, seconds: int, memory_mb: int) -> Ended:
    """Let ``function`` of ``source`` answer a document of inputs."""
    with TemporaryDirectory(prefix="beichen-model-") as name:
        folder = Path(name)
        (folder / "model.py").write_text(source, encoding="utf-8")
        write(document, folder / "inputs.json")
        task = {"function": function, "seconds": seconds, "memory_mb": memory_mb, "parent": os.getpid()}
        write(task, folder / "task.json")
        began = monotonic()
        code = _run(folder, seconds + START_SECONDS)
        return _ended(folder / "answer.json", code, monotonic() - began, seconds, memory_mb)


def _run(folder: Path, seconds: float) -> int | None:
    """The process's exit status; None for one that was ended at its time."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "beichen.platforms.ai.child", str(folder)],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError):  # its own children go with it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the house's own: no address, no secret. What libraries keep between runs has its place."""
    kept = settings().data_dir.absolute() / "models"
    kept.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(kept / "matplotlib"),
        "NUMBA_CACHE_DIR": str(kept / "numba"),
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }


def _ended(file: Path, code: int | None, took: float, seconds: int, memory_mb: int) -> Ended:
    too_long = both(gettext_noop("It did not end within {seconds} seconds."), seconds=seconds)
    if code is None or code == -signal.SIGXCPU:
        return Ended(Outcome.TOO_LONG, took, too_long)
    if not file.is_file():
        if code < 0:
            reason = both(gettext_noop("The process ended by signal {number}."), number=-code)
        else:
            reason = both(gettext_noop("The process ended with status {number}."), number=code)
        return Ended(Outcome.CRASHED, took, reason)
    if file.stat().st_size > LARGEST_ANSWER:
        text = gettext_noop("The answer has {size} MB; at most {limit}.")
        size, limit = file.stat().st_size // 1024**2, LARGEST_ANSWER // 1024**2
        return Ended(Outcome.BAD_ANSWER, took, both(text, size=size, limit=limit))
    return _read(json.loads(file.read_text(encoding="utf-8")), took, memory_mb)


def _read(found: dict[str, Any], took: float, memory_mb: int) -> Ended:
    outcome = Outcome(found["outcome"])
    if outcome is Outcome.DONE:
        return Ended(outcome, took, answer=found)
    if outcome is Outcome.NOT_ENOUGH:
        reason = Reason(str(found["zh"])[:500], str(found["en"])[:500])
    elif outcome is Outcome.MISSING:
        text = gettext_noop("{module} is not installed; pip install '{extra}' brings what models need.")
        reason = both(text, module=found["module"], extra=EXTRA)
    elif outcome is Outcome.TOO_LARGE:
        reason = both(gettext_noop("It needed more than {limit} MB of memory."), limit=memory_mb)
    else:
        text = str(found.get("reason", ""))[:500]
        reason = Reason(text, text)
    return Ended(outcome, took, reason)
