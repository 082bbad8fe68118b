"""Finding a table by its name; a table of a room that has no row yet gets it here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from beichen.kernel.actor import system
from beichen.platforms.warehouse.declaring import declare_tables
from beichen.platforms.warehouse.facts import TableFacts, as_values
from beichen.platforms.warehouse.models import WarehouseTable
from beichen.platforms.warehouse.registry import room_tables
from beichen.platforms.warehouse.statements import no_table
from beichen.problem import ProblemError

ROOM = "room"


@lru_cache(maxsize=256)
def _values(facts: TableFacts) -> Mapping[str, Any]:
    """What a row says of these facts: rooms' facts do not change, and are compared with every load."""
    return as_values(facts)


def synchronise() -> int:
    """Write the rows of the rooms' tables that differ; returns how many."""
    wanted = room_tables()
    kept = dict(WarehouseTable.objects.filter(owner=ROOM, is_current=True).values_list("name", "values"))
    differing = [name for name, facts in wanted.items() if kept.get(name) != _values(facts)]
    if not differing:
        return 0
    # a room that another version of Beichen still runs may have more: what is not named here stays
    changes = declare_tables(
        [wanted[name] for name in differing], owner=ROOM, by=system("warehouse"), is_whole=False
    )
    return len(changes.added) + len(changes.changed)


def tables() -> QuerySet[WarehouseTable]:
    """The tables of the city, by name."""
    synchronise()
    return WarehouseTable.objects.filter(is_current=True).order_by("name")


def table(name: str) -> WarehouseTable:
    """The table of this name. Raises ProblemError WHS-404 with the nearest."""
    row = WarehouseTable.objects.filter(name=name, is_current=True).first()
    registered = room_tables().get(name)
    if registered is not None and (row is None or row.values != _values(registered)):
        synchronise()
        row = WarehouseTable.objects.filter(name=name, is_current=True).first()
    if row is None:
        raise ProblemError(no_table(name[:40], tables().values_list("name", flat=True)))
    return row


def facts_of(name: str) -> TableFacts:
    """What the table of this name was declared as. Raises ProblemError WHS-404."""
    return table(name).facts
