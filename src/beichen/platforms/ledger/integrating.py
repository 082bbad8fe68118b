"""Integration: waiting entries get their places, tiles are written, a checkpoint is signed.

Three steps, each safe to be cut off after: places are committed first, so that what the tiles hold never
depends on when they are written; tiles are a function of the entries alone; the checkpoint comes last and
says of nothing that is not on the disk. Whatever process dies where, the next one goes on to the same tree.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import TruncDate
from django.utils import timezone

from beichen.platforms.ledger import identity, store
from beichen.platforms.ledger.codes import BROKEN
from beichen.platforms.ledger.edge import Edge
from beichen.platforms.ledger.models import Checkpoint, Entry, Log
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings
from beichen_proof.checkpoint import Checkpoint as Signed
from beichen_proof.merkle import EMPTY_ROOT
from beichen_proof.note import Note
from beichen_proof.tiles import WIDTH

KEPT = timedelta(days=7)  # for which every checkpoint is kept
MOST = 8192  # entries that get their places at once
logger = logging.getLogger(__name__)

_SEQUENCE = """
UPDATE platforms_ledger_entry SET position = waits.place FROM (
  SELECT id AS waiting, %s + row_number() OVER (ORDER BY id) - 1 AS place
  FROM (SELECT id FROM platforms_ledger_entry WHERE position IS NULL ORDER BY id LIMIT %s) AS first
) AS waits WHERE platforms_ledger_entry.id = waits.waiting
"""


def integrate() -> int:
    """Bring what waits into the log; returns how many entries the newest checkpoint has gained.

    One worker at a time does this. Raises ProblemError LED-201, LED-202, FIL-104.
    """
    if not Entry.objects.filter(position=None).exists() and not _lags():
        return 0
    signing = identity.signing()
    size = sequence()
    last = Checkpoint.objects.order_by("-size").first()
    before = last.size if last else 0
    if size > before:
        write_checkpoint(signing, write_tiles(last, size))
    return size - before


def _lags() -> bool:
    """Whether entries have their places and no checkpoint says so: somebody died in between."""
    row = identity.log()
    last = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
    return row is not None and row.size > (last or 0)


@transaction.atomic
def sequence() -> int:
    """Give what waits its places, in the order in which it came; returns how many entries have one."""
    row = Log.objects.select_for_update().get(pk=1)
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCE, [row.size, MOST])
        count = cursor.rowcount
    if count > 0:
        row.size += count
        row.save(update_fields=["size"])
    return row.size


def write_tiles(last: Checkpoint | None, size: int) -> Edge:
    """Write every tile that a tree of ``size`` has beyond the last checkpoint; returns its edge.

    Tiles that are lost or damaged are made anew from the entries. Raises ProblemError LED-201 when the
    entries no longer give the root that was signed: then nothing is signed any more.
    """
    before, root = (last.size, last.root) if last else (0, EMPTY_ROOT.hex())
    edge = Edge.read(before, store.get)
    if edge is None or edge.root().hex() != root:
        edge = rebuild(before)
        if edge.root().hex() != root:
            message = said("the first {size} entries do not give the root that was signed", size=before)
            raise ProblemError(Problem(BROKEN, message, hint=said("beichen verify; restore from a backup")))
        logger.warning("tiles of %d entries were written anew from the database", before)
    first = before - before % WIDTH
    pending = [text.encode() for text in texts(first, before)]
    edge.extend(texts(before, size), pending, store.put)
    edge.finish(pending, store.put)
    return edge


def rebuild(size: int) -> Edge:
    """Write all tiles of a tree of ``size`` from the entries; returns its edge."""
    edge, pending = Edge(0, []), list[bytes]()
    edge.extend(texts(0, size), pending, store.put)
    edge.finish(pending, store.put)
    store.forget()
    return edge


def texts(start: int, end: int) -> Iterator[str]:
    """The entries [start, end) in their order. Raises ProblemError LED-201 for one that is missing."""
    for first in range(start, end, MOST):
        until = min(first + MOST, end)
        rows = Entry.objects.filter(position__gte=first, position__lt=until).order_by("position")
        found = list(rows.values_list("position", "text"))
        if [place for place, _text in found] != list(range(first, until)):
            message = said("entries are missing between {first} and {last}", first=first, last=until - 1)
            raise ProblemError(Problem(BROKEN, message, hint=said("beichen verify; restore from a backup")))
        yield from (text for _place, text in found)


def prune(now: datetime) -> int:
    """Forget old checkpoints but the last of each day and the newest; returns how many."""
    old = Checkpoint.objects.filter(signed_at__lt=now - KEPT)
    days = old.annotate(day=TruncDate("signed_at")).order_by().values("day").annotate(last=Max("size"))
    kept = {day["last"] for day in days} | set(
        Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:1]
    )
    number, _rows = old.exclude(size__in=kept).delete()
    return number


@transaction.atomic
def write_checkpoint(signing: identity.Signing, edge: Edge) -> Checkpoint:
    """Sign the tree; published at once where no witness is waited for."""
    signed = Signed(signing.signer.name, edge.size, edge.root())
    note = Note(signed.text(), tuple(signing.sign(signed.text())))
    now = timezone.now()
    published = None if settings().ledger_quorum else now
    row, _is_new = Checkpoint.objects.get_or_create(
        size=edge.size,
        defaults={"root": signed.root.hex(), "note": str(note), "signed_at": now, "published_at": published},
    )
    return row
