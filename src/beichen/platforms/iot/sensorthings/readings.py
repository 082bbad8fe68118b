"""A $filter over observations as SQL of the warehouse, built as a tree: no text of a client becomes SQL.

What is said of the series (``Datastream/…``, ``FeatureOfInterest/…``) is answered first, as rows, and becomes
a list of series; what is said of the reading itself becomes a condition over the columns of ``readings``.
Long because the cases of one grammar stand together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from sqlglot import expressions as exp

from beichen.kernel.actor import Actor
from beichen.platforms.iot.sensorthings.codes import TOO_WIDE
from beichen.platforms.iot.sensorthings.conditions import TURNED, Conditions, unfit
from beichen.platforms.iot.sensorthings.filters import (
    ARITHMETIC,
    COMPARISONS,
    Binary,
    Call,
    Literal,
    Node,
    Path,
    Unary,
)
from beichen.platforms.iot.sensorthings.identity import identity_of
from beichen.platforms.iot.sensorthings.models import Datastream
from beichen.platforms.iot.sensorthings.schema import DATASTREAMS, MULTI, EntityType, Kind, Relation
from beichen.platforms.iot.sensorthings.told import (
    Moments,
    is_of_end,
    is_of_told,
    meant,
    paths_of,
    straddling,
)
from beichen.problem import Problem, ProblemError

MOST_STREAMS = 1_500  # that one question names, parts of MultiDatastreams too
_KINDS: dict[type[Model], EntityType] = {
    kind.model: EntityType(
        kind.name,
        "Observation",
        kind.model,
        kind.properties,
        (
            *kind.relations,
            Relation("FeatureOfInterest", "FeaturesOfInterest", "thing__feature", f"thing__{back}"),
        ),
    )
    for kind, back in ((DATASTREAMS, "datastreams"), (MULTI, "multidatastreams"))
}
_OPERATORS: dict[str, Any] = {
    "eq": exp.EQ, "ne": exp.NEQ, "gt": exp.GT, "ge": exp.GTE, "lt": exp.LT, "le": exp.LTE,
    "add": exp.Add, "sub": exp.Sub, "mul": exp.Mul,
}  # fmt: skip
_PLAIN = {
    "tolower": ("lower", Kind.TEXT), "toupper": ("upper", Kind.TEXT), "trim": ("trim", Kind.TEXT),
    "length": ("length", Kind.NUMBER), "round": ("round", Kind.NUMBER), "floor": ("floor", Kind.NUMBER),
    "ceiling": ("ceil", Kind.NUMBER),
}  # fmt: skip
_PARTS = ("year", "month", "day", "hour", "minute", "second")


class Stream(NamedTuple):
    """A series as readings name it: its key, the thing's code, the measure and its form, the thing's key."""

    id: int
    code: str
    measure: str
    form: str
    thing: int


def streams_of(rows: QuerySet[Datastream]) -> list[Stream]:
    """The series. Raises ProblemError STA-106 for more than one question names."""
    columns = ("pk", "thing__object__code", "measure", "form", "thing_id")
    return few([Stream(*row) for row in rows.order_by("pk").values_list(*columns)[: MOST_STREAMS + 1]])


def few(found: list[Stream]) -> list[Stream]:
    """What was found, unless it is more than one question names. Raises ProblemError STA-106."""
    if len(found) > MOST_STREAMS:
        message = f"more than {MOST_STREAMS:,} series are asked at once"
        raise ProblemError(Problem(TOO_WIDE, message, hint="name a Datastream or a Thing"))
    return found


def column(name: str) -> Any:
    """A column of ``readings``."""
    return exp.column(exp.to_identifier(name, quoted=True))


def text(value: str) -> Any:
    """A text."""
    return exp.Literal.string(value)


def time(value: datetime) -> Any:
    """A moment."""
    return exp.cast(text(value.astimezone(UTC).isoformat()), "TIMESTAMPTZ", dialect="duckdb")


def number(value: float) -> Any:
    """A number; one below zero in brackets."""
    found = exp.cast(exp.Literal.number(repr(abs(float(value)))), "DOUBLE", dialect="duckdb")
    return exp.paren(exp.Neg(this=found)) if value < 0 else found


def call(name: str, *arguments: Any) -> Any:
    """A function of the engine."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def among(streams: Iterable[Stream]) -> Any:
    """That a reading is of one of the series."""
    measures: dict[str, list[str]] = {}
    for one in streams:
        measures.setdefault(one.measure, []).append(one.code)
    parts = [
        exp.and_(column("measure").eq(text(measure)), column("thing").isin(*(text(one) for one in codes)))
        for measure, codes in measures.items()
    ]
    return exp.paren(exp.or_(*parts)) if parts else exp.false()


