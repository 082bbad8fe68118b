"""Checkpoints (C2SP tlog-checkpoint): a log's origin, size and root, as a signed note."""

from __future__ import annotations

from dataclasses import dataclass

from beichen_proof.merkle import HASH_BYTES, LARGEST
from beichen_proof.note import Note, Verifier, decoded, encoded, parse_note
from beichen_proof.refusal import Reason, RefusedError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says that it is: how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Out of a note's text; lines after the third are extensions. Raises RefusedError."""
        lines = text.split("\n")
        size = lines[1] if len(lines) > 3 else ""
        is_number = size.isascii() and size.isdecimal() and (size == "0" or size[0] != "0")
        if not is_number or not lines[0] or len(size) > 19 or int(size) > LARGEST:
            raise RefusedError(Reason.MALFORMED, "no checkpoint: origin, size, root")
        root = decoded(lines[2])
        if len(root) != HASH_BYTES:
            raise RefusedError(Reason.MALFORMED, "a checkpoint's root has 32 bytes")
        return cls(lines[0], int(size), root)


def opened(content: bytes | str, log: Verifier) -> tuple[Checkpoint, Note]:
    """A checkpoint that the log has signed. Raises RefusedError: malformed, unknown log, forged."""
    note = parse_note(content)
    found = Checkpoint.parse(note.text)
    if found.origin != log.name:
        raise RefusedError(Reason.UNKNOWN_LOG, f"a checkpoint of {found.origin[:80]}, not of {log.name}")
    log.check(note)
    return found, note
