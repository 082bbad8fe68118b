"""An indicator as its file declares it: the head, and a SELECT whose parts are known.

A SELECT reads one table, beside which it may JOIN others, and yields ``period`` (``date_trunc`` of a date or
time of the first table), ``value`` (an aggregate) and each dimension by which it is counted. Whatever the
rows of one period say must follow from the rows of that period: no windows, limits, subqueries; nor anything
that another run would answer otherwise. WITH may name constants and steps (:mod:`.steps`): the first step is
read as is said here, the later ones carry its period and dimensions on. Nothing here asks a database.
Long because what a SELECT must yield is asked in one place.
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
from beichen.hubs.data.computing.steps import Steps, faults, own_nodes, steps_of
from beichen.platforms.warehouse.service import ColumnType
from beichen.problem import Problem, ProblemError, nearest, said, shorten

DEMO = "is_demo"
PERIOD, VALUE = "period", "value"
Columns = Mapping[str, Mapping[str, ColumnType]]
_KINDS = {ColumnType.DATE, ColumnType.TIME}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A checked indicator. ``tree`` is the SELECT; do not change it: rewriting works on copies.

    ``moment`` is the column whose periods are counted; ``sources`` the tables with the columns that are read;
    ``rest`` what the first step yields beside period and dimensions (``value``, where there is one step).
    ``tables`` are the city's tables in the order in which they stand, each as often as it does.
    """

    key: str
    header: Header
    text: str
    tree: Any
    table: str
    moment: Any
    is_time: bool
    dimensions: Mapping[str, Any]
    rest: Mapping[str, Any]
    tables: tuple[str, ...]
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
    allowed = own_nodes(tree)
    problems += dict.fromkeys(refusals(tree, place, allowed))
    if any(id(query) not in allowed for query in tree.find_all(exp.Query)):
        raise ProblemError(*problems)  # whose names are whose is not asked
    if badly_stepped := list(faults(tree, columns, place)):
        raise ProblemError(*problems, *badly_stepped)  # what a step may name is not known
    steps = steps_of(tree)
    readings = _readings(steps, columns, place)
    problems += [fault for one in readings for fault in one.name_faults()]
    if not problems and header is not None:
        problems += [fault for one in readings for fault in one.shape_faults(header)]
    if problems or header is None:
        raise ProblemError(*problems)
    return _declaration(key, header, text, tree, readings)


def _readings(steps: Steps, columns: Columns, place: Place) -> list[_Reading]:
    """Each SELECT against what it may read: the city's tables the first, its predecessor each other."""
    constants = {name: dict.fromkeys(names, ColumnType.TEXT) for name, names in steps.constants.items()}
    found: list[_Reading] = []
    for number, select_ in enumerate(steps.selects):
        if number == 0:
            known: Columns = {**columns, **constants}
        else:
            yielded = dict.fromkeys(found[-1].outputs(), ColumnType.TEXT)
            known = {steps.names[number - 1]: yielded, **constants}
        is_last = number == len(steps.selects) - 1
        before = steps.names[number - 1] if number else ""
        found.append(_Reading(select_, known, place, frozenset(constants), before, is_last=is_last))
    return found


