"""Verification of the whole ledger: entries against checkpoints, tiles against entries, sealed things
against seals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from beichen.platforms.ledger import store
from beichen.platforms.ledger.codes import BAD_TILE, BROKEN, CHANGED
from beichen.platforms.ledger.edge import Edge
from beichen.platforms.ledger.identity import log
from beichen.platforms.ledger.kinds import sealed_kinds
from beichen.platforms.ledger.models import Anchoring, Checkpoint, Entry
from beichen.platforms.ledger.sealing import entry_text
from beichen.problem import Problem, Where, said
from beichen_proof.checkpoint import opened
from beichen_proof.merkle import Frontier, leaf_hash
from beichen_proof.note import Verifier
from beichen_proof.refusal import RefusedError
from beichen_proof.tiles import WIDTH, tile_path

MOST_PROBLEMS = 100
BATCH = 500


@dataclass(frozen=True, slots=True)
class Verification:
    """How many entries and checkpoints were read, and everything that is wrong, up to
    :data:`MOST_PROBLEMS`."""

    entries: int
    checkpoints: int
    problems: list[Problem]


def verify() -> Verification:
    """Read the whole ledger; every change, removal or reordering is a problem with its place."""
    row = log()
    problems: list[Problem] = []
    for found in _problems(Verifier.parse(row.key) if row else None):
        problems.append(found)
        if len(problems) >= MOST_PROBLEMS:
            break
    return Verification(Entry.objects.exclude(position=None).count(), Checkpoint.objects.count(), problems)


def _problems(key: Verifier | None) -> Iterator[Problem]:
    if key is not None:
        yield from _tree_problems(key)
    yield from _sealed_problems()


def _tree_problems(key: Verifier) -> Iterator[Problem]:
    """One pass over the entries: their own text, the root at each checkpoint, each tile."""
    signed = _signed()
    frontier, edge, pending, bad = Frontier(), Edge(0, []), list[bytes](), list[Problem]()

    def compare(level: int | str, number: int, width: int, content: bytes) -> None:
        if store.get(level, number, width) != content:
            place = tile_path(level, number, width)
            bad.append(
                Problem(
                    BAD_TILE, said("the tile {tile} differs", tile=place), hint=said("beichen ledger rebuild")
                )
            )

    store.forget()
    for row in Entry.objects.exclude(position=None).order_by("position").iterator(chunk_size=2000):
        where = Where(row=row.position, field="position")
        if row.position != frontier.size:
            message = said(
                "entry {expected} is missing; {found} follows", expected=frontier.size, found=row.position
            )
            yield Problem(BROKEN, message, where)
            return
        if row.text != entry_text(row):
            yield Problem(
                BROKEN, said("entry {number} is not what it committed to", number=row.position), where
            )
        frontier.append(leaf_hash(row.text.encode()))
        edge.extend([row.text], pending, compare)
        for one in signed.pop(frontier.size, ()):
            yield from _signed_problems(one, frontier.root(), key)
        while bad:
            yield bad.pop()
    # Beyond the last checkpoint tiles may not stand yet.
    if frontier.size % WIDTH == 0 or Checkpoint.objects.filter(size=frontier.size).exists():
        edge.finish(pending, compare)
    yield from bad
    for size in sorted(signed):
        yield Problem(
            BROKEN, said("a checkpoint says {size} entries, there are fewer", size=size), Where(row=size)
        )


def _signed() -> dict[int, list[Checkpoint | Anchoring]]:
    """What the house has signed, and what of it is kept outside, by the number of entries."""
    found: dict[int, list[Checkpoint | Anchoring]] = defaultdict(list)
    for checkpoint in Checkpoint.objects.defer("published_at"):
        found[checkpoint.size].append(checkpoint)
    for kept in Anchoring.objects.filter(error=""):
        found[kept.size].append(kept)
    return found


def _signed_problems(row: Checkpoint | Anchoring, root: bytes, key: Verifier) -> Iterator[Problem]:
    if isinstance(row, Checkpoint):
        yield from _checkpoint_problems(row, root, key)
    else:
        yield from _anchor_problems(row, root, key)


def _checkpoint_problems(row: Checkpoint, root: bytes, key: Verifier) -> Iterator[Problem]:
    where = Where(row=row.size, field="size")
    try:
        found, _note = opened(row.note, key)
    except RefusedError as error:
        message = said(
            "the checkpoint of {size} entries is not signed: {reason}", size=row.size, reason=error.reason
        )
        yield Problem(BROKEN, message, where)
        return
    if (found.size, found.root) != (row.size, root) or row.root != root.hex():
        message = said("{size} entries do not give the root that was signed", size=row.size)
        yield Problem(BROKEN, message, where)


def _anchor_problems(row: Anchoring, root: bytes, key: Verifier) -> Iterator[Problem]:
    """Whether the log still begins with what is kept outside."""
    try:
        is_same = opened(row.note, key)[0].root == root
    except RefusedError:
        is_same = False
    if not is_same:
        message = said("{size} entries are not what is kept outside", size=row.size)
        yield Problem(BROKEN, message, Where(row=row.size, field="anchor"), row.target)


def _sealed_problems() -> Iterator[Problem]:
    """What rooms say of their sealed things now, against the latest seal of each."""
    for kind in sealed_kinds().values():
        if kind.current is None:
            continue
        rows = Entry.objects.filter(kind=kind.key).order_by("reference", "id")
        batch: dict[str, set[str]] = defaultdict(set)
        for reference, sha256 in rows.values_list("reference", "sha256").iterator(chunk_size=2000):
            if len(batch) >= BATCH and reference not in batch:
                yield from _batch_problems(kind.key, batch)
                batch = defaultdict(set)
            batch[reference].add(sha256)
        yield from _batch_problems(kind.key, batch)


def _batch_problems(kind: str, sealed: dict[str, set[str]]) -> Iterator[Problem]:
    current = sealed_kinds()[kind].current
    found = current(list(sealed)) if current is not None and sealed else {}
    for reference, now in found.items():
        if now not in sealed[reference]:
            message = said("{kind} {reference} is not what was sealed", kind=kind, reference=reference[:40])
            yield Problem(CHANGED, message, Where(field=reference))
