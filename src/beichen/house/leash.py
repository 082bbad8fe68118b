"""A leash: the program that it becomes ends when the process that started it ends, however it ends.

`python -m beichen.house.leash PROGRAM ARGUMENTS…` asks the kernel for a SIGTERM at the parent's death
and then turns into the program. Where the system has no such thing (not Linux), it only turns.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def follow_parent(number: signal.Signals) -> None:
    """Have ``number`` sent to this process when its parent dies; at once when that has happened."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if parent == 1 or os.getppid() != parent:
        os.kill(os.getpid(), number)


def main() -> None:
    """Become the program that is named by the arguments, with no signal blocked."""
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    follow_parent(signal.SIGTERM)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
