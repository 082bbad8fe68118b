"""Tables that rooms themselves keep, registered at import like permissions; no database is asked."""

from __future__ import annotations

from collections.abc import Mapping

from beichen.platforms.warehouse.facts import ColumnType, TableFacts, table_faults
from beichen.problem import ProblemError

_registered: dict[str, TableFacts] = {}


def room_table(facts: TableFacts) -> TableFacts:
    """Register a table that a room keeps; returns it. Its row is written at the first use.

    Raises ProblemError for a declaration that is wrong, ValueError when another room has this name.
    """
    if problems := list(table_faults(facts)):
        raise ProblemError(*problems)
    if _registered.setdefault(facts.name, facts) != facts:
        raise ValueError(f"the table {facts.name} is registered twice")
    return facts


def room_tables() -> Mapping[str, TableFacts]:
    """The tables of the rooms imported so far."""
    return dict(_registered)


def declared_columns() -> Mapping[str, Mapping[str, ColumnType]]:
    """The columns of the rooms' tables; no database is asked."""
    return {name: facts.types for name, facts in _registered.items()}
