"""An indicator as its file declares it: the head, and a SELECT whose parts are known.

A SELECT reads one table, beside which it may JOIN others, and yields ``period`` (``date_trunc`` of a date or
time of the first table), ``value`` (an aggregate) and each dimension by which it is counted. Whatever the
rows of one period say must follow from the rows of that period: no windows, limits, subqueries; nor anything
that another run would answer otherwise. Nothing here asks a database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import expressions as exp

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.header import Header, read_header
from beichen.hubs.data.computing.periods import WORDS
from beichen.hubs.data.computing.statement import Place, refusals, select
from beichen.platforms.warehouse.service import ColumnType
from beichen.problem import Problem, ProblemError, nearest, said, shorten

DEMO = "is_demo"
PERIOD, VALUE = "period", "value"
Columns = Mapping[str, Mapping[str, ColumnType]]
_KINDS = {ColumnType.DATE, ColumnType.TIME}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A checked indicator. ``tree`` is the SELECT; do not change it: rewriting works on copies.

    ``moment`` is the column whose periods are counted; ``sources`` the tables with the columns that are read.
    """

    key: str
    header: Header
    text: str
    tree: Any
    table: str
    moment: Any
    is_time: bool
    dimensions: Mapping[str, Any]
    value: Any
    sources: Mapping[str, tuple[str, ...]]
    has_demo: bool
    demo: Any
    is_sum: bool

    @property
    def digest(self) -> str:
        """Changes with whatever changes the values."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def declare(text: str, key: str, columns: Columns, file: str = "") -> Declaration:
    """The indicator that ``text`` declares over tables with these ``columns``.

    Raises ProblemError with everything that is wrong, each at its place: DAT-201 to 205.
    """
    place = Place(text, file)
    header, problems = read_header(text, place)
    try:
        tree = select(text, place)
    except ProblemError as error:
        raise ProblemError(*problems, *error.problems) from None
    problems += dict.fromkeys(refusals(tree, place))
    if any(query is not tree for query in tree.find_all(exp.Query)):
        raise ProblemError(*problems)  # whose names are whose is not asked
    reading = _Reading(tree, columns, place)
    problems += reading.name_faults()
    if not problems and header is not None:
        problems += reading.shape_faults(header)
    if problems or header is None:
        raise ProblemError(*problems)
    return reading.declaration(key, header, text)


class _Reading:
    """A SELECT being read against the tables that there are."""

    def __init__(self, tree: Any, columns: Columns, place: Place) -> None:
        self.tree, self.place, self.known = tree, place, columns
        self.tables = list(tree.find_all(exp.Table))
        self.main: Any = tree.args["from_"].this if tree.args.get("from_") else None
        self.names = {node.alias_or_name: node.name for node in self.tables}
        self.sources: dict[str, set[str]] = {node.name: set() for node in self.tables}

    def name_faults(self) -> list[Problem]:
        """The tables and columns that nobody declares."""
        if not isinstance(self.main, exp.Table):
            message = said("the SELECT reads no table")
            return [Problem(codes.BAD_SHAPE, message, self.place.select, nearest("", self.known))]
        problems = [
            self._unknown(
                said("no table is called {name}", name=node.name), node, nearest(node.name, self.known)
            )
            for node in self.tables
            if node.name not in self.known
        ]
        if len(self.names) < len(self.tables):
            problems.append(self._fault(said("two tables have one name: give them others"), self.main))
        if problems:
            return problems
        if star := next((node for node in self.tree.expressions if node.is_star), None):
            return [self._fault(said("each column is named, * is none"), star)]
        return [fault for node in self.tree.find_all(exp.Column) for fault in self._column_faults(node)]

    def _unknown(self, message: str, node: Any, hint: str) -> Problem:
        return Problem(codes.UNKNOWN_NAME, shorten(message), self.place.of(node), hint)

    def _fault(self, message: str, node: Any, hint: str = "") -> Problem:
        return Problem(
            codes.BAD_SHAPE, shorten(message), self.place.of(node) if node else self.place.select, hint
        )

    def _column_faults(self, node: Any) -> Iterator[Problem]:
        alias = node.table
        if alias and alias not in self.names:
            message = said("no table is called {name}", name=alias)
            yield self._unknown(message, node, nearest(alias, self.names))
            return
        sources = [self.names[alias]] if alias else list(self.names.values())
        holders = [name for name in sources if node.name in self.known[name]]
        if len(holders) == 1:
            self.sources[holders[0]].add(node.name)
            # a name given by the SELECT may be that of a column: what is meant is said
            node.set("table", exp.to_identifier(alias or self._alias_of(holders[0])))
        elif holders:
            message = said("{column} stands in several tables: say in which", column=node.name)
            yield self._unknown(message, node, ", ".join(holders))
        elif not self._is_alias(node):
            valid = {column for name in sources for column in self.known[name]}
            message = said("{table} has no column {column}", table=", ".join(sources), column=node.name)
            yield self._unknown(message, node, nearest(node.name, valid))

    def _alias_of(self, table: str) -> str:
        return next(str(alias) for alias, name in self.names.items() if name == table)

    def _is_alias(self, node: Any) -> bool:
        """Whether a name in GROUP BY or HAVING is one that the SELECT gives."""
        given = {item.alias for item in self.tree.expressions if isinstance(item, exp.Alias)}
        return node.name in given and node.find_ancestor(exp.Group, exp.Having) is not None

    def outputs(self) -> dict[str, Any]:
        """What the SELECT yields, by name, without aliases."""
        return {item.alias_or_name: item.unalias() for item in self.tree.expressions}

    def shape_faults(self, header: Header) -> list[Problem]:
        """What the SELECT does not yield although it must, and what it yields beside."""
        outputs = self.outputs()
        wanted = {name for grouping in header.by for name in grouping.names}
        problems = [
            self._fault(said("the SELECT yields no {name}", name=name), None, said("… as {name}", name=name))
            for name in (PERIOD, VALUE, *sorted(wanted))
            if name not in outputs
        ]
        problems += [
            self._fault(said("{name} is neither period, value nor in by:", name=name or "?"), item)
            for name, item in outputs.items()
            if name not in {PERIOD, VALUE} | wanted
        ]
        if len(outputs) < len(self.tree.expressions):
            problems.append(self._fault(said("the SELECT yields one name twice"), None))
        if PERIOD in outputs:
            problems += self._period_faults(outputs[PERIOD])
        if VALUE in outputs and not self._is_aggregate(outputs[VALUE]):
            problems.append(
                self._fault(said("the value is no aggregate"), outputs[VALUE], "count(*), avg(…)")
            )
        problems += [
            self._fault(said("the dimension {name} is an aggregate", name=name), outputs[name])
            for name in sorted(wanted & outputs.keys())
            if self._is_aggregate(outputs[name])
        ]
        return problems + self._group_faults(outputs)

    def _period_faults(self, node: Any) -> list[Problem]:
        hint = said("date_trunc('day', …) as period")
        unit = _unit(node)
        if unit is None or not isinstance(node.this, exp.Column):
            return [self._fault(said("the period is no date_trunc of a column"), node, hint)]
        if unit not in WORDS:
            message = said("{word!r} is no length of a period", word=unit)
            return [self._fault(message, node, nearest(unit, WORDS))]
        column = node.this
        if (column.table or self.main.alias_or_name) != self.main.alias_or_name:
            return [self._fault(said("the period comes from the first table"), node, self.main.name)]
        kind = self.known[self.main.name].get(column.name)
        if kind not in _KINDS:
            return [self._fault(said("{column} is no date and no time", column=column.name), node)]
        return []

    def _is_aggregate(self, node: Any) -> bool:
        return node.find(exp.AggFunc) is not None

    def _group_faults(self, outputs: dict[str, Any]) -> list[Problem]:
        """GROUP BY ALL, or by exactly what is yielded beside the value."""
        group = self.tree.args.get("group")
        hint = "group by all"
        if group is None:
            return [self._fault(said("the SELECT does not say GROUP BY"), None, hint)]
        if group.args.get("all"):
            return []
        if any(group.args.get(name) for name in ("cube", "rollup", "grouping_sets")):
            return [self._fault(said("GROUP BY is plain here"), group, hint)]
        keys = [name for name in outputs if name != VALUE]
        meant = [self._meant(item, outputs) for item in group.expressions]
        if sorted(meant) != sorted(keys):
            return [self._fault(said("GROUP BY names other things than the SELECT"), group, hint)]
        return []

    def _meant(self, item: Any, outputs: dict[str, Any]) -> str:
        """The output that an entry of GROUP BY means; empty when it means none."""
        if isinstance(item, exp.Literal) and not item.is_string:
            names = list(outputs)
            number = int(item.this) if str(item.this).isdecimal() else 0
            return names[number - 1] if 0 < number <= len(names) else ""
        if isinstance(item, exp.Column) and not item.table and item.name in outputs:
            return str(item.name)  # the SELECT's own name: no column is called so
        return next((name for name, node in outputs.items() if node == item), "")

    def declaration(self, key: str, header: Header, text: str) -> Declaration:
        """What was read; nothing is wrong with it."""
        outputs = self.outputs()
        moment = outputs[PERIOD].this
        has_demo = DEMO in self.known[self.main.name]
        return Declaration(
            key=key,
            header=header,
            text=text,
            tree=self.tree,
            table=self.main.name,
            moment=moment,
            is_time=self.known[self.main.name][moment.name] is ColumnType.TIME,
            dimensions={name: node for name, node in outputs.items() if name not in (PERIOD, VALUE)},
            value=outputs[VALUE],
            sources={name: tuple(sorted(names)) for name, names in sorted(self.sources.items())},
            has_demo=has_demo,
            demo=exp.column(DEMO, self.main.alias_or_name) if has_demo else None,
            is_sum=_is_sum(outputs[VALUE]),
        )


def _unit(node: Any) -> str | None:
    """The unit of a ``date_trunc``; None when it is none."""
    if not isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return None
    unit = node.args.get("unit")
    return str(unit.name).lower() if unit is not None else ""


def _is_sum(node: Any) -> bool:
    """Whether the values of parts add up to that of the whole: a count or a sum, nothing around it."""
    inner = node.this if isinstance(node, exp.Filter) else node
    if isinstance(inner, exp.Count):
        return not isinstance(inner.this, exp.Distinct)
    return isinstance(inner, exp.Sum | exp.CountIf) and not isinstance(inner.this, exp.Distinct)
