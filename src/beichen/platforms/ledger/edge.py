"""The right edge of the tree: the tiles that are not full yet, to which leaves are appended."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from beichen_proof.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash, root
from beichen_proof.tiles import ENTRIES, HEIGHT, WIDTH, TileNodes, bundled, fold, hashes_of

Write = Callable[[int | str, int, int, bytes], None]
Read = Callable[[int | str, int, int], bytes | None]


class Edge:
    """The edge of a tree of ``size`` leaves. ``levels[L]`` are the hashes of tile level L that fill no tile
    yet."""

    def __init__(self, size: int, levels: list[list[bytes]]) -> None:
        self.size, self.levels = size, levels

    @classmethod
    def read(cls, size: int, read: Read) -> Edge | None:
        """The edge as the store has it; None when a tile of it is missing or cut."""
        levels, count, level = [], size, 0
        while count:
            number, width = divmod(count, WIDTH)
            content = read(level, number, width) if width else b""
            if content is None or len(content) != width * HASH_BYTES:
                return None
            levels.append(hashes_of(content))
            count, level = count >> HEIGHT, level + 1
        return cls(size, levels)

    def root(self) -> bytes:
        """The root of the tree: no node of it lies in a full tile."""
        if not self.size:
            return EMPTY_ROOT
        return root(self.size, TileNodes(self.size, self._tile))

    def _tile(self, level: int, number: int, width: int) -> bytes:
        return b"".join(self.levels[level])

    def extend(self, texts: Iterable[str], pending: list[bytes], write: Write) -> None:
        """Append entries; write each tile and bundle that becomes full.

        ``pending`` holds the entries of the bundle at the edge, as many as level 0 has hashes, and grows
        with it.
        """
        for text in texts:
            entry = text.encode()
            pending.append(entry)
            self._append(0, leaf_hash(entry), write)
            self.size += 1
            if len(pending) == WIDTH:
                write(ENTRIES, self.size // WIDTH - 1, WIDTH, bundled(pending))
                pending.clear()

    def _append(self, level: int, hash_: bytes, write: Write) -> None:
        while len(self.levels) <= level:
            self.levels.append([])
        tile = self.levels[level]
        tile.append(hash_)
        if len(tile) == WIDTH:
            number = ((self.size + 1) >> (HEIGHT * (level + 1))) - 1
            write(level, number, WIDTH, b"".join(tile))
            above = fold(tile)
            tile.clear()
            self._append(level + 1, above, write)

    def finish(self, pending: list[bytes], write: Write) -> None:
        """Write the tiles that are not full."""
        if pending:
            write(ENTRIES, self.size // WIDTH, len(pending), bundled(pending))
        for level, tile in enumerate(self.levels):
            if tile:
                number = (self.size >> (HEIGHT * level)) // WIDTH
                write(level, number, len(tile), b"".join(tile))
