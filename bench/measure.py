"""Taking time, and what a result is."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: our seconds beside the peer's, for a size. ``ratio`` is ours over the peer's."""

    case: str
    size: int
    ours_seconds: float
    peer: str
    peer_seconds: float
    note: str = ""
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """How many times the peer's time ours takes."""
        return self.ours_seconds / self.peer_seconds if self.peer_seconds else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON, with the ratio."""
        return {**asdict(self), "ratio": round(self.ratio, 3)}


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """The median seconds of ``times`` runs of ``work``, with the garbage collected before each."""
    taken = []
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def rounded(figures: dict[str, float]) -> dict[str, float]:
    """Figures as a table shows them: three decimals under ten, else one."""
    return {name: round(value, 3 if value < 10 else 1) for name, value in figures.items()}


def machine() -> dict[str, Any]:
    """What it ran on."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 2**30),
    }