OF_SERIES = frozenset({"Datastream", "MultiDatastream", "FeatureOfInterest"})


def is_of_series(node: Node) -> bool:
    """Whether a tree speaks of the series alone, and does speak of it."""
    paths = list(paths_of(node))
    return bool(paths) and all(path.parts[0] in OF_SERIES for path in paths)


def _of_series(node: Node) -> Node:
    """The tree as a series reads it."""
    if isinstance(node, Path):
        return node if node.parts[0] == "FeatureOfInterest" else replace(node, parts=node.parts[1:])
    if isinstance(node, Binary):
        return replace(node, left=_of_series(node.left), right=_of_series(node.right))
    if isinstance(node, Unary):
        return replace(node, operand=_of_series(node.operand))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_of_series(one) for one in node.arguments))
    return node


def parted(node: Node | None) -> tuple[list[Node], list[Node]]:
    """What must hold: of the series, and of the reading."""
    if node is None:
        return [], []
    if isinstance(node, Binary) and node.operator == "and":
        one, other = parted(node.left), parted(node.right)
        return one[0] + other[0], one[1] + other[1]
    return ([node], []) if is_of_series(node) else ([], [node])


def narrowed(rows: QuerySet[Any], nodes: Sequence[Node], actor: Actor) -> QuerySet[Any]:
    """The series for which all of these hold. Raises STA-105, also for what is said of the other kind."""
    kind = _KINDS[rows.model]
    for node in nodes:
        for path in paths_of(node):
            if path.parts[0] not in {rows.model.__name__, "FeatureOfInterest"}:
                message = f"observations of a {rows.model.__name__} have no {path.parts[0]}"
                raise unfit(message, path.at)
        rows = Conditions(kind, actor).applied(rows, _of_series(node))
    return rows


