"""Declaring tables: compare first, write what differs, refuse what would lose rows or narrow them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body
from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.facts import WIDENINGS, TableFacts, as_values, table_faults
from beichen.platforms.warehouse.models import NEVER, WarehouseTable
from beichen.problem import Problem, ProblemError, said, shorten


@transaction.atomic
def declare_tables(facts: Iterable[TableFacts], *, owner: str, by: Actor, is_whole: bool = True) -> Changes:
    """Make the tables of ``owner`` equal ``facts``; those that vanished stay with their rows, as not current.

    A column more, a wider type, another level or check is free. Raises ProblemError with every reason, before
    anything is written: WHS-301 to 303 and 306 for what is wrong, WHS-304 for a name of somebody else's,
    WHS-305 for a column that a table with rows would lose or narrow. ``is_whole``: others vanished.
    """
    wanted = list(facts)
    kept = {
        row.name: row for row in WarehouseTable.objects.select_related("body").select_for_update(of=("self",))
    }
    problems = [problem for item in wanted for problem in _faults(item, kept.get(item.name), owner)]
    names = [item.name for item in wanted]
    problems += [
        Problem(codes.BAD_NAME, shorten(said("{table} stands twice", table=item.name)), item.where)
        for number, item in enumerate(wanted)
        if item.name in names[:number]
    ]
    if problems:
        raise ProblemError(*problems)
    changes = Changes()
    bodies = {body.key: body for body in Body.objects.filter(key__in=[item.owner_body for item in wanted])}
    for item in wanted:
        _write(item, kept.get(item.name), owner, bodies, changes)
    if is_whole:
        gone = WarehouseTable.objects.filter(owner=owner, is_current=True).exclude(name__in=names)
        changes.removed = sorted(gone.values_list("name", flat=True))
        gone.update(is_current=False)
    if changes:
        detail = {**changes.counts(), "owner": owner}
        audit.record(by, "tables.declare", "platforms_warehouse.warehousetable", detail=detail)
        told = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        publish("warehouse.tables.declared", owner, told, by=by)
    return changes


def _write(
    item: TableFacts, row: WarehouseTable | None, owner: str, bodies: dict[str, Body], changes: Changes
) -> None:
    values = {
        "zh": item.zh,
        "en": item.en,
        "owner": owner,
        "level": item.level,
        "body": bodies.get(item.owner_body),
        "values": as_values(item),
        "is_current": True,
    }
    if row is None:
        WarehouseTable.objects.create(name=item.name, **values)
        changes.added.append(item.name)
    elif any(getattr(row, name) != value for name, value in values.items()):
        WarehouseTable.objects.filter(pk=row.pk).update(**values)
        changes.changed.append(item.name)
    else:
        changes.unchanged += 1


def _faults(item: TableFacts, row: WarehouseTable | None, owner: str) -> Iterator[Problem]:
    yield from table_faults(item)
    if row is None:
        return
    if row.owner != owner and row.is_current:
        message = shorten(said("{table} belongs to {owner}", table=item.name, owner=row.owner))
        yield Problem(codes.TAKEN, message, item.where)
    elif row.version > NEVER:
        yield from _narrowings(row.facts, item)


def _narrowings(old: TableFacts, new: TableFacts) -> Iterator[Problem]:
    """What rows that are there would lose."""
    for column in old.columns:
        kind = new.types.get(column.name)
        if kind is None:
            reason = said("{column} holds rows and is not declared any more", column=column.name)
        elif kind is not column.type and kind not in WIDENINGS.get(column.type, ()):
            reason = said("{column} would become {new}", column=column.name, new=kind)
        elif column.name not in old.required and column.name in new.required:
            reason = said("{column} may be empty in rows that are there", column=column.name)
        else:
            continue
        hint = said("keep it, or declare a column of another name")
        yield Problem(codes.NARROWED, shorten(reason), new.where, hint)
    for column in new.columns:
        if column.name not in old.types and column.name in new.required:
            reason = said("{column} is required, and rows that are there have none", column=column.name)
            yield Problem(codes.NARROWED, shorten(reason), new.where)
    if old.key != new.key:
        reason = said("the key of {table} would change under its rows", table=new.name)
        yield Problem(codes.NARROWED, shorten(reason), new.where)
    if bool(old.time) != bool(new.time) or (old.time and old.time != new.time):
        reason = said("the time of {table} would change under its rows", table=new.name)
        yield Problem(codes.NARROWED, shorten(reason), new.where)
