"""Tiles that were made, as files below the data folder, under the tag of the source that they are of.

A file is written beside its place and moved there: nobody reads half a tile. What is kept is bounded by
`BEICHEN_TILE_CACHE_MB`; the oldest go first, by a job of the night and by whoever finds the folder too full.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from beichen.platforms.geo.ogc.tiles.schemes import Tile
from beichen.settings import settings

FOLDER = "tiles"
MEGABYTE = 1_048_576


def place_of(layer: str, tag: str, tile: Tile) -> Path:
    """The file of a tile; ``tag`` names the state of its source and the rights under which it was read."""
    state = hashlib.blake2b(tag.encode(), digest_size=10).hexdigest()
    folder = settings().data_dir / FOLDER / layer / state / tile.scheme.key / str(tile.zoom)
    return folder / f"{tile.row}-{tile.column}.mvt"


def kept(place: Path) -> bytes | None:
    """What is there; None when nothing is. An empty tile is empty bytes."""
    try:
        return place.read_bytes()
    except OSError:
        return None


def keep(place: Path, content: bytes) -> None:
    """Put a tile in its place; a disk that is full or not there costs the cache, not the answer."""
    if not settings().tile_cache_mb:
        return
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(place)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def prune(most: int | None = None) -> int:
    """Remove the oldest tiles until ``most`` bytes are left (the setting's by default); returns how many."""
    limit = settings().tile_cache_mb * MEGABYTE if most is None else most
    found = sorted(_files(settings().data_dir / FOLDER))
    size = sum(bytes_ for _time, bytes_, _place in found)
    gone = 0
    for _time, bytes_, place in found:
        if size <= limit:
            break
        with contextlib.suppress(OSError):
            place.unlink()
        size -= bytes_
        gone += 1
    _remove_empty(settings().data_dir / FOLDER)
    return gone


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path, _folders, names in os.walk(folder):
        for name in names:
            place = Path(path) / name
            with contextlib.suppress(OSError):
                about = place.stat()
                yield about.st_mtime, max(about.st_size, 4096), place


def _remove_empty(folder: Path) -> None:
    for path, _folders, _names in os.walk(folder, topdown=False):
        if Path(path) != folder:
            with contextlib.suppress(OSError):  # it is not empty
                Path(path).rmdir()
