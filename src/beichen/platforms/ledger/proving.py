"""What the log shows: its checkpoint, tiles, proofs of them, and the bundle that proves one entry."""

from __future__ import annotations

import json
from typing import Any

from beichen.platforms.ledger import store
from beichen.platforms.ledger.codes import BAD_PROOF, BAD_TILE, EMPTY, NO_TILE, NOT_YET
from beichen.platforms.ledger.models import Checkpoint, Entry
from beichen.platforms.ledger.sealing import opening_of
from beichen.problem import Problem, ProblemError, Where, said
from beichen_proof.bundle import FORMAT, proof_text
from beichen_proof.merkle import HASH_BYTES, consistency_path, inclusion_path
from beichen_proof.tiles import ENTRIES, TileNodes, tile_path, width_of


def published() -> Checkpoint:
    """The newest checkpoint that enough witnesses cosigned. Raises ProblemError LED-107."""
    row = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()
    if row is None:
        raise ProblemError(Problem(EMPTY, said("nothing was published yet")))
    return row


def newest() -> Checkpoint:
    """The newest checkpoint that the log has signed. Raises ProblemError LED-107."""
    row = Checkpoint.objects.order_by("-size").first()
    if row is None:
        raise ProblemError(Problem(EMPTY, said("nothing was sealed yet")))
    return row


def read_tile(level: int, number: int, width: int) -> bytes:
    """A tile of a signed tree. Raises ProblemError LED-204 when the store has lost it."""
    content = store.get(level, number, width)
    if content is None or len(content) != width * HASH_BYTES:
        message = said("the tile {tile} is missing", tile=tile_path(level, number, width))
        raise ProblemError(Problem(BAD_TILE, message, hint=said("beichen ledger rebuild")))
    return content


def nodes(size: int) -> TileNodes:
    """The nodes of the tree of ``size`` entries."""
    return TileNodes(size, read_tile)


def tile(level: int | str, number: int, width: int) -> bytes:
    """What stands at a tile's address. Raises ProblemError LED-106 for one that no checkpoint has."""
    size = newest().size
    there = width_of(0 if level == ENTRIES else int(level), number, size)
    content = store.get(level, number, width) if width <= there else None
    if content is None:
        message = said("the log of {size} entries has no such tile", size=size)
        raise ProblemError(Problem(NO_TILE, message, Where(field=tile_path(level, number, width))))
    return content


def _sized(size: int | None) -> int:
    """A size that was signed, the published one where none is asked for. Raises ProblemError LED-105."""
    if size is None:
        return published().size
    most = newest().size
    if not 0 <= size <= most:
        message = said("the log has {most} entries", most=most)
        raise ProblemError(Problem(BAD_PROOF, message, Where(field="size")))
    return size


def inclusion(index: int, size: int | None = None) -> tuple[int, list[bytes]]:
    """(size, path) that proves entry ``index``. Raises ProblemError LED-105, LED-107."""
    chosen = _sized(size)
    if not 0 <= index < chosen:
        message = said("a tree of {size} entries has none at {index}", size=chosen, index=index)
        raise ProblemError(Problem(BAD_PROOF, message, Where(field="index")))
    return chosen, inclusion_path(index, chosen, nodes(chosen))


def consistency(old: int, size: int | None = None) -> tuple[int, list[bytes]]:
    """(size, path) that proves that the tree begins with the one of ``old``. Raises ProblemError LED-105."""
    chosen = _sized(size)
    if not 0 <= old <= chosen:
        message = said("a tree of {size} entries does not begin with {old}", size=chosen, old=old)
        raise ProblemError(Problem(BAD_PROOF, message, Where(field="old")))
    return chosen, consistency_path(old, chosen, nodes(chosen))


def bundle(row: Entry) -> dict[str, Any]:
    """What proves an entry to anybody, offline. Who may have it is asked before. Raises ProblemError
    LED-104."""
    held = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()
    if row.position is None or held is None or row.position >= held.size:
        hint = said("try again when witnesses have cosigned")
        raise ProblemError(Problem(NOT_YET, said("no published checkpoint holds it yet"), hint=hint))
    path = inclusion_path(row.position, held.size, nodes(held.size))
    return {
        "format": FORMAT,
        "opening": opening_of(row),
        "entry": row.text,
        "proof": proof_text(row.position, path, held.note),
    }


def bundle_text(row: Entry) -> str:
    """The same as a file."""
    return json.dumps(bundle(row), ensure_ascii=False, indent=2) + "\n"
