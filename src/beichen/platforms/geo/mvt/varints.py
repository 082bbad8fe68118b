"""Numbers of Protocol Buffers: varints, many at once, and the messages that they head."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


def varint(number: int) -> bytes:
    """One number."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))


def message(tag: int, content: bytes) -> bytes:
    """A field of bytes: its tag, its length, itself."""
    return bytes((tag,)) + varint(len(content)) + content


def lengths(numbers: npt.NDArray[Any]) -> Places:
    """Bytes of each number as a varint."""
    found = np.ones(numbers.shape, np.int64)
    edge = 1 << 7
    largest = int(numbers.max(initial=0))
    while edge <= largest:
        found += numbers >= edge
        edge <<= 7
    return found


def zigzag(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint64]:
    """Signed as unsigned, small ones small."""
    signed = numbers.astype(np.int64)
    return ((signed << 1) ^ (signed >> 63)).view(np.uint64)


def put(out: Bytes, at: Places, number: Any) -> Places:
    """Write a number of each message as a varint at its place; where to go on."""
    if isinstance(number, int) and number < 0x80:
        out[at] = number
        return at + 1
    numbers = np.broadcast_to(np.asarray(number), at.shape)
    after = at + lengths(numbers)
    while len(at):
        rest = numbers >> 7
        more = rest > 0
        out[at] = (numbers & 0x7F).astype(np.uint8) | (more.view(np.uint8) << 7)
        at, numbers = at[more] + 1, rest[more]
    return after
