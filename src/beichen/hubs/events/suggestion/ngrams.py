"""Character n-grams as 64-bit numbers: the same in every process and on every machine.

A classifier keeps the numbers and not the n-grams, so that nobody can read the texts of citizens out of
it. The hash is multiplication and shift over the code points, done for a whole array at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Grams = NDArray[np.uint64]

_BLANK, _END = 0x20, 0x00
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HALF, _QUARTER = np.uint64(32), np.uint64(29)


def grams_of(texts: Sequence[str], sizes: Iterable[int]) -> tuple[Grams, NDArray[np.int64]]:
    """Every n-gram of folded texts that spans no blank, and the number of the text that it stands in."""
    joined = "\0".join(texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    owners = np.cumsum(points == _END, dtype=np.int64)
    breaks = np.concatenate([[0], np.cumsum((points == _END) | (points == _BLANK), dtype=np.int64)])
    found, owned = [], []
    for size in sizes:
        starts = np.arange(max(0, points.size - size + 1))
        whole = starts[breaks[starts + size] == breaks[starts]]
        found.append(_hashed(points, whole, size))
        owned.append(owners[whole])
    return np.concatenate(found), np.concatenate(owned)


def _hashed(points: NDArray[np.uint64], starts: NDArray[np.int64], size: int) -> Grams:
    mixed = np.full(starts.size, size, dtype=np.uint64)
    for offset in range(size):
        mixed ^= points[starts + offset]
        mixed *= _FACTOR
        mixed ^= mixed >> _QUARTER
    mixed *= _FACTOR
    mixed ^= mixed >> _HALF
    return mixed
