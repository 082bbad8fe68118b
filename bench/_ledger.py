"""The process that :mod:`bench.ledger` starts: seals, hashes, proves, beside its peers; prints JSON."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
import obstore
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
SIZES = (10_000, 100_000, 1_000_000)
SEALS, PROOFS = 2_000, 300
TEXT = '{"at":"2026-01-01T00:00:00.000+00:00","commitment":"%064x","kind":"case.evidence"}'


def _texts(size: int) -> Iterator[str]:
    return (TEXT % number for number in range(size))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _each(work: Callable[[int], object], numbers: list[int]) -> list[float]:
    taken = []
    for number in numbers:
        start = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - start)
    return taken


def _p99(taken: list[float]) -> float:
    return round(statistics.quantiles(taken, n=100)[98] * 1000, 3)


def sealing() -> dict[str, Any]:
    """A seal in a transaction of its own, beside a bare insert of the same row."""
    from django.db import connection, transaction

    from beichen.kernel.actor import system
    from beichen.kernel.levels import Level
    from beichen.platforms.ledger import service

    service.add_sealed_kind(service.SealedKind("bench.thing", "Thing", Level.L1))
    by = system("bench")
    sql = (
        "INSERT INTO platforms_ledger_entry (kind, reference, sha256, salt, text, by, at, level) "
        "VALUES ('bare', %s, %s, '', %s, 'bench', CURRENT_TIMESTAMP, 1)"
    ).replace(" by,", ' "by",')

    def seal(number: int) -> None:
        service.seal("bench.thing", f"B-{number}", hashlib.sha256(b"%d" % number).hexdigest(), by=by)

    def bare(number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            digest = hashlib.sha256(b"%d" % number).hexdigest()
            cursor.execute(sql, [f"R-{number}", digest, TEXT % number])

    ours, peer = _each(seal, list(range(SEALS))), _each(bare, list(range(SEALS)))
    brought = _timed(service.integrate)
    return {
        "case": "seal, a transaction each",
        "size": SEALS,
        "ours_seconds": sum(ours),
        "peer": "a bare insert",
        "peer_seconds": sum(peer),
        "figures": {
            "seals/s": round(SEALS / sum(ours)),
            "p99 ms": _p99(ours),
            "bare p99 ms": _p99(peer),
            "into the log, entries/s": round(2 * SEALS / brought),
        },
        "note": f"on {connection.vendor}",
    }


def _peer_tree(size: int) -> tuple[float, Any]:
    """Seconds to append, and the tree; (0, None) where pymerkle is not installed."""
    if importlib.util.find_spec("pymerkle") is None:
        return 0.0, None
    from pymerkle import InmemoryTree

    tree = InmemoryTree(algorithm="sha256")

    def append() -> None:
        for text in _texts(size):
            tree.append_entry(text.encode())

    return _timed(append), tree


def growth(size: int) -> list[dict[str, Any]]:
    """Hashing into tiles, the root, and inclusion proofs out of the file store."""
    from beichen.kernel.files.store import contents
    from beichen.platforms.ledger import proving, store
    from beichen.platforms.ledger.edge import Edge
    from beichen_proof.merkle import inclusion_path
    from beichen_proof.tiles import ENTRIES, tile_path

    tiles: dict[str, bytes] = {}

    def write(level: int | str, number: int, width: int, content: bytes) -> None:
        if level != ENTRIES:
            tiles[f"{store.FOLDER}/{tile_path(level, number, width)}"] = content

    edge, pending = Edge(0, []), list[bytes]()

    def append() -> None:
        edge.extend(_texts(size), pending, write)
        edge.finish(pending, write)

    hashing = _timed(append)
    for path, content in tiles.items():
        obstore.put(contents(), path, content)
    store.forget()
    peer_hashing, tree = _peer_tree(size)
    chosen = random.Random(size).choices(range(size), k=PROOFS)
    cold = _each(lambda index: inclusion_path(index, size, proving.nodes(size)), chosen)
    warm = _each(lambda index: inclusion_path(index, size, proving.nodes(size)), chosen)
    peer_proofs = _each(lambda index: tree.prove_inclusion(index + 1), chosen) if tree else []
    if tree is not None and tree.get_state() != edge.root():
        raise SystemExit("the roots differ")
    peer = "pymerkle in memory" if tree else "none installed"
    return [
        {
            "case": "hash into tiles",
            "size": size,
            "ours_seconds": hashing,
            "peer": peer,
            "peer_seconds": peer_hashing,
            "figures": {"entries/s": round(size / hashing)},
        },
        {
            "case": "inclusion proof",
            "size": size,
            "ours_seconds": statistics.median(warm),
            "peer": peer,
            "peer_seconds": statistics.median(peer_proofs) if peer_proofs else 0.0,
            "figures": {
                "hashes": len(inclusion_path(0, size, proving.nodes(size))),
                "p99 ms": _p99(warm),
                "from the disk, median ms": round(statistics.median(cold) * 1000, 3),
            },
        },
    ]


def main() -> None:
    """Print all rows."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    rows = [sealing()]
    for size in SIZES:
        rows += growth(size)
    sys.stdout.write(orjson.dumps(rows).decode())


if __name__ == "__main__":
    main()