class Readings:
    """Compiles trees over readings; ``rows`` are the series that they may be of.

    What differs where several readings are one observation stands in methods of its own (:mod:`.complexes`).
    """

    def __init__(self, rows: QuerySet[Any], actor: Actor) -> None:
        self._rows = rows
        self._actor = actor

    def among(self, rows: QuerySet[Any]) -> Any:
        """That an observation is of one of these series."""
        return among(streams_of(rows))

    def result(self, path: Path, kind: Kind) -> Any:
        """The result, or one of its values, as a value of this kind. Raises STA-105."""
        if kind is Kind.TRUTH:
            return exp.paren(column("value").neq(number(0)))
        return column("text" if kind is Kind.TEXT else "value")

    def is_result(self, path: Path) -> bool:
        """Whether a path leads to a result."""
        return path.parts == ("result",)

    def at(self, moments: Moments) -> Any:
        """That an observation is one of these."""
        streams = {one.id: one for one in streams_of(self._rows.filter(pk__in=moments))} if moments else {}
        parts = [
            exp.and_(among([streams[key]]), column("measured_at").isin(*map(time, times)))
            for key, times in moments.items()
            if key in streams
        ]
        return exp.paren(exp.or_(*parts)) if parts else exp.false()

    def condition(self, node: Node) -> Any:
        """The tree as a condition. Raises ProblemError STA-105, STA-106."""
        if is_of_series(node):
            return self.among(narrowed(self._rows, [node], self._actor))
        if isinstance(node, Binary) and node.operator in {"and", "or"}:
            join = exp.and_ if node.operator == "and" else exp.or_
            return exp.paren(join(self.condition(node.left), self.condition(node.right)))
        if isinstance(node, Unary) and node.operator == "not":
            return exp.not_(
                exp.paren(exp.Coalesce(this=self.condition(node.operand), expressions=[exp.false()]))
            )
        if is_of_told(node):
            return self._told(node)
        if isinstance(node, Binary) and is_of_end(node):
            return self._ended(node)
        if isinstance(node, Binary) and node.operator in COMPARISONS:
            return exp.paren(self._compared(node))
        if isinstance(node, Call) and node.name in {"contains", "startswith", "endswith"}:
            name = {"contains": "contains", "startswith": "starts_with", "endswith": "ends_with"}[node.name]
            return call(name, *(self._value(one, Kind.TEXT) for one in node.arguments))
        if isinstance(node, Literal) and node.kind is Kind.TRUTH:
            return exp.true() if node.value else exp.false()
        raise unfit("a condition over an observation is expected", node.at)

    def _told(self, node: Node) -> Any:
        """What clients said of observations; of those of which they said nothing it is empty."""
        is_empty = isinstance(node, Binary) and any(
            isinstance(one, Literal) and one.kind is Kind.NULL for one in (node.left, node.right)
        )
        if is_empty and isinstance(node, Binary) and node.operator == "eq":
            return exp.not_(exp.paren(self._told(replace(node, operator="ne"))))
        return self.at(meant(self._rows, node, self._actor))

    def _ended(self, node: Binary) -> Any:
        """The end of an observation's time: as of its only time, but for intervals that tell otherwise."""
        value, operator, more, fewer = straddling(self._rows, node)
        plain = _OPERATORS[operator](this=column("measured_at"), expression=time(value.value))
        if fewer:
            plain = exp.and_(plain, exp.not_(exp.paren(self.at(fewer))))
        return exp.paren(exp.or_(plain, self.at(more)) if more else plain)

    def _compared(self, node: Binary) -> Any:
        operator, left, right = node.operator, node.left, node.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            operator, left, right = TURNED[operator], right, left
        if isinstance(left, Path) and left.parts in {("id",), ("@iot.id",)}:
            return self._same(operator, right, node.at)
        if isinstance(right, Literal) and right.kind is Kind.NULL:
            return self._empty(left, operator, node.at)
        kind = self._kind(left) or self._kind(right) or Kind.NUMBER
        return _OPERATORS[operator](this=self._value(left, kind), expression=self._value(right, kind))

    def _same(self, operator: str, right: Node, at: int) -> Any:
        found = identity_of(right.value) if isinstance(right, Literal) and right.kind is Kind.TEXT else None
        if operator not in {"eq", "ne"} or found is None:
            raise unfit(
                "an observation's id is equal to one or not", at, "such as '7.1782878400000000.0a1b2c3d'"
            )
        stream = self.among(self._rows.filter(pk=found.stream))
        same = exp.and_(stream, column("measured_at").eq(time(found.at)))
        return same if operator == "eq" else exp.not_(exp.paren(same))

    def _empty(self, node: Node, operator: str, at: int) -> Any:
        if not isinstance(node, Path) or not self.is_result(node) or operator not in {"eq", "ne"}:
            raise unfit("only a result is null or not", at)
        values = [self.result(node, kind) for kind in (Kind.NUMBER, Kind.TEXT)]
        empty = exp.and_(*(value.is_(exp.null()) for value in values))
        return empty if operator == "eq" else exp.not_(exp.paren(empty))

    def _kind(self, node: Node) -> Kind | None:
        """What a value is; None for a result, which may be each."""
        if isinstance(node, Literal):
            return node.kind
        if isinstance(node, Path):
            if self.is_result(node):
                return None
            if node.parts == ("phenomenonTime",):
                return Kind.TIME
            raise unfit(
                f"observations are not found by {node} here", node.at, "phenomenonTime, result, Datastream/…"
            )
        if isinstance(node, Call):
            if node.name in _PLAIN:
                return _PLAIN[node.name][1]
            if node.name in {"substring", "concat"}:
                return Kind.TEXT
            return {"date": Kind.DATE, "time": Kind.CLOCK}.get(node.name, Kind.NUMBER)
        return Kind.NUMBER

    def _value(self, node: Node, kind: Kind) -> Any:
        """A value of this kind. Raises ProblemError STA-105 where it is of another."""
        found = self._kind(node)
        if found is not None and found is not kind:
            raise unfit(f"{kind} is not compared with {found}", node.at)
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, Path):
            if found is Kind.TIME:
                return column("measured_at")
            if kind not in {Kind.NUMBER, Kind.TEXT, Kind.TRUTH}:
                raise unfit(f"a result is not compared with {kind}", node.at)
            return self.result(node, kind)
        if isinstance(node, Unary) and node.operator == "-":
            return exp.paren(exp.Neg(this=exp.paren(self._value(node.operand, Kind.NUMBER))))
        if isinstance(node, Binary) and node.operator in ARITHMETIC:
            return self._sum(node)
        if isinstance(node, Call):
            return self._called(node)
        raise unfit("a value is expected", node.at)

    def _literal(self, node: Literal) -> Any:
        kind, value = node.kind, node.value
        if kind is Kind.TEXT:
            return text(value)
        if kind is Kind.NUMBER:
            return number(value)
        if kind is Kind.TRUTH:
            return exp.true() if value else exp.false()
        if kind is Kind.TIME:
            return time(value)
        if kind in {Kind.DATE, Kind.CLOCK}:
            return exp.cast(
                text(value.isoformat()), "DATE" if kind is Kind.DATE else "TIME", dialect="duckdb"
            )
        raise unfit(f"{kind} is not compared here", node.at)

    def _sum(self, node: Binary) -> Any:
        left, right = (self._value(one, Kind.NUMBER) for one in (node.left, node.right))
        if node.operator in {"div", "mod"}:
            divisor = call("nullif", right, number(0))
            if node.operator == "mod":
                return call("fmod", left, divisor)
            return exp.paren(exp.Div(this=left, expression=divisor, typed=False, safe=False))
        return exp.paren(_OPERATORS[node.operator](this=left, expression=right))

    def _called(self, node: Call) -> Any:
        name, arguments = node.name, node.arguments
        if name in _PLAIN:
            of_text = name in {"tolower", "toupper", "trim", "length"}
            return call(_PLAIN[name][0], self._value(arguments[0], Kind.TEXT if of_text else Kind.NUMBER))
        if name == "concat":
            return call("concat", *(self._value(one, Kind.TEXT) for one in arguments))
        if name == "indexof":
            place = call("strpos", *(self._value(one, Kind.TEXT) for one in arguments))
            return exp.paren(exp.Sub(this=place, expression=number(1)))
        if name == "substring":
            start = exp.paren(exp.Add(this=self._whole(arguments[1]), expression=exp.Literal.number("1")))
            rest = [self._whole(one) for one in arguments[2:]]
            return call("substring", self._value(arguments[0], Kind.TEXT), start, *rest)
        if name not in {*_PARTS, "fractionalseconds", "date", "time", "totaloffsetminutes"}:
            raise unfit(f"{name} is not compared here", node.at)
        moment = self._value(arguments[0], Kind.TIME)
        utc = exp.AtTimeZone(this=exp.paren(moment), zone=text("UTC"))
        made: dict[str, Callable[[], Any]] = {
            "date": lambda: exp.cast(utc, "DATE", dialect="duckdb"),
            "time": lambda: exp.cast(utc, "TIME", dialect="duckdb"),
            "totaloffsetminutes": lambda: number(0),
            "fractionalseconds": lambda: exp.paren(
                exp.Div(
                    this=call("fmod", call("date_part", text("microseconds"), utc), number(1e6)),
                    expression=number(1e6),
                )
            ),
        }
        return made[name]() if name in made else call("date_part", text(name), utc)

    def _whole(self, node: Node) -> Any:
        if not isinstance(node, Literal) or not isinstance(node.value, int) or not 0 <= node.value < 10**6:
            raise unfit("substring takes whole numbers from 0", node.at)
        return exp.Literal.number(str(node.value))


def order(path: Path, *, descends: bool) -> list[Any]:
    """What observations are put in order by. Raises ProblemError STA-105."""
    columns = {
        "phenomenonTime": ["measured_at"],
        "result": ["value", "text"],
        "@iot.id": ["thing", "measure", "measured_at"],
        "id": ["thing", "measure", "measured_at"],
    }.get(str(path))
    if columns is None:
        raise unfit(f"observations are not put in order by {path}", path.at, "phenomenonTime, result")
    return [exp.Ordered(this=column(name), desc=descends, nulls_first=False) for name in columns]
