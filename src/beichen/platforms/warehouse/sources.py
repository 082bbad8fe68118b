"""Tables of other databases, by their address: read whole or from where the last run ended, by the clock.

PostgreSQL, SQLite, MySQL and MariaDB. A source belongs to the operators of the machine: its address holds a
password, so it is entered by a command and shown to nobody. A run that dies is run again over the same
window, which comes in once: rows with a key are written by it, others are added under the window's name.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from cronsim import CronSimError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.schedule import next_run
from beichen.platforms.warehouse import codes, databases
from beichen.platforms.warehouse.cells import cell
from beichen.platforms.warehouse.facts import ColumnType, TableFacts
from beichen.platforms.warehouse.models import Receipt, Source
from beichen.platforms.warehouse.naming import table
from beichen.platforms.warehouse.writing import append, upsert
from beichen.problem import Problem, ProblemError, Where, kept, nearest, said, shorten

BATCH = 50_000
_RELATION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?\Z")
_ORDERED = {ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.DATE, ColumnType.TIME, ColumnType.TEXT}


@transaction.atomic
def save_source(
    key: str,
    url: str,
    relation: str,
    name: str,
    *,
    by: Actor,
    since: str = "",
    cron: str = "",
    now: datetime | None = None,
) -> Source:
    """Enter a source or change it: rows of ``relation`` at ``url`` go into the table ``name``.

    ``since`` is a column that grows; without it every run reads everything, which needs a key. Raises
    ProblemError WHS-404, WHS-112.
    """
    row = table(name)
    facts = row.facts
    problems = list(_faults(facts, url, relation, since))
    try:
        next_at = next_run(cron, now or timezone.now()) if cron else None
    except (CronSimError, StopIteration):
        problems.append(_bad(said("{cron!r} is no cron expression", cron=cron[:40]), "cron"))
    if problems:
        raise ProblemError(*problems)
    values = {
        "table": row,
        "url": url,
        "relation": relation,
        "since": since,
        "cron": cron,
        "next_at": next_at,
    }
    found = Source.objects.filter(key=key).first()
    if found is None or (found.relation, found.since, found.table_id) != (relation, since, row.pk):
        values |= {"position": None, "pending": None}
    source, _created = Source.objects.update_or_create(key=key, defaults=values)
    detail = {
        "table": name,
        "relation": relation,
        "since": since,
        "cron": cron,
        "host": urlsplit(url).hostname or "",
    }
    audit.record(by, "tables.source.save", f"platforms_warehouse.source:{key}", detail=detail)
    return source


@transaction.atomic
def drop_source(key: str, *, by: Actor) -> None:
    """Take a source away; its rows stay. Raises ProblemError WHS-112."""
    _find(key).delete()
    audit.record(by, "tables.source.drop", f"platforms_warehouse.source:{key}")


def pull(key: str, *, by: Actor) -> list[Receipt]:
    """Read a source now; the receipts of its batches. Raises ProblemError WHS-112, WHS-113."""
    audit.record(by, "tables.source.pull", f"platforms_warehouse.source:{key}")
    return _pull(_find(key), by)


def pull_due(*, by: Actor, now: datetime | None = None) -> list[str]:
    """Read the sources whose time has come; one that cannot be read keeps its problem. Returns the keys."""
    moment = now or timezone.now()
    due = list(Source.objects.filter(next_at__lte=moment).select_related("table"))
    for source in due:
        Source.objects.filter(pk=source.pk).update(next_at=next_run(source.cron, moment))
        problem = None
        try:
            _pull(source, by)
        except ProblemError as error:
            problem = kept(error.problems[0])
        Source.objects.filter(pk=source.pk).update(problem=problem, last_at=moment)
    if due:
        audit.record(by, "tables.source.pull", "platforms_warehouse.source", detail={"sources": len(due)})
    return [source.key for source in due]


def _pull(source: Source, by: Actor) -> list[Receipt]:
    facts = source.table.facts
    with closing(databases.opened(source.url)) as session:
        columns = _columns(session, source, facts)
        if source.since:
            _bound(session, source)
        with closing(_batches(session, source, columns, facts)) as batches:
            receipts = [_write(source, facts, rows, number, by) for number, rows in enumerate(batches)]
    if source.pending is not None:
        Source.objects.filter(pk=source.pk).update(position=source.pending["to"], pending=None)
    return receipts


def _write(source: Source, facts: TableFacts, rows: list[dict[str, Any]], number: int, by: Actor) -> Receipt:
    told = f"source:{source.key}"
    if facts.key:
        return upsert(facts.name, rows, by=by, source=told)
    window = source.pending or {}
    load = f"{told}:{window.get('from')}:{window.get('to')}:{number}"[:200]
    return append(facts.name, rows, by=by, source=told, load=load)


def _bound(session: Any, source: Source) -> None:
    """Draw the window of this run, once: a run that died is run again over the same."""
    if source.pending is not None:
        return
    column = f'"{source.since}"'
    with databases.answering(), closing(session.cursor()) as cursor:
        cursor.execute(f"SELECT max({column}) FROM {_named(source.relation)}")
        newest = cursor.fetchone()[0]
    end = newest.isoformat() if isinstance(newest, date) else newest
    if end is not None:
        source.pending = {"from": source.position, "to": end}
        source.save(update_fields=["pending"])


def _batches(
    session: Any, source: Source, columns: Sequence[str], facts: TableFacts
) -> Generator[list[dict[str, Any]], None, None]:
    if source.since and source.pending is None:
        return  # there is nothing at all
    mark = databases.mark(session)
    text = f"SELECT {', '.join(map(_quoted, columns))} FROM {_named(source.relation)}"
    values: tuple[Any, ...] = ()
    if source.since:
        window, since = source.pending or {}, _quoted(source.since)
        text, values = f"{text} WHERE {since} <= {mark}", (databases.value(session, window["to"]),)
        if window["from"] is not None:
            # rows with a key are read again from the last value on: some may have come with it since
            text, values = (
                f"{text} AND {since} {'>=' if facts.key else '>'} {mark}",
                (*values, databases.value(session, window["from"])),
            )
        text += f" ORDER BY {since}"
    types = facts.types
    with databases.answering(), closing(databases.cursor(session)) as cursor:
        cursor.execute(text, values)
        while found := cursor.fetchmany(BATCH):
            yield [
                {name: cell(value, types[name]) for name, value in zip(columns, row, strict=True)}
                for row in found
            ]


def _columns(session: Any, source: Source, facts: TableFacts) -> list[str]:
    """The columns that both have. Raises ProblemError WHS-113 when a required one is missing."""
    with databases.answering(), closing(session.cursor()) as cursor:
        cursor.execute(f"SELECT * FROM {_named(source.relation)} WHERE 1 = 0")
        there = {column[0] for column in cursor.description}
    needed = facts.required | ({source.since} if source.since else set())
    if missing := sorted(needed - there):
        names = ", ".join(missing)
        message = shorten(said("{relation} has no {names}", relation=source.relation, names=names))
        raise ProblemError(Problem(codes.NO_SOURCE, message))
    return [name for name in facts.types if name in there]


def _faults(facts: TableFacts, url: str, relation: str, since: str) -> Iterator[Problem]:
    if fault := databases.address_fault(url):
        yield _bad(fault, "url", said("postgres://, mysql:// or sqlite:///"))
    if not _RELATION.match(relation):
        yield _bad(said("{name!r} is no name of a table", name=relation[:40]), "relation")
    if since and facts.types.get(since) not in _ORDERED:
        message = said("{column} is no column that grows", column=since[:40])
        yield _bad(
            message, "since", nearest(since, [name for name, kind in facts.types.items() if kind in _ORDERED])
        )
    if not since and not facts.key:
        yield _bad(said("a table without a key is read by a column that grows"), "since")


def _find(key: str) -> Source:
    found = Source.objects.select_related("table").filter(key=key).first()
    if found is None:
        hint = nearest(key, Source.objects.values_list("key", flat=True))
        raise ProblemError(
            Problem(codes.BAD_SOURCE, shorten(said("no source is called {key}", key=key)), hint=hint)
        )
    return found


def _bad(message: str, name: str, hint: str = "") -> Problem:
    return Problem(codes.BAD_SOURCE, shorten(message), Where(field=name), hint)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _named(relation: str) -> str:
    return ".".join(map(_quoted, relation.split(".")))


def sources() -> QuerySet[Source]:
    """Every source, by its key."""
    return Source.objects.select_related("table").order_by("key")
