"""The report of a file: a line for each feature of which there is something to say.

A line is JSON with what its reason remembers, so that each reader is told in their own language.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from beichen.platforms.geo.uploads.examining import Verdict
from beichen.problem import Problem, kept, memory_of

SHOWN = 200  # lines that are kept beside the upload
MOST = 1_000_000  # lines that are written; the rest is counted
HEAD = ("feature", "where", "key", "outcome", "reason")
Line = dict[str, Any]
"""``feature``, ``where``, ``key``, ``outcome``, and the ``reason`` in English; ``said`` is what a sentence
remembers, ``problem`` what is wrong with the file as a whole."""


class Report:
    """Written while the file is read; ``counts`` counts features by outcome."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self.first: list[Line] = []
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
        if self._lines > MOST:
            return
        line: Line = {"feature": str(number), "where": where, "key": _whole(key or "")}
        line |= {"outcome": str(verdict), "reason": _whole(reason)}
        if (memory := memory_of(reason)) is not None:
            line["said"] = _whole_values(memory)
        self._file.write(orjson.dumps(line) + b"\n")
        if len(self.first) < SHOWN:
            self.first.append(line)


def line_of_file(problem: Problem) -> Line:
    """What is wrong with the file as a whole, as a line."""
    reason = f"{problem.code} {problem.message}"
    line: Line = {"feature": "", "where": str(problem.where), "key": "", "outcome": "refused"}
    return {**line, "reason": reason, "problem": kept(problem)}


def read_lines(pieces: Iterable[Any]) -> Iterator[Line]:
    """The lines of a kept report; one that was kept as CSV has its reasons in English alone."""
    begun = iter(_lines(pieces))
    first = next(begun, b"")
    if first.startswith(b"{"):
        yield orjson.loads(first)
        yield from map(orjson.loads, begun)
        return
    texts = (line.decode("utf-8-sig") + "\n" for line in (first, *begun))
    yield from csv.DictReader(texts)


def _lines(pieces: Iterable[Any]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + bytes(piece)).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _whole(text: str) -> str:
    """The text without halves of characters."""
    return text.encode("utf-8", "replace").decode()


def _whole_values(memory: dict[str, Any]) -> dict[str, Any]:
    values = {
        name: _whole_values(value) if isinstance(value, dict) else _whole(str(value))
        for name, value in memory["values"].items()
    }
    return {**memory, "values": values}
