"""The process of one run: `python -I -m beichen.platforms.ai.child FOLDER`. It knows no Django and no secret.

It reads ``model.py``, ``inputs.json`` and ``task.json`` of the folder, and writes ``answer.json``. Its limits
are set before a line of the model is read; it dies with whoever started it. This keeps a mistake from taking
the worker down. It is no sandbox: a scene with Python is installed by those who read it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from beichen.platforms.ai.exchange import Document, answer_document, inputs_of, write
from beichen.sdk import Answer, NotEnough, is_model

MEGABYTE = 1024 * 1024
LARGEST_FILE = 512 * MEGABYTE
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
ORPHANED = 3
MODEL = "model.py"


def confine(seconds: int, memory_mb: int, parent: int) -> None:
    """Processor time, memory and files have an end; so has a process whose parent died, or has died."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(ORPHANED)
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(folder: Path) -> Document:
    """Run the model; what went wrong is an answer too."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    confine(task["seconds"], task["memory_mb"], task["parent"])
    try:
        return {"outcome": "done", **answer_document(_answered(folder, task["function"]))}
    except NotEnough as error:
        return {"outcome": "not-enough", "zh": error.zh, "en": error.en}
    except ModuleNotFoundError as error:
        return {"outcome": "missing", "module": error.name or ""}
    except MemoryError:
        return {"outcome": "too-large"}
    except BaseException as error:  # noqa: BLE001 - the boundary: whatever a model raises is the run's reason
        return {"outcome": "failed", "reason": f"{type(error).__name__}: {error}{_line(error)}"[:400]}


def _answered(folder: Path, name: str) -> Answer:
    spec = spec_from_file_location("model", folder / MODEL)
    if spec is None or spec.loader is None:
        raise ImportError(MODEL)
    module = module_from_spec(spec)
    sys.modules["model"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    function: Any = getattr(module, name, None)
    if not is_model(function):
        raise TypeError(f"{name} is no function marked @model")
    work = folder / "work"
    work.mkdir()
    document = json.loads((folder / "inputs.json").read_text(encoding="utf-8"))
    found: Any = function(inputs_of(document, work))
    if not isinstance(found, Answer):
        raise TypeError(f"{name} gave a {type(found).__name__}, not an Answer")
    return found


def _line(error: BaseException) -> str:
    """Where in the model it happened."""
    lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename.endswith(MODEL)]
    return f" ({MODEL} line {lines[-1]})" if lines else ""


def main() -> None:
    """Answer, and end at once: what libraries would still do at an exit is nobody's."""
    folder = Path(sys.argv[1])
    write(run(folder), folder / "answer.json")


if __name__ == "__main__":
    main()
