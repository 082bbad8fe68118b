"""The supervisor: starts a group of processes, starts again what dies, ends all of them together.

It lives in one thread that waits for signals; a thread for each child copies its lines with the
child's name before them. Children run in sessions of their own, on a leash: a terminal's Ctrl-C
reaches only the supervisor, and its death, however it comes, ends them too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

STOP_SECONDS = 6.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 20.0
ENDING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
WAKING = ENDING | {signal.SIGCHLD}
Write = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Program:
    """A process that should run.

    Those with a higher ``rank`` end first; those that are not ``is_urgent`` start when the group is
    ready, so that people do not wait for what they do not see.
    """

    name: str
    command: tuple[str, ...]
    rank: int = 1
    is_urgent: bool = True


class Child:
    """A program's process, and when to start it again after it died."""

    def __init__(self, program: Program, environment: dict[str, str], write: Write) -> None:
        self.program = program
        self._environment = environment
        self._write = write
        self._pause = FIRST_PAUSE
        self._started_at = 0.0
        self.due_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and copy what it says."""
        self._started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "beichen.house.leash", *self.program.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            start_new_session=True,
        )
        if self.process.stdout is not None:
            threading.Thread(target=self._copy, args=(self.process.stdout,), daemon=True).start()

    def _copy(self, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                self._write(self.program.name, line.decode(errors="replace").rstrip("\n"))

    def reap(self) -> None:
        """Notice that the process died, and plan the next start."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        self._pause = FIRST_PAUSE if now - self._started_at > STEADY_SECONDS else self._pause
        self._write(self.program.name, f"ended with {self.process.returncode}; again in {self._pause:.1f} s")
        self.process, self.due_at = None, now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def send(self, number: signal.Signals) -> None:
        """Signal the process, or with SIGKILL the whole session it leads."""
        if self.process is None or self.process.poll() is not None:
            return
        if number == signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs programs until a signal ends it. ``ready`` is asked until it is true, then announced."""

    def __init__(self, programs: Sequence[Program], environment: dict[str, str], write: Write) -> None:
        self._children = [Child(program, environment, write) for program in programs]

    def run(self, is_ready: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Start all, keep them running, and end them in order when told to."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WAKING)
        waiting = True
        try:
            while True:
                self._start_due(urgent_only=waiting)
                if waiting and is_ready():
                    waiting = False
                    announce()
                    continue
                received = signal.sigtimedwait(WAKING, 0.05 if waiting else self._until_due())
                if received is not None and received.si_signo in ENDING:
                    return
                for child in self._children:
                    child.reap()
        finally:
            self._end()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WAKING)

    def _start_due(self, *, urgent_only: bool) -> None:
        now = time.monotonic()
        for child in self._children:
            is_wanted = child.program.is_urgent or not urgent_only
            if is_wanted and child.process is None and child.due_at <= now:
                child.start()

    def _until_due(self) -> float:
        pauses = [child.due_at - time.monotonic() for child in self._children if child.process is None]
        return max(0.01, min(pauses, default=3600.0))

    def _end(self) -> None:
        """End those of the highest rank first; whoever does not end in time is killed."""
        deadline = time.monotonic() + STOP_SECONDS
        for rank in sorted({child.program.rank for child in self._children}, reverse=True):
            group = [child for child in self._children if child.program.rank == rank]
            for child in group:
                child.send(signal.SIGTERM)
            while any(child.is_running for child in group) and time.monotonic() < deadline:
                received = signal.sigtimedwait(WAKING, 0.1)
                if received is not None and received.si_signo in ENDING:
                    deadline = 0.0  # asked twice: at once
            for child in group:
                child.send(signal.SIGKILL)
        for child in self._children:
            if child.process is not None:
                child.process.wait()
