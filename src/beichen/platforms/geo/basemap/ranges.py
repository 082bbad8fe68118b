"""Bytes of a file by `Range` (RFC 9110, section 14): one range; what asks for several gets the whole file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")
_PIECE = 1 << 18


class Span(NamedTuple):
    """First byte and how many."""

    start: int
    length: int


def span_of(header: str, size: int) -> Span | None:
    """The part that is asked for; None for the whole. Raises ValueError when it lies outside the file."""
    found = _RANGE.match(header.strip())
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        start = size - length
    else:
        start = int(first)
        end = min(int(last), size - 1) if last else size - 1
        length = end - start + 1
        if last and int(last) < start:
            return None  # malformed: the header counts as not sent
    if start >= size or length <= 0:
        raise ValueError(header)
    return Span(start, length)


def pieces_of(file: Path, span: Span) -> Iterator[bytes]:
    """The bytes of ``span``, in pieces."""
    with file.open("rb") as content:
        content.seek(span.start)
        left = span.length
        while left and (piece := content.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece


def read_span(file: Path, span: Span) -> bytes:
    """The bytes of ``span`` at once, for a small one."""
    handle = os.open(file, os.O_RDONLY)
    try:
        return os.pread(handle, span.length, span.start)
    finally:
        os.close(handle)
