"""From one declared SELECT to the questions that compute it: another period, fewer dimensions, whole trees.

Rewriting works on the tree of the statement, never on its text. Times become the city's own and are cut into
periods before rows are joined with the closure of a tree (code → each of its ancestors): the join makes a row
for each level, and a calendar's arithmetic costs more than the join. One question answers for every level at
once; what lies in no known region counts for the city alone. Of a statement with steps the first is rewritten
so; the later ones carry on what it is grouped by.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import expressions as exp

from beichen.hubs.data.computing.declaration import PERIOD, Declaration
from beichen.hubs.data.computing.header import Grouping
from beichen.hubs.data.computing.periods import Stretch, Unit
from beichen.hubs.data.computing.statement import DIALECT
from beichen.hubs.data.computing.steps import steps_of

# the closures' tables and columns begin with a line: no declared name does
TREES = {"region": "_regions", "body": "_bodies"}
CODE, ANCESTOR = "_code", "_ancestor"
IS_DEMO = "_is_demo"
_PERIOD = "_period"


def question(
    declared: Declaration,
    grouping: Grouping,
    unit: Unit,
    *,
    zone: str,
    root: str,
    within: Sequence[Stretch] | None = None,
) -> str:
    """The SQL that computes a grouping in periods of ``unit``, as DuckDB reads it.

    It yields ``period`` (a date), ``_is_demo``, each dimension as text, and ``value``. ``root`` is the city's
    region, ``within`` the city's days that are asked for (both ends included); None is always.
    """
    tree = declared.tree.copy()
    tree.comments = None
    steps = steps_of(tree)
    first = steps.first
    main = first.args["from_"].this
    alias = main.alias_or_name
    main.replace(_cut(declared, main, unit, zone))
    outputs: list[Any] = [exp.alias_(exp.column(_PERIOD, alias), PERIOD)]
    outputs.append(exp.alias_(exp.column(IS_DEMO, alias), IS_DEMO))
    outputs += [exp.alias_(_dimension(first, declared, name, root), name) for name in grouping.names]
    outputs += [exp.alias_(node.copy(), name) for name, node in declared.rest.items()]
    _yield(first, outputs)
    _restrict(first, declared.moment.is_(exp.null()).not_())
    for name in grouping.names:
        if name != "region":
            _restrict(first, declared.dimensions[name].copy().is_(exp.null()).not_())
    if within is not None:
        _restrict(first, exp.or_(*(_lies_in(declared, stretch, zone) for stretch in within)))
    for later in steps.later:
        _carry(declared, grouping, later)
    return str(tree.sql(dialect=DIALECT))


def _yield(select: Any, outputs: Sequence[Any]) -> None:
    """Have a SELECT yield this, grouped by what is no aggregate."""
    select.set("group", None)
    select.set("expressions", list(outputs))
    keys = [item.this.copy() for item in outputs if item.this.find(exp.AggFunc) is None]
    select.group_by(*keys, copy=False)


def _carry(declared: Declaration, grouping: Grouping, later: Any) -> None:
    """Have a later step carry on what the step before it is grouped by, and yield what is its own."""
    alias = later.args["from_"].this.alias_or_name
    carried = (PERIOD, IS_DEMO, *grouping.names)
    known = {PERIOD, *declared.dimensions}
    own = [item for item in later.expressions if item.alias_or_name not in known]
    outputs = [exp.alias_(exp.column(name, alias), name) for name in carried]
    outputs += [exp.alias_(item.unalias().copy(), item.alias_or_name) for item in own]
    _yield(later, outputs)


def _restrict(tree: Any, condition: Any) -> None:
    tree.where(condition, copy=False)


def _cut(declared: Declaration, main: Any, unit: Unit, zone: str) -> Any:
    """The first table under its name in the statement: with each row's period, and whether it is made up."""
    name = main.name
    period = exp.alias_(
        _truncated(exp.column(declared.moment.name, name), declared.is_time, unit, zone), _PERIOD
    )
    demo = exp.alias_(_is_demo(declared, name), IS_DEMO)
    return exp.select("*", period, demo).from_(name).subquery(main.alias_or_name)


def _truncated(moment: Any, is_time: bool, unit: Unit, zone: str) -> Any:
    """The first day of the period in which the moment lies."""
    if is_time:
        moment = exp.AtTimeZone(this=moment, zone=exp.Literal.string(zone))
    return exp.cast(exp.TimestampTrunc(this=moment, unit=exp.var(unit.value.upper())), "date")


def _is_demo(declared: Declaration, table: str) -> Any:
    if declared.demo is None:
        return exp.false()
    return exp.Coalesce(this=exp.column(declared.demo.name, table), expressions=[exp.false()])


def _dimension(tree: Any, declared: Declaration, name: str, root: str) -> Any:
    """The dimension as text; of a tree each ancestor, which joins the closure to ``tree``."""
    given = declared.dimensions[name].copy()
    if name not in TREES:
        return exp.cast(given, "text")
    table = TREES[name]
    tree.join(table, on=exp.column(CODE, table).eq(given), join_type="left", copy=False)
    otherwise = exp.Literal.string(root) if name == "region" else given.copy()
    return exp.Coalesce(this=exp.column(ANCESTOR, table), expressions=[otherwise])


def _lies_in(declared: Declaration, stretch: Stretch, zone: str) -> Any:
    """Whether the moment lies in these days, said of the column itself: files outside are not read."""
    first, last = stretch
    low, high = (_moment(day, zone, declared.is_time) for day in (first, last + timedelta(days=1)))
    column = declared.moment
    return exp.and_(exp.GTE(this=column.copy(), expression=low), exp.LT(this=column.copy(), expression=high))


def _moment(day: date, zone: str, is_time: bool) -> Any:
    """The beginning of a day of the city."""
    if not is_time:
        return exp.cast(exp.Literal.string(day.isoformat()), "date")
    local = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    return exp.cast(exp.Literal.string(local.astimezone(UTC).isoformat(sep=" ")), "timestamptz")
