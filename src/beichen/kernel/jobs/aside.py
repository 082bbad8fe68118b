"""Part of a task in a process of its own: what it takes of memory goes when it ends.

`python -m beichen.kernel.jobs.aside PARENT MODULE:FUNCTION [ARGUMENT …]`. The process dies with the worker
that started it, whatever ends that; a terminal's signal does not reach it: the task in hand is finished.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
ORPHANED = 3


class AsideError(RuntimeError):
    """The process ended without having done its work; its log says why."""


def run_aside(function: Callable[..., object], *arguments: str) -> None:
    """Call a function of a module in a process of its own and wait for its end.

    Raises AsideError when it raised or was ended; a task that lets it pass is tried again.
    """
    path = f"{function.__module__}:{function.__qualname__}"
    command = [sys.executable, "-m", "beichen.kernel.jobs.aside", str(os.getpid()), path, *arguments]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, start_new_session=True, check=False)
    if ended.returncode:
        raise AsideError(f"{path} ended with status {ended.returncode}")


def main(parent: int, path: str, *arguments: str) -> None:
    """Be the process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(ORPHANED)
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()
    module, _colon, name = path.partition(":")
    getattr(import_module(module), name)(*arguments)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
