"""Rows from outside the house: who may bring them, into which tables, under which name."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.asking import readable
from beichen.platforms.warehouse.files import read_file
from beichen.platforms.warehouse.models import Receipt, WarehouseTable
from beichen.platforms.warehouse.naming import ROOM, tables
from beichen.platforms.warehouse.rights import WRITE
from beichen.platforms.warehouse.statements import no_table
from beichen.platforms.warehouse.writing import append, upsert
from beichen.problem import Problem, ProblemError, said, shorten


def bring(name: str, rows: Any, *, by: Actor, source: str, load: str = "", by_key: bool = False) -> Receipt:
    """Write an Arrow table or mappings of somebody outside.

    A load's name is the sender's own: two senders may use the same. Raises ProblemError as :func:`append`
    does; ACC-403, WHS-109 for a table that a room keeps, WHS-404 for one that the actor knows nothing of.
    """
    row = writable(name, by=by)
    if load:
        load = f"{by.key}:{load}"
    if by_key:
        return upsert(row.name, rows, by=by, source=source, load=load)
    return append(row.name, rows, by=by, source=source, load=load)


def bring_file(
    name: str, content: bytes, file: str, *, by: Actor, load: str = "", by_key: bool = False
) -> Receipt:
    """Write the rows of a file. Raises ProblemError as :func:`bring` does, and WHS-107."""
    row = writable(name, by=by)
    rows = read_file(content, file, row.facts)
    return bring(name, rows, by=by, source=shorten(f"file:{file}", 200), load=load, by_key=by_key)


def has_come(name: str, load: str, *, by: Actor) -> bool:
    """Whether the sender's load has a receipt."""
    return Receipt.objects.filter(table__name=name, load=f"{by.key}:{load}").exists()


def writable(name: str, *, by: Actor) -> WarehouseTable:
    """The table, when the actor may write it. Raises ProblemError ACC-403, WHS-109, WHS-404."""
    row = known(name, by=by)
    access.require(by, WRITE, row)
    if row.owner == ROOM:
        message = shorten(said("{table} is kept by a room", table=name))
        raise ProblemError(Problem(codes.ROOMS_OWN, message, hint=said("its rows follow what happens there")))
    return row


def known(name: str, *, by: Actor) -> WarehouseTable:
    """The table, when the actor may read or write it. Raises ProblemError WHS-404, as if there were none."""
    visible = {row.name: row for row in seen(by)}
    if name not in visible:
        raise ProblemError(no_table(name[:40], visible))
    return visible[name]


def seen(by: Actor) -> list[WarehouseTable]:
    """The tables that the actor may read or write, by name."""
    found = {row.name: row for row in readable(by)}
    for row in access.visible(by, WRITE, tables()):
        found.setdefault(row.name, row)
    return sorted(found.values(), key=lambda row: row.name)


def receipts(name: str, *, by: Actor) -> QuerySet[Receipt]:
    """The receipts of a table, the newest first. Raises ProblemError WHS-404."""
    return Receipt.objects.filter(table=known(name, by=by)).prefetch_related("results").order_by("-id")
