"""A witness: remembers one checkpoint of each log and cosigns the next only if it continues that one.

Its state is a folder: `key` (mode 0600), `logs` (verifier keys, one a line), for each log the last
checkpoint that it cosigned, and `evidence/` with what contradicts it. What was cosigned is on the disk
before anybody reads it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from beichen_proof.checkpoint import Checkpoint, opened
from beichen_proof.client import LogReader
from beichen_proof.merkle import EMPTY_ROOT, HASH_BYTES, check_consistency, consistency_path
from beichen_proof.note import COSIGNATURE, Note, Signature, Signer, Verifier, decoded, encoded, parse_note
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.tiles import TileNodes

SIZE_TYPE = "text/x.tlog.size"
PLAIN = "text/plain; charset=utf-8"
LONGEST = 128 << 10
MOST_EVIDENCE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness says over HTTP (tlog-witness)."""

    status: int
    content: str
    type: str = PLAIN


def request_text(old: int, path: list[bytes], checkpoint: str) -> str:
    """What a log posts to `add-checkpoint`."""
    return "".join([f"old {old}\n", *(f"{encoded(one)}\n" for one in path), "\n", checkpoint])


def parse_request(content: bytes) -> tuple[int, list[bytes], str]:
    """(old size, consistency path, signed checkpoint). Raises RefusedError."""
    try:
        head, gap, checkpoint = content.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise RefusedError(Reason.MALFORMED, "no UTF-8") from None
    first, *lines = head.split("\n")
    word, _, number = first.partition(" ")
    if (
        word != "old"
        or not gap
        or not number.isascii()
        or not number.isdecimal()
        or len(number) > 19
        or len(lines) > 63
    ):
        raise RefusedError(Reason.MALFORMED, "no request of a log: old SIZE, a proof, a checkpoint")
    path = [decoded(line) for line in lines]
    if any(len(hash_) != HASH_BYTES for hash_ in path):
        raise RefusedError(Reason.MALFORMED, "a proof's hashes have 32 bytes")
    return int(number), path, checkpoint


def write_whole(file: Path, content: str, mode: int = 0o644) -> None:
    """Replace a file so that a crash leaves the old one or the new one, on the disk."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8"
    ) as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    handle = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Witness:
    """The witness whose state lies in ``folder``; one process at a time may hold it."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.folder, self._now, self._lock = folder, now, threading.Lock()
        try:
            self.signer = Signer.parse((folder / "key").read_text(encoding="utf-8"))
            lines = (folder / "logs").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError as error:
            raise RefusedError(
                Reason.MALFORMED, f"{error.filename} is not there: make a witness first"
            ) from None
        keys = [Verifier.parse(line) for line in lines if line.strip()]
        self.logs = {key.name: key for key in keys}

    @classmethod
    def make(cls, folder: Path, name: str) -> Witness:
        """A new witness with a key of its own. Raises FileExistsError where there is one."""
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "key").exists():
            raise FileExistsError(folder / "key")
        write_whole(folder / "logs", "")
        write_whole(folder / "key", f"{Signer.make(name, COSIGNATURE)}\n", 0o600)
        return cls(folder)

    def trust(self, log: Verifier) -> None:
        """Watch the log from now on. A log that is known under another key is refused: a key is for ever."""
        known = self.logs.get(log.name)
        if known is not None and known != log:
            raise RefusedError(Reason.UNKNOWN_LOG, f"{log.name} is known under another key")
        self.logs[log.name] = log
        write_whole(self.folder / "logs", "".join(f"{key}\n" for key in self.logs.values()))

    def _file(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.checkpoint"

    def last(self, origin: str) -> Checkpoint:
        """The checkpoint that was cosigned last; of size 0 before the first."""
        file = self._file(origin)
        if not file.exists():
            return Checkpoint(origin, 0, EMPTY_ROOT)
        found, note = opened(file.read_bytes(), self.logs[origin])
        self.signer.verifier.check(note)  # what it did not sign itself is no memory
        return found

    def add_checkpoint(self, content: bytes) -> Answer:
        """The answer to a log's request, as tlog-witness says: 200 with a cosignature, or why not."""
        try:
            old, path, signed = parse_request(content)
            note = parse_note(signed)
            origin = Checkpoint.parse(note.text).origin
        except RefusedError as error:
            return Answer(400, f"{error.message}\n")
        if origin not in self.logs:
            return Answer(404, "this log is not known here\n")
        try:
            found, note = opened(signed, self.logs[origin])
        except RefusedError as error:
            return Answer(403, f"{error.message}\n")
        if old > found.size:
            return Answer(400, "the old size is larger than the checkpoint's\n")
        with self._lock:
            last = self.last(origin)
            if old != last.size:
                return Answer(409, f"{last.size}\n", SIZE_TYPE)
            try:
                signature = self._continued(last, found, note, path)
            except RefusedError as error:
                if last.size == found.size:  # another root of the same size
                    return Answer(409, f"{last.size}\n", SIZE_TYPE)
                return Answer(422, f"{error.message}\n")
        return Answer(200, signature.line())

    def _continued(self, last: Checkpoint, found: Checkpoint, note: Note, path: list[bytes]) -> Signature:
        """Cosign what continues the last checkpoint. Raises RefusedError, having kept what contradicts it."""
        try:
            check_consistency(last.size, found.size, last.root, found.root, path)
        except RefusedError as error:
            self._keep_evidence(found, note, str(error))
            raise
        signature = self.signer.sign(note.text, int(self._now()))
        write_whole(self._file(found.origin), str(note.with_(signature)))
        return signature

    def _keep_evidence(self, found: Checkpoint, note: Note, why: str) -> None:
        """Both checkpoints, signed by the log: whoever reads them sees that it told two stories."""
        folder = self.folder / "evidence"
        folder.mkdir(exist_ok=True)
        name = hashlib.sha256(str(note).encode()).hexdigest()[:16]
        file = folder / f"{name}.txt"
        if file.exists() or sum(1 for _ in folder.iterdir()) >= MOST_EVIDENCE:
            return
        held = self._file(found.origin)
        before = held.read_text(encoding="utf-8") if held.exists() else ""
        write_whole(
            file, f"{why}\nseen at {int(self._now())}\n\n=== cosigned before\n{before}=== offered\n{note}"
        )

    def check(self, reader: LogReader, origin: str = "") -> tuple[Checkpoint, Signature]:
        """Look at a log of one's own accord: read its newest checkpoint, prove it out of tiles, cosign it.

        Raises RefusedError: forked with evidence kept, forged, unknown log, unreachable.
        """
        signed = reader.pending()
        note = parse_note(signed)
        log = self.logs.get(origin or Checkpoint.parse(note.text).origin)
        if log is None:
            raise RefusedError(Reason.UNKNOWN_LOG, "this log is not known here")
        found, note = opened(signed, log)
        with self._lock:
            last = self.last(found.origin)
            if found.size < last.size:
                self._keep_evidence(found, note, "the log shrank")
                raise RefusedError(Reason.FORKED, f"the log had {last.size} entries, it shows {found.size}")
            path = consistency_path(last.size, found.size, TileNodes(found.size, reader.tile))
            return found, self._continued(last, found, note, path)
