"""Tiles of the tree (C2SP tlog-tiles): 256 hashes of one level in eight, and bundles of 256 entries.

Tile ``n`` of tile level ``L`` holds the nodes [256·n, 256·(n+1)) of tree level 8·L; one at the right edge is
partial and says its width in its name.
"""

from __future__ import annotations

from collections.abc import Callable

from beichen_proof.merkle import HASH_BYTES, node_hash
from beichen_proof.refusal import Reason, RefusedError

WIDTH = 256
HEIGHT = 8
ENTRIES = "entries"
LONGEST_ENTRY = 65_535

ReadTile = Callable[[int, int, int], bytes]
"""(tile level, number, width) → the tile's hashes, one after another."""


def numbered(number: int) -> str:
    """A tile's number in a path: groups of three digits, all but the last after an x (1234067:
    x001/x234/067)."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where the tile stands below the log's address; ``level`` may be :data:`ENTRIES`."""
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{numbered(number)}{partial}"


def parse_path(text: str) -> tuple[int | str, int, int]:
    """(level, number, width) of the path after ``tile/``. Raises ValueError for what is no tile's path."""
    level, _, rest = text.partition("/")
    name, _, partial = rest.partition(".p/")
    width = int(partial) if partial else WIDTH
    groups = [group.removeprefix("x") for group in name.split("/")]
    number = int("".join(groups))
    known: int | str = level if level == ENTRIES else int(level)
    if len(groups) > 6 or tile_path(known, number, width) != f"tile/{text}":
        raise ValueError(f"{text!r} is no tile")
    if not 0 < width <= WIDTH or (isinstance(known, int) and not 0 <= known <= 7):
        raise ValueError(f"{text!r} is no tile")
    return known, number, width


def width_of(level: int, number: int, size: int) -> int:
    """How many nodes of this tile a tree of ``size`` leaves has; 0 for a tile that is not there."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def hashes_of(tile: bytes) -> list[bytes]:
    """A tile's hashes."""
    return [tile[place : place + HASH_BYTES] for place in range(0, len(tile), HASH_BYTES)]


def fold(hashes: list[bytes]) -> bytes:
    """The root over a power of two of hashes of one level."""
    level = hashes
    while len(level) > 1:
        level = [node_hash(level[place], level[place + 1]) for place in range(0, len(level), 2)]
    return level[0]


class TileNodes:
    """Nodes of a tree of ``size`` leaves, out of its tiles, each of which is read once."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self._size, self._read = size, read
        self._held: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The root over [index·2^level, (index+1)·2^level). Raises RefusedError for a tile of another
        width."""
        tile_level, within = divmod(level, HEIGHT)
        first, count = index << within, 1 << within
        tile = self._tile(tile_level, first // WIDTH)
        place = first % WIDTH
        return fold(tile[place : place + count])

    def _tile(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._held:
            width = width_of(level, number, self._size)
            content = self._read(level, number, width)
            if len(content) != width * HASH_BYTES:
                raise RefusedError(
                    Reason.MALFORMED, f"{tile_path(level, number, width)} has {len(content)} bytes"
                )
            self._held[level, number] = hashes_of(content)
        return self._held[level, number]


def bundled(entries: list[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundled(content: bytes) -> list[bytes]:
    """The entries of a bundle. Raises RefusedError for one that is cut."""
    entries, place = [], 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 2], "big")
        entry = content[place + 2 : place + 2 + length]
        if len(entry) < length or place + 2 > len(content):
            raise RefusedError(Reason.MALFORMED, "an entry bundle is cut")
        entries.append(entry)
        place += 2 + length
    return entries
