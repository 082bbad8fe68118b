"""The report of a file: a line for each feature of which there is something to say, as CSV."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

from beichen.platforms.geo.uploads.examining import Verdict

SHOWN = 200  # lines that are kept beside the upload
MOST = 1_000_000  # lines that are written; the rest is counted
HEAD = ("feature", "where", "key", "outcome", "reason")


class Report:
    """Written while the file is read; ``counts`` counts features by outcome."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEAD)
        self.first: list[dict[str, str]] = []
        self.counts: Counter[Verdict] = Counter()
        self._lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, number: int, where: str, key: str | None, verdict: Verdict, reason: str) -> None:
        """One line."""
        self.counts[verdict] += 1
        self._lines += 1
        line = (str(number), where, _harmless(key or ""), str(verdict), _harmless(reason))
        if self._lines <= MOST:
            self._writer.writerow(line)
        if len(self.first) < SHOWN:
            self.first.append(dict(zip(HEAD, line, strict=True)))


def _harmless(text: str) -> str:
    """Whole characters, of which no spreadsheet takes the first for a formula's beginning."""
    text = text.encode("utf-8", "replace").decode()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
