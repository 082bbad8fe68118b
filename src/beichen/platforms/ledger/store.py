"""Tiles in the file store: under `tlog/`, each where its address says, so that any static server can serve
them.

Full tiles never change. A partial tile is let go when its full one stands; whoever asks for it then gets as
much of the full one, which begins with it.
"""

from __future__ import annotations

from functools import lru_cache

from beichen.kernel.files import store as files
from beichen_proof.merkle import HASH_BYTES
from beichen_proof.tiles import ENTRIES, WIDTH, bundled, tile_path, unbundled

FOLDER = "tlog"


def put(level: int | str, number: int, width: int, content: bytes) -> None:
    """Keep a tile, safe on the disk when this returns. Raises ProblemError FIL-104."""
    files.put_named(f"{FOLDER}/{tile_path(level, number, width)}", content)
    if width == WIDTH:
        files.remove_below(f"{FOLDER}/{tile_path(level, number)}.p")


def get(level: int | str, number: int, width: int) -> bytes | None:
    """A tile, or as much of its full one; None when it is not there."""
    full = _full(level, number)
    if full is not None:
        return full if width == WIDTH else _cut(level, full, width)
    return None if width == WIDTH else files.named(f"{FOLDER}/{tile_path(level, number, width)}")


def _full(level: int | str, number: int) -> bytes | None:
    try:
        return _kept(level, number)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=512)
def _kept(level: int | str, number: int) -> bytes:
    content = files.named(f"{FOLDER}/{tile_path(level, number)}")
    if content is None:
        raise FileNotFoundError(tile_path(level, number))  # so that what is not there yet is not remembered
    return content


def forget() -> None:
    """Read every tile anew."""
    _kept.cache_clear()


def _cut(level: int | str, content: bytes, width: int) -> bytes:
    if level == ENTRIES:
        return bundled(unbundled(content)[:width])
    return content[: width * HASH_BYTES]
