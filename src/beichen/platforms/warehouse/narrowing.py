"""Row and column rights as SQL: each table of a question becomes the part of it that its asker may see.

A post opens a table when its clearance reaches the table's level, and of the table the rows of its regions
and bodies, where the table has the columns ``region`` (a code) and ``body`` (a key). A column above the
clearance is empty: in every row, or in the rows that only a lower post opens. What is empty in the part is
empty in conditions too, so that nothing can be found out by asking around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import expressions as exp

from beichen.kernel.access.service import Area
from beichen.kernel.actor import EVERYWHERE
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.platforms.warehouse.facts import Column, ColumnType, TableFacts
from beichen.platforms.warehouse.schema import DUCKDB

REGION, BODY = "region", "body"


@dataclass(slots=True)
class Parts:
    """The parts of tables that one asker sees: the name of each list of codes that they refer to, and what is
    left empty.
    """

    areas: Sequence[Area]
    is_purpose_stated: bool
    prefix: str
    lists: dict[str, list[str]] = field(default_factory=dict)
    masked: dict[str, set[str]] = field(default_factory=dict)
    personal: dict[str, set[str]] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def may_open(self, facts: TableFacts) -> bool:
        """Whether anything of the table may be seen at all."""
        return any(area.clearance >= facts.level for area in self.areas)

    def part(self, facts: TableFacts, source: str) -> Any:
        """The SELECT that stands for the table, whose rows lie under the name ``source``."""
        opened = [area for area in self.areas if area.clearance >= facts.level]
        columns = [self._column(facts, column, opened) for column in facts.columns]
        select = exp.select(*columns).from_(exp.to_table(f'"{source}"', dialect="duckdb"))
        condition = self._any(facts, opened)
        return select if condition is None else select.where(condition)

    def _column(self, facts: TableFacts, column: Column, opened: Sequence[Area]) -> Any:
        level = facts.level_of(column)
        name = exp.to_identifier(column.name, quoted=True)
        shown = exp.column(name)
        if level >= Level.L3 and not self.is_purpose_stated:
            seeing: Sequence[Area] = ()
        else:
            seeing = [area for area in opened if area.clearance >= level]
        if level >= Level.L3 and seeing:
            self.personal.setdefault(facts.name, set()).add(column.name)
        if len(seeing) == len(opened):
            return shown
        self.masked.setdefault(facts.name, set()).add(column.name)
        nothing = exp.cast(exp.null(), DUCKDB[column.type], dialect="duckdb")
        condition = self._any(facts, seeing) if seeing else exp.false()
        if condition is None:
            return shown  # a higher post sees every row
        case = exp.Case(ifs=[exp.If(this=condition, true=shown)], default=nothing)
        return exp.alias_(case if seeing else nothing, name)

    def _any(self, facts: TableFacts, areas: Sequence[Area]) -> Any:
        """The condition that one of the areas holds a row; None where one holds them all."""
        several = [self._inside(facts, area) for area in areas]
        if any(condition is None for condition in several):
            return None
        return exp.or_(*several) if several else exp.false()

    def _inside(self, facts: TableFacts, area: Area) -> Any:
        conditions = []
        if area.region_path != EVERYWHERE and facts.types.get(REGION) is ColumnType.TEXT:
            conditions.append(self._among(REGION, area.region_path))
        if area.body_path != EVERYWHERE and facts.types.get(BODY) is ColumnType.TEXT:
            conditions.append(self._among(BODY, area.body_path))
        return exp.and_(*conditions) if conditions else None

    def _among(self, column: str, path: str) -> Any:
        known = (column, path)
        if known not in self._names:
            self._names[known] = f"{self.prefix}_{len(self._names)}"
            self.lists[self._names[known]] = list(_BELOW[column](path))
        codes = exp.select("code").from_(exp.to_table(f'"{self._names[known]}"', dialect="duckdb"))
        return exp.column(exp.to_identifier(column, quoted=True)).isin(query=codes)


def _regions(path: str) -> Any:
    return Region.objects.filter(path__under=path).values_list("code", flat=True)


def _bodies(path: str) -> Any:
    return Body.objects.filter(path__under=path).values_list("key", flat=True)


_BELOW: dict[str, Callable[[str], Any]] = {REGION: _regions, BODY: _bodies}
