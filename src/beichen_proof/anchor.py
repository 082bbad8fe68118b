"""An anchor: a checkpoint that somebody outside has kept, and what they gave for it.

A document of JSON: ``checkpoint`` is the signed note, ``receipt`` what came back for it. A receipt that
begins with `rfc3161` is a time stamp, which is checked here; of any other its keeper must be asked. What the
log shows today must continue what was anchored: a log that was rewritten since, with all its witnesses, does
not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.x509 import Certificate

from beichen_proof.checkpoint import Checkpoint
from beichen_proof.client import LogReader
from beichen_proof.merkle import check_consistency, consistency_path
from beichen_proof.note import decoded, encoded
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.tiles import TileNodes
from beichen_proof.timestamp import Stamped, check

FORMAT = "beichen-anchor/1"
STAMP = "rfc3161 "
LONGEST = 256 << 10
_MEMBERS = {"format", "checkpoint", "target", "at", "receipt"}


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an anchor proves; ``stamped`` is None for a receipt that only its keeper understands."""

    checkpoint: Checkpoint
    target: str
    receipt: str
    stamped: Stamped | None


def anchor_text(checkpoint: str, target: str, at: str, receipt: str) -> str:
    """The document."""
    value = {"format": FORMAT, "checkpoint": checkpoint, "target": target, "at": at, "receipt": receipt}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def stamp_receipt(answer: bytes) -> str:
    """A TimeStampResp as a receipt."""
    return STAMP + encoded(answer)


def check_stamp(receipt: str, checkpoint: str, authorities: Sequence[Certificate]) -> Stamped:
    """The time stamp that a receipt is, about the checkpoint. Raises RefusedError."""
    return check(decoded(receipt.removeprefix(STAMP).strip()), checkpoint.encode(), authorities)


def check_anchor(content: bytes, policy: Policy, authorities: Sequence[Certificate]) -> Anchored:
    """What an anchor proves under the policy. Raises RefusedError with the reason."""
    try:
        value = json.loads(content) if len(content) <= LONGEST else None
    except (ValueError, RecursionError):
        value = None
    if (
        not isinstance(value, dict)
        or set(value) != _MEMBERS
        or value["format"] != FORMAT
        or not all(isinstance(one, str) for one in value.values())
    ):
        raise RefusedError(Reason.MALFORMED, f"no anchor of the format {FORMAT}")
    found = policy.open(value["checkpoint"])
    stamped = None
    if value["receipt"].startswith(STAMP):
        stamped = check_stamp(value["receipt"], value["checkpoint"], authorities)
    return Anchored(found, value["target"], value["receipt"], stamped)


def check_continued(anchored: Checkpoint, reader: LogReader, policy: Policy) -> Checkpoint:
    """What the log shows today, which begins with what was anchored. Raises RefusedError: forked where it
    does not, unreachable, and what :meth:`Policy.open` raises."""
    newest = policy.open(reader.checkpoint())
    if newest.origin != anchored.origin:
        raise RefusedError(Reason.UNKNOWN_LOG, f"there stands the log {newest.origin[:80]}")
    if newest.size < anchored.size:
        message = f"the log had {anchored.size} entries, it shows {newest.size}"
        raise RefusedError(Reason.FORKED, message)
    path = consistency_path(anchored.size, newest.size, TileNodes(newest.size, reader.tile))
    check_consistency(anchored.size, newest.size, anchored.root, newest.root, path)
    return newest
