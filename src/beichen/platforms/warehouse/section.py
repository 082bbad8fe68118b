"""`tables.yaml` of a scene: its tables, what is checked of them, how long rows are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import Schema
from beichen.platforms.warehouse import codes, service, statements
from beichen.platforms.warehouse.declarations import FILE, package_columns, package_tables, tables_schema
from beichen.platforms.warehouse.facts import Check, CheckKind, ColumnType, check_faults, table_faults
from beichen.problem import Problem, ProblemError, nearest, said, shorten


class TablesSection(Section):
    """A scene's tables."""

    key = "tables"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 35

    def schema(self) -> Schema:
        """Tables by name."""
        return tables_schema()

    def check(self, package: Package) -> list[Problem]:
        """Names are free, columns that are named exist, checks make sense and read known tables."""
        document = package.document(FILE)
        return [] if document is None else list(_problems(package, document))

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the tables, comparing with what stands."""
        return service.declare_tables(package_tables(package), owner=_owner(package), by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Nothing more comes in; rows stay."""
        return service.declare_tables([], owner=_owner(package), by=by)

    def kept(self, package: Package) -> list[str]:
        """Where the rows are."""
        names = ", ".join(package.value(FILE))
        return [f"the rows of {names} stay where BEICHEN_TABLES_URL says"] if names else []

    def describe(self, package: Package) -> str:
        """A table of columns for each table."""
        parts = []
        for facts in package_tables(package):
            columns = ((one.name, one.zh, one.en, one.type) for one in facts.columns)
            parts.append(f"**{facts.name}** {facts.zh} · {facts.en} (L{facts.level})")
            parts.append(table(("column", "名称", "name", "type"), columns))
        return "\n\n".join(parts)


SECTIONS: tuple[Section, ...] = (TablesSection(),)


def _owner(package: Package) -> str:
    return f"{package.kind}:{package.key}"


def _problems(package: Package, document: Document) -> Iterator[Problem]:
    known = {**service.declared_columns(), **package_columns(package)}
    others = {*service.declared_columns()} | {
        name for each in package.required.values() for name in each.value(FILE)
    }
    for facts in package_tables(package):
        if facts.name in others:
            message = shorten(said("a table is called {table} already", table=facts.name))
            yield Problem(codes.TAKEN, message, facts.where)
        yield from table_faults(replace(facts, checks=()))
        for number, check in enumerate(facts.checks):
            where = document.position((facts.name, "checks", number))
            yield from check_faults(check, facts, where)
            yield from (replace(one, where=where) for one in _reaches(check, known))


def _reaches(check: Check, known: Mapping[str, Mapping[str, ColumnType]]) -> Iterator[Problem]:
    """What a check names beyond its own table."""
    if check.kind is CheckKind.SQL:
        try:
            statements.check_tables(statements.parsed(check.sql), known)
        except ProblemError as error:
            yield from error.problems
    elif check.kind is CheckKind.REFERENCES and check.table not in known:
        yield statements.no_table(check.table, known)
    elif check.kind is CheckKind.REFERENCES and check.to not in known[check.table]:
        message = shorten(said("{table} has no column {column}", table=check.table, column=check.to))
        yield Problem(codes.NO_COLUMN, message, hint=nearest(check.to, known[check.table]))
