"""Sealing: an entry is written in the transaction of what it seals; the worker gives it its place afterwards.

The public log holds of it what kind of thing it is, when it was sealed, and a salted commitment. Nobody
learns from the log what was sealed, and nobody can say later that something else was.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.statements import Insertion
from beichen.platforms.ledger.codes import BAD_SEAL, NO_ENTRY
from beichen.platforms.ledger.kinds import kind_of
from beichen.platforms.ledger.models import Entry
from beichen.platforms.ledger.rights import READ_ENTRIES
from beichen.problem import Problem, ProblemError, Where, said
from beichen_proof.bundle import canonical, commitment

LONGEST_REFERENCE = 200
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_ENTRIES = Insertion(Entry)


def opening_of(row: Entry) -> dict[str, str]:
    """What the entry commits to."""
    return {"kind": row.kind, "reference": row.reference, "sha256": row.sha256, "salt": row.salt}


def seal(kind: str, reference: str, content_hash: str, *, by: Actor, now: datetime | None = None) -> Entry:
    """Seal that ``reference`` had this SHA-256 (hexadecimal) now, in the caller's transaction or one of its
    own.

    The same seal again gives the entry that is there. Raises ProblemError LED-101, LED-102.
    """
    known = kind_of(kind)
    problems = []
    if not _SHA256.match(content_hash):
        problems.append(Problem(BAD_SEAL, said("no SHA-256 in hexadecimal"), Where(field="content_hash")))
    if not 0 < len(reference) <= LONGEST_REFERENCE or "\0" in reference:
        message = said("a reference has 1 to {most} characters", most=LONGEST_REFERENCE)
        problems.append(Problem(BAD_SEAL, message, Where(field="reference")))
    if problems:
        raise ProblemError(*problems)
    at = now or timezone.now()
    row = Entry(
        kind=kind,
        reference=reference,
        sha256=content_hash,
        salt=secrets.token_hex(16),
        by=by.key[:120],
        at=at,
        level=int(known.level),
    )
    row.text = entry_text(row)
    try:
        with transaction.atomic():
            return _ENTRIES.add(row)
    except IntegrityError:  # the same was sealed before
        held = _held(kind, reference, content_hash)
        if held is None:
            raise
        return held


def entry_text(row: Entry) -> str:
    """What the public log holds of the entry."""
    at = row.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="milliseconds")
    return canonical({"at": at, "commitment": commitment(opening_of(row)), "kind": row.kind}).decode()


def _held(kind: str, reference: str, content_hash: str) -> Entry | None:
    return Entry.objects.filter(kind=kind, reference=reference, sha256=content_hash).first()


def entries(*, by: Actor) -> QuerySet[Entry]:
    """The entries whose content the actor may see, the newest first. Raises ProblemError ACC-403."""
    access.require(by, READ_ENTRIES)
    return access.visible(by, READ_ENTRIES, Entry.objects.all())


def find_entry(number: int, *, by: Actor) -> Entry:
    """One entry. Raises ProblemError LED-103, ACC-403."""
    row = Entry.objects.filter(pk=number).first()
    if row is None:
        raise ProblemError(Problem(NO_ENTRY, said("no entry has the number {number}", number=number)))
    access.require(by, READ_ENTRIES, row)
    return row


def entries_of(kind: str, reference: str) -> QuerySet[Entry]:
    """Every seal of a thing, for the room that sealed it; who may ask is that room's to say."""
    return Entry.objects.filter(kind=kind, reference=reference)
