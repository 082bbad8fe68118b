"""What can be done with the audit record: add to it, and verify it.

``record`` belongs inside the transaction of the write that it records: both happen or neither.
Writers take the head's row lock, so records of concurrent transactions line up one after another.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.db import connection

from beichen.kernel.actor import Actor
from beichen.kernel.audit.chain import FIELDS, GENESIS, canonical, link
from beichen.kernel.audit.models import AuditHead, AuditRecord
from beichen.kernel.parcel import Parcel, Statement
from beichen.kernel.planned import fetch
from beichen.problem import Problem, Where, code, shorten

__all__ = ["Verification", "anchor", "head", "record", "verify"]

BROKEN = code("AUD-101", "An audit record was changed.", status=500)
MISSING = code("AUD-102", "Audit records are missing or out of order.", status=500)
HEAD = code("AUD-103", "The audit chain does not end where its head says.", status=500)
ANCHOR = code("AUD-104", "The audit chain does not pass through its anchor.", status=500)
_HEAD = "SELECT sequence, hash FROM kernel_audit_head WHERE id = 1"
_MOVE = "UPDATE kernel_audit_head SET sequence = %s, hash = %s WHERE id = 1"
_COLUMNS = (*FIELDS, "previous", "hash")
_APPEND = (
    f"INSERT INTO kernel_audit_record ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608 - names of columns
)
LINE_BYTES = 1024  # more than the line of an anchor


class _Chain:
    """Links entries to the end of the chain while its head is locked, which is as late as can be."""

    def statements(self, entries: Iterable[AuditRecord], /) -> Iterator[Statement]:
        """A record and a step of the head for each."""
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        ((sequence, previous),) = fetch(connection, _HEAD + lock, [])
        for entry in entries:
            sequence += 1
            entry.sequence, entry.previous = sequence, previous
            entry.at = datetime.now(UTC).isoformat(timespec="microseconds")
            entry.hash = previous = link(previous, {name: getattr(entry, name) for name in FIELDS})
            entry._state.adding, entry._state.db = False, "default"
            yield Statement(_APPEND, [getattr(entry, name) for name in _COLUMNS])
            yield Statement(_MOVE, [sequence, previous], ("kernel_audit_head", 1))


_CHAIN = _Chain()


def record(
    by: Actor,
    action: str,
    resource: str,
    *,
    detail: dict[str, Any] | None = None,
    reason: str = "",
    subject: str = "",
    parcel: Parcel | None = None,
) -> AuditRecord:
    """Append one act to the chain, in the caller's transaction (or one of its own).

    ``resource`` is ``app.model`` or ``app.model:key``; ``subject`` is the code of the person whose
    data was read or written, who can see the record. With a ``parcel`` it is appended when that is sent, and
    has its place in the chain from then on.
    """
    entry = AuditRecord(
        actor=by.key,
        action=action,
        resource=shorten(resource, 200),
        subject=subject,
        reason=shorten(reason or ("system" if by.is_system else ""), 200),
        address=by.address,
        detail=canonical(detail or {}),
    )
    sent = Parcel() if parcel is None else parcel
    sent.add(_CHAIN, [entry], is_last=True)
    if parcel is None:  # a record that fails fails what it records
        sent.send()
    return entry


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found: how many records were read, and everything that is wrong."""

    records: int
    problems: list[Problem]
    head: str


def _check(entry: AuditRecord, expected: int, previous: str) -> Iterator[Problem]:
    where = Where(row=entry.sequence, field="sequence")
    if entry.sequence != expected:
        gap = f"record {expected} is missing; {entry.sequence} follows"
        yield Problem(MISSING, gap, where, "restore it from a backup")
    elif entry.previous != previous:
        yield Problem(MISSING, f"record {entry.sequence} does not follow the one before it", where)
    values = {name: getattr(entry, name) for name in FIELDS}
    if link(entry.previous, values) != entry.hash:
        message = f"record {entry.sequence} differs from its hash"
        yield Problem(BROKEN, message, where, f"{entry.actor} {entry.action} at {entry.at}")


def verify(anchors: Path | None = None) -> Verification:
    """Read the whole chain and report each change, removal or reordering with its place.

    ``anchors`` is the file that :func:`anchor` writes outside the database; with it, cutting off the
    chain's end is found even when the head was rewritten too.
    """
    waiting, problems = _read_anchors(_lines(anchors) if anchors else [])
    previous, expected, count = GENESIS, 1, 0
    for entry in AuditRecord.objects.order_by("sequence").iterator(chunk_size=2000):
        problems.extend(_check(entry, expected, previous))
        anchored = waiting.pop(entry.sequence, entry.hash)
        if anchored != entry.hash:
            where = Where(row=entry.sequence)
            problems.append(Problem(ANCHOR, f"record {entry.sequence} is not the anchored one", where))
        previous, expected, count = entry.hash, entry.sequence + 1, count + 1
    head = AuditHead.objects.filter(id=1).values_list("sequence", "hash").first()
    if head != (expected - 1, previous):
        message = f"the chain ends at {expected - 1}, its head says {head[0] if head else 'nothing'}"
        problems.append(Problem(HEAD, message, Where(row=expected - 1)))
    problems += [
        Problem(ANCHOR, f"anchored record {sequence} is missing", Where(row=sequence))
        for sequence in sorted(waiting)
    ]
    return Verification(count, problems, previous)


def _read_anchors(lines: list[bytes]) -> tuple[dict[int, str], list[Problem]]:
    """The hash of each anchored record; a line that cannot be read is a problem."""
    anchored: dict[int, str] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        try:
            document = orjson.loads(line)
            anchored[int(document["sequence"])] = str(document["hash"])
        except (ValueError, KeyError, TypeError):
            message = f"line {number} of the anchors cannot be read"
            problems.append(Problem(ANCHOR, message, Where(row=number), "delete it if a crash cut it off"))
    return anchored, problems


def _lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines() if file.exists() else []


def _last_line(file: Path) -> list[bytes]:
    """The last line, without reading the whole file."""
    if not file.exists():
        return []
    with file.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - LINE_BYTES))
        return stream.read().splitlines()[-1:]


def head() -> tuple[int, str]:
    """The sequence and the hash of the last record; (0, …) before the first."""
    return AuditHead.objects.values_list("sequence", "hash").get(id=1)


def anchor(file: Path) -> None:
    """Append the chain's head to ``file``, outside the database; does nothing when it has not moved."""
    head = AuditHead.objects.get(id=1)
    if head.sequence == 0 or _read_anchors(_last_line(file))[0].get(head.sequence) == head.hash:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    line = canonical({"sequence": head.sequence, "hash": head.hash, "at": datetime.now(UTC).isoformat()})
    with file.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
        stream.flush()
        os.fsync(stream.fileno())
