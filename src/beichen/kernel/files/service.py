"""What can be done with files: store, read, verify."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.files import store as contents
from beichen.kernel.files.media import media_type_of
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.problem import Problem, ProblemError, code, said

__all__ = ["READ", "discard", "find", "forget", "open_stored", "store", "verify"]

READ = access.permission("files.read", "查看附件", "Read files")
NOT_FOUND = code("FIL-404", "There is no such file.", status=404)
LIMIT = 100 << 20  # bytes


def store(
    stream: BinaryIO,
    name: str,
    *,
    by: Actor,
    level: Level = Level.L2,
    body: Body | None = None,
    region: Region | None = None,
    limit: int = LIMIT,
) -> StoredFile:
    """Keep ``stream`` as a file called ``name``; the content is safe before the row is written.

    Killed or taken back in between, the content is noted and removed by :func:`forget`.

    Raises ProblemError: FIL-101 type, FIL-102 content, FIL-103 size, FIL-104 no space.
    """
    short = PurePath(name.replace("\\", "/")).name[-200:]
    with contents.spool(stream, short, limit) as spooled:
        media_type = media_type_of(short, spooled.head)
        note = contents.doubt(spooled.hash, timezone.localdate())
        contents.put(spooled)
    with transaction.atomic():
        row = StoredFile.objects.create(
            hash=spooled.hash,
            size=spooled.size,
            media_type=media_type,
            name=short,
            level=int(level),
            body=body,
            region=region,
            stored_by=by.key,
        )
        audit.record(by, "files.store", f"kernel_files.storedfile:{row.code}", detail={"hash": row.hash})
        transaction.on_commit(lambda: _keep_hold(row.hash, note))
    return row


def _keep_hold(content: str, note: str) -> None:
    """Whoever let the last row of the same content go meanwhile did not see this one yet."""
    contents.bring_back(content, timezone.localdate())
    contents.be_sure(note)


def find(value: str, *, by: Actor) -> StoredFile:
    """The file with this code, when the actor may read it. Raises ProblemError FIL-404, ACC-403."""
    row = StoredFile.objects.select_related("body", "region").filter(code=value).first()
    if row is None:
        raise ProblemError(Problem(NOT_FOUND, said("no file has this code")))
    decision = access.require(by, READ, row)
    if row.level >= Level.L3:
        resource = f"kernel_files.storedfile:{row.code}"
        audit.record(by, READ, resource, detail={"hash": row.hash}, reason=decision.reason)
    return row


def discard(row: StoredFile, *, by: Actor) -> None:
    """Forget a file, in the caller's transaction or one of its own; whoever keeps the row has decided.

    Its content is out of reach once that is committed, when no other row has the same, and removed by night,
    a day later, when no transaction can still be about to keep it.
    """
    with transaction.atomic():
        content, resource = row.hash, f"kernel_files.storedfile:{row.code}"
        note = contents.doubt(content, timezone.localdate())
        row.delete()
        audit.record(by, "files.discard", resource, detail={"hash": content})
        transaction.on_commit(lambda: _let_go(content, note))


def _let_go(content: str, note: str) -> None:
    """Set a content aside that no row has; whoever stores it in the same moment brings it back."""
    rows = StoredFile.objects.filter(hash=content)
    if not rows.exists():
        contents.set_aside(content, timezone.localdate())
        if rows.exists():
            contents.bring_back(content, timezone.localdate())
    contents.be_sure(note)


def forget() -> int:
    """Remove the contents that were set aside before yesterday; how many.

    Before, decide about those that a killed process left in doubt: what has a row is brought back, what has
    none is set aside.
    """
    for note, content in contents.doubtful(timezone.localdate()):
        if StoredFile.objects.filter(hash=content).exists():
            _keep_hold(content, note)
        else:
            _let_go(content, note)
    return contents.forget_aside(timezone.localdate())


def open_stored(row: StoredFile) -> Iterator[bytes]:
    """The file's bytes in pieces of about a megabyte. Raises ProblemError FIL-105."""
    return contents.read(row.hash)


def verify() -> Iterator[Problem]:
    """Every stored content that is missing or differs from its hash (FIL-105, FIL-106)."""
    hashes = StoredFile.objects.order_by("hash").values_list("hash", flat=True).distinct()
    for content in hashes.iterator():
        problem = contents.damage(content)
        if problem is not None:
            yield problem
