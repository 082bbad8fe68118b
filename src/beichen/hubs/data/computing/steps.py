"""WITH before an indicator's SELECT: tables of constants, and steps that count upon each other.

The first step reads the city's tables, as an indicator without WITH does; each later one reads the step
before it, and the SELECT at the end the last. Every step yields the period and the dimensions, so that
whatever is done to the rows of one period and region stays there: where a step is computed for a district,
all are. Beside them a step yields what it likes. Constants are VALUES with names for their columns, and may
be joined anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import expressions as exp

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.statement import Place
from beichen.problem import Problem, said, shorten

MOST_ROWS = 1_000  # of constants
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Steps:
    """The parts of a statement: each table of constants with its columns, and the SELECTs in their order.

    ``names`` are those of the SELECTs; the last has none.
    """

    constants: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...]
    selects: tuple[Any, ...]

    @property
    def first(self) -> Any:
        """The SELECT that reads the city's tables."""
        return self.selects[0]

    @property
    def later(self) -> tuple[Any, ...]:
        """The SELECTs that read the one before them."""
        return self.selects[1:]


def _queries(tree: Any) -> list[Any]:
    found = tree.args.get("with_")
    return list(found.expressions) if found is not None else []


def is_constant(query: Any) -> bool:
    """Whether what WITH names is VALUES."""
    source = query.this.args.get("from_") if isinstance(query.this, exp.Select) else None
    return source is not None and isinstance(source.this, exp.Values)


def steps_of(tree: Any) -> Steps:
    """The parts of a statement."""
    constants: dict[str, tuple[str, ...]] = {}
    names, selects = [], []
    for query in _queries(tree):
        if is_constant(query):
            constants[query.alias] = tuple(query.alias_column_names)
        else:
            names.append(query.alias)
            selects.append(query.this)
    return Steps(constants, (*names, ""), (*selects, tree))


def own_nodes(tree: Any) -> set[int]:
    """The ids of the nodes that WITH may hold and nothing else may."""
    allowed = {id(tree)}
    found = tree.args.get("with_")
    if found is None or found.args.get("recursive"):
        return allowed
    allowed.add(id(found))
    for query in found.expressions:
        allowed.add(id(query.this))
        if is_constant(query):
            allowed.add(id(query.this.args["from_"].this))
    return allowed


def faults(tree: Any, known: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What is wrong with what WITH names, before what the SELECTs say is looked at."""
    seen: set[str] = set()
    queries = _queries(tree)
    if len(queries) > MOST_STEPS:
        yield _fault(
            said("WITH names more than {number} things", number=MOST_STEPS), queries[MOST_STEPS], place
        )
    for query in queries:
        name = query.alias
        if name in seen or name in known:
            yield _fault(said("something else is called {name} already", name=name), query, place)
        elif name.startswith("_"):
            yield _fault(said("a name begins with a letter: {name}", name=name), query, place)
        seen.add(name)
        if is_constant(query):
            yield from _constant_faults(query, place)
        elif query.alias_column_names or not isinstance(query.this, exp.Select):
            hint = said("{name} as (select …)", name=name)
            yield _fault(said("{name} is no SELECT that names its columns", name=name), query, place, hint)


def _constant_faults(query: Any, place: Place) -> Iterator[Problem]:
    names = query.alias_column_names
    rows = query.this.args["from_"].this.expressions
    if not names or len(set(names)) < len(names) or any(name.startswith("_") for name in names):
        hint = said("{name}(one, other) as (values …)", name=query.alias)
        yield _fault(said("the columns of {name} have no names", name=query.alias), query, place, hint)
        return
    if len(rows) > MOST_ROWS:
        yield _fault(said("more than {number} rows of constants", number=MOST_ROWS), query, place)
    for row in rows:
        values = row.expressions if isinstance(row, exp.Tuple) else [row]
        if len(values) != len(names) or not all(map(_is_literal, values)):
            message = said(
                "a row of {name} is no list of {number} constants", name=query.alias, number=len(names)
            )
            yield _fault(message, query, place)
            return


def _is_literal(node: Any) -> bool:
    inner = node.this if isinstance(node, exp.Neg | exp.Paren) else node
    return isinstance(inner, exp.Literal | exp.Boolean | exp.Null)


def _fault(message: str, node: Any, place: Place, hint: str = "") -> Problem:
    return Problem(codes.BAD_SHAPE, shorten(message), place.of(node), hint)