class _Reading:
    """A SELECT being read against the tables that there are; a later step reads the one ``before`` it."""

    def __init__(
        self,
        tree: Any,
        columns: Columns,
        place: Place,
        constants: frozenset[str] = frozenset(),
        before: str = "",
        *,
        is_last: bool = True,
    ) -> None:
        self.tree, self.place, self.known = tree, place, columns
        self.constants, self.before, self.is_last = constants, before, is_last
        self.tables = [node for node in self._walk() if isinstance(node, exp.Table)]
        self.main: Any = tree.args["from_"].this if tree.args.get("from_") else None
        self.names = {node.alias_or_name: node.name for node in self.tables}
        self.sources: dict[str, set[str]] = {node.name: set() for node in self.tables}

    def _walk(self) -> Iterator[Any]:
        """The nodes of this SELECT, without those of its WITH."""
        yield from self.tree.walk(prune=lambda node: isinstance(node, exp.With))

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
        if self.main.name in self.constants or self.before not in {"", self.main.name}:
            message = said("the SELECT reads {name} first", name=self.before or said("a table of the city"))
            return [self._fault(message, self.main)]
        if star := next((node for node in self.tree.expressions if node.is_star), None):
            return [self._fault(said("each column is named, * is none"), star)]
        columns = [node for node in self._walk() if isinstance(node, exp.Column)]
        return [fault for node in columns for fault in self._column_faults(node)]

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
        needed = (PERIOD, VALUE) if self.is_last else (PERIOD,)
        problems = [
            self._fault(said("the SELECT yields no {name}", name=name), None, said("… as {name}", name=name))
            for name in (*needed, *sorted(wanted))
            if name not in outputs
        ]
        if len(outputs) < len(self.tree.expressions):
            problems.append(self._fault(said("the SELECT yields one name twice"), None))
        if self.is_last:
            problems += [
                self._fault(said("{name} is neither period, value nor in by:", name=name or "?"), item)
                for name, item in outputs.items()
                if name not in {PERIOD, VALUE} | wanted
            ]
            if VALUE in outputs and not self._is_aggregate(outputs[VALUE]):
                hint = "count(*), avg(…)"
                problems.append(self._fault(said("the value is no aggregate"), outputs[VALUE], hint))
        else:
            problems += [
                self._fault(said("a name begins with a letter: {name}", name=name or "?"), item)
                for name, item in outputs.items()
                if not name or name.startswith("_")
            ]
        if self.before:
            problems += self._carried_faults(outputs, {PERIOD, *wanted})
        elif PERIOD in outputs:
            problems += self._period_faults(outputs[PERIOD])
        problems += [
            self._fault(said("the dimension {name} is an aggregate", name=name), outputs[name])
            for name in sorted(wanted & outputs.keys())
            if self._is_aggregate(outputs[name])
        ]
        return problems + self._group_faults(outputs)

    def _carried_faults(self, outputs: Mapping[str, Any], carried: set[str]) -> Iterator[Problem]:
        """A later step yields the period and the dimensions of the step before it, and looks at neither."""
        mine = [outputs[name] for name in carried & outputs.keys()]
        for name in sorted(carried & outputs.keys()):
            node = outputs[name]
            alias = self.main.alias_or_name
            if not isinstance(node, exp.Column) or (node.name, node.table) != (name, alias):
                yield self._fault(said("{name} is that of {step}", name=name, step=self.before), node, name)
        for node in self._walk():
            is_looked_at = isinstance(node, exp.Column) and node.table == self.main.alias_or_name
            is_its_own = any(node is one for one in mine) or node.find_ancestor(exp.Group) is not None
            if is_looked_at and node.name in carried and not is_its_own:
                message = said("a later step yields {name} and does nothing else with it", name=node.name)
                yield self._fault(message, node)

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
        keys = [name for name, node in outputs.items() if not self._is_aggregate(node)]
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


def _declaration(key: str, header: Header, text: str, tree: Any, readings: list[_Reading]) -> Declaration:
    """What was read; nothing is wrong with it."""
    first, last = readings[0], readings[-1]
    outputs = first.outputs()
    wanted = {name for grouping in header.by for name in grouping.names}
    moment, main = outputs[PERIOD].this, first.main
    has_demo = DEMO in first.known[main.name]
    sources = {name: names for name, names in first.sources.items() if name not in first.constants}
    return Declaration(
        key=key,
        header=header,
        text=text,
        tree=tree,
        table=main.name,
        moment=moment,
        is_time=first.known[main.name][moment.name] is ColumnType.TIME,
        dimensions={name: node for name, node in outputs.items() if name in wanted},
        rest={name: node for name, node in outputs.items() if name not in {PERIOD, *wanted}},
        tables=tuple(node.name for node in first.tables if node.name in sources),
        sources={name: tuple(sorted(names)) for name, names in sorted(sources.items())},
        has_demo=has_demo,
        demo=exp.column(DEMO, main.alias_or_name) if has_demo else None,
        is_sum=len(readings) == 1 and _is_sum(last.outputs()[VALUE]),
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
