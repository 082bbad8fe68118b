"""A monitor: reads every entry of a log once, and says when the log is not what it was.

It keeps the complete subtrees at the right edge. Each new entry is appended to them; the root that follows
must be the one that the log signed, so that a changed, missing or reordered entry, old or new, is found.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from beichen_proof.checkpoint import Checkpoint, opened
from beichen_proof.client import LogReader
from beichen_proof.merkle import Frontier, leaf_hash
from beichen_proof.note import Verifier
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.tiles import WIDTH
from beichen_proof.witness import write_whole


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the log found: from which size to which, and the new entries by their kind."""

    before: int
    checkpoint: Checkpoint
    kinds: dict[str, int]


def _held(file: Path) -> Frontier:
    if not file.exists():
        return Frontier()
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        return Frontier(int(value["size"]), [bytes.fromhex(one) for one in value["edge"]])
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(Reason.MALFORMED, f"{file} cannot be read: {error}") from None


def _kind(entry: bytes) -> str:
    try:
        value = json.loads(entry)
    except ValueError:
        return "?"
    return str(value.get("kind", "?"))[:60] if isinstance(value, dict) else "?"


def look(reader: LogReader, log: Verifier, state: Path) -> Seen:
    """Follow the log from where ``state`` (a file) stands. Raises RefusedError, and then keeps the state as
    it was."""
    frontier = _held(state)
    before = frontier.size
    signed = reader.checkpoint()
    found, _note = opened(signed, log)
    if found.size < before:
        raise RefusedError(Reason.FORKED, f"the log had {before} entries, it shows {found.size}")
    kinds: Counter[str] = Counter()
    for number in range(before // WIDTH, -(-found.size // WIDTH)):
        first = number * WIDTH
        for entry in reader.entries(number, min(WIDTH, found.size - first))[max(0, before - first) :]:
            frontier.append(leaf_hash(entry))
            kinds[_kind(entry)] += 1
    if frontier.root() != found.root:
        evidence = state.with_name(f"{state.name}.contradiction")
        write_whole(evidence, signed.decode())
        raise RefusedError(
            Reason.FORKED, f"the {found.size} entries do not give the root that the log signed"
        )
    held = {"size": frontier.size, "edge": [one.hex() for one in frontier.hashes]}
    write_whole(state, json.dumps({**held, "checkpoint": signed.decode()}))
    return Seen(before, found, dict(kinds))
