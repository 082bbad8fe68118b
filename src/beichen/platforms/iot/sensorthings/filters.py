"""$filter and $orderby as trees (OData 4.0, part 2, clause 5.1.1; SensorThings 1.1, clause 9.3.3.5).

A text becomes :class:`Literal`, :class:`Path`, :class:`Call`, :class:`Binary` and :class:`Unary`. What is but
another way of saying something is said in the plain way here, so that both compilers (:mod:`.conditions` for
rows, :mod:`.observing` for readings) know less: ``substringof``, ``now()``, times plus durations, and the
functions of time, which compare beginnings and ends. Long because a grammar is one thing.

Raises ProblemError STA-104 with the place in the text (characters from zero), and nothing else, for any text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import shapely

from beichen.platforms.iot.sensorthings.codes import BAD_FILTER
from beichen.platforms.iot.sensorthings.schema import Kind
from beichen.problem import Problem, ProblemError, Where, nearest, shorten

LONGEST, DEEPEST = 8_000, 40
LARGEST = 2**53
_TIME = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
_MOMENT = rf"\d{{4}}-\d{{2}}-\d{{2}}T{_TIME}(?:Z|[+\- ]\d{{2}}:?\d{{2}})?"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<span>{_MOMENT}/{_MOMENT})
    | (?P<moment>{_MOMENT})
    | (?P<date>\d{{4}}-\d{{2}}-\d{{2}})(?![\dT])
    | (?P<clock>{_TIME})
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<duration>duration'[^']*')
    | (?P<geography>geo(?:graphy|metry)'[^']*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<name>[@$]?[A-Za-z_][\w.]*)
    | (?P<place>\[\s*\d{{1,3}}\s*\])
    | (?P<sign>[(),/-])
    )""",
    re.VERBOSE,
)
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_SRID = re.compile(r"SRID=(\d+);", re.IGNORECASE)
_LEVELS = (("or",), ("and",), ("eq", "ne", "gt", "ge", "lt", "le"), ("add", "sub"), ("mul", "div", "mod"))
COMPARISONS = frozenset(_LEVELS[2])
ARITHMETIC = frozenset(_LEVELS[3] + _LEVELS[4])
OPERATORS = frozenset(word for level in _LEVELS for word in level)
# name → how many arguments it takes at least and at most
FUNCTIONS: dict[str, tuple[int, int]] = {
    "substringof": (2, 2), "contains": (2, 2), "endswith": (2, 2), "startswith": (2, 2), "length": (1, 1),
    "indexof": (2, 2), "substring": (2, 3), "tolower": (1, 1), "toupper": (1, 1), "trim": (1, 1),
    "concat": (2, 2), "year": (1, 1), "month": (1, 1), "day": (1, 1), "hour": (1, 1), "minute": (1, 1),
    "second": (1, 1), "fractionalseconds": (1, 1), "date": (1, 1), "time": (1, 1),
    "totaloffsetminutes": (1, 1), "now": (0, 0), "mindatetime": (0, 0), "maxdatetime": (0, 0),
    "round": (1, 1), "floor": (1, 1), "ceiling": (1, 1), "geo.distance": (2, 2), "geo.length": (1, 1),
    "geo.intersects": (2, 2), "st_equals": (2, 2), "st_disjoint": (2, 2), "st_touches": (2, 2),
    "st_within": (2, 2), "st_overlaps": (2, 2), "st_crosses": (2, 2), "st_intersects": (2, 2),
    "st_contains": (2, 2), "st_relate": (3, 3), "before": (2, 2), "after": (2, 2), "meets": (2, 2),
    "during": (2, 2), "overlaps": (2, 2), "starts": (2, 2), "finishes": (2, 2),
}  # fmt: skip
END = ("phenomenonTime", "@end")  # a path that no client can write
TRUTHS = frozenset(
    {
        "contains",
        "endswith",
        "startswith",
        "geo.intersects",
        *(name for name in FUNCTIONS if name[:3] == "st_"),
    }
)


class Span(NamedTuple):
    """A time from ``start`` to ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the text; a geometry is shapely's."""

    kind: Kind
    value: Any
    at: int = 0


@dataclass(frozen=True, slots=True)
class Path:
    """Names with slashes between them."""

    parts: tuple[str, ...]
    at: int = 0

    def __str__(self) -> str:
        return "/".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of values."""

    name: str
    arguments: tuple[Node, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Binary:
    """Two values and what stands between them."""

    operator: str
    left: Node
    right: Node
    at: int = 0


@dataclass(frozen=True, slots=True)
class Unary:
    """``not`` or ``-`` of a value."""

    operator: str
    operand: Node
    at: int = 0


Node = Literal | Path | Call | Binary | Unary


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def wrong(message: str, at: int, hint: str = "") -> ProblemError:
    """A mistake at a character of the text."""
    return ProblemError(Problem(BAD_FILTER, shorten(message), Where(field="$filter", start=at), hint))


def moment(text: str) -> datetime:
    """A time as SensorThings writes it; without an offset it is UTC. Raises ValueError."""
    found = datetime.fromisoformat(text.replace(" ", "+"))
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time of no calendar") from None


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        raise ValueError("a duration is like P1DT2H")
    sign, days, hours, minutes, seconds = found.groups()
    length = timedelta(
        days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0), seconds=float(seconds or 0)
    )
    return -length if sign else length


def _number(text: str) -> int | float:
    value = float(text) if set(text) & set(".eE") else int(text)
    if not math.isfinite(value) or (isinstance(value, int) and value > LARGEST):
        raise ValueError("larger than is compared")
    return value


def _geometry(text: str) -> Any:
    found = _SRID.match(text)
    if found and found[1] not in {"4326", "4490"}:
        raise ValueError("coordinates are WGS 84")
    try:
        shape = shapely.from_wkt(text[found.end() :] if found else text)
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        raise ValueError("no WKT, such as POINT (125.3 43.9)") from None
    if shape is None or shape.is_empty or not all(map(math.isfinite, shape.bounds)):
        raise ValueError("an empty geometry")
    return shape


def _inner(text: str) -> str:
    return text[text.index("'") + 1 : -1]


def _span(text: str) -> Span:
    start, _, end = text.partition("/")
    return Span(moment(start), moment(end))


_LITERALS: dict[str, tuple[Kind, Callable[[str], Any]]] = {
    "span": (Kind.SPAN, _span),
    "moment": (Kind.TIME, moment),
    "date": (Kind.DATE, date.fromisoformat),
    "clock": (Kind.CLOCK, time.fromisoformat),
    "number": (Kind.NUMBER, _number),
    "duration": (Kind.DURATION, lambda text: _duration(_inner(text))),
    "geography": (Kind.GEO, lambda text: _geometry(_inner(text))),
    "text": (Kind.TEXT, lambda text: text[1:-1].replace("''", "'")),
}
_WORDS = {
    "true": Literal(Kind.TRUTH, True),
    "false": Literal(Kind.TRUTH, False),
    "null": Literal(Kind.NULL, None),
}


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise wrong(f"{text[at : at + 12].strip()!r} is not understood", at)
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
        at = found.end()
    yield _Token("end", "", end)


class _Parser:
    """Reads one text; each method returns what begins at the token in hand."""

    def __init__(self, text: str, now: datetime) -> None:
        if len(text) > LONGEST:
            raise wrong(f"longer than {LONGEST} characters", LONGEST)
        if "\0" in text or text.encode("utf-8", "replace").decode() != text:
            raise wrong("a character without a form", 0)
        self._tokens = list(_tokens(text))
        self._place = self._depth = 0
        self._now = now

    @property
    def token(self) -> _Token:
        return self._tokens[self._place]

    def _is(self, *words: str) -> bool:
        return self.token.kind in {"name", "sign"} and self.token.text in words

    def take(self) -> _Token:
        token = self.token
        self._place += token.kind != "end"
        return token

    def expect(self, sign: str) -> None:
        if not self._is(sign):
            found = self.token.text or "the end"
            raise wrong(f"{sign!r} is expected, not {found[:20]!r}", self.token.at)
        self.take()

    def end(self) -> None:
        if self.token.kind != "end":
            raise wrong(f"{self.token.text[:20]!r} is one word too many", self.token.at)

    def expression(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        self._depth += level == 0
        if self._depth > DEEPEST:
            raise wrong(f"nested deeper than {DEEPEST}", self.token.at)
        left = self._unary() if level == 2 and self._is("not") else self.expression(level + 1)
        while self._is(*_LEVELS[level]):
            word = self.take()
            right = self._unary() if level == 2 and self._is("not") else self.expression(level + 1)
            left = _folded(Binary(word.text, left, right, word.at))
        self._depth -= level == 0
        return left

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise wrong(f"nested deeper than {DEEPEST}", self.token.at)
        try:
            if self._is("not"):
                return Unary("not", *self._negated())
            if self._is("-"):
                token = self.take()
                operand = self._unary()
                if isinstance(operand, Literal) and operand.kind is Kind.NUMBER:
                    return replace(operand, value=-operand.value, at=token.at)
                return Unary("-", operand, token.at)
            return self._primary()
        finally:
            self._depth -= 1

    def _negated(self) -> tuple[Node, int]:
        token = self.take()
        return self.expression(2), token.at

    def _primary(self) -> Node:
        token = self.take()
        if token.kind in _LITERALS:
            kind, read = _LITERALS[token.kind]
            try:
                return Literal(kind, read(token.text), token.at)
            except (ValueError, OverflowError) as error:
                raise wrong(f"{token.text[:24]}: {error}", token.at) from None
        if token.text == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if token.kind != "name":
            raise wrong(f"a value is expected, not {token.text[:20] or 'the end'!r}", token.at)
        if self._is("("):
            return self._call(token)
        if token.text in _WORDS:
            return replace(_WORDS[token.text], at=token.at)
        return self.path(token)

    def path(self, token: _Token | None = None) -> Path:
        token = token or self.take()
        if token.kind != "name":
            raise wrong(f"a name is expected, not {token.text[:20] or 'the end'!r}", token.at)
        parts = [token.text]
        while self._is("/"):
            self.take()
            following = self.take()
            if following.kind not in {"name", "number"}:
                raise wrong("a name is expected after the slash", following.at)
            parts.append(following.text)
        if self.token.kind == "place":  # a value of a list, as some clients write it
            parts.append(self.take().text.strip("[ ]"))
        return Path(tuple(parts), token.at)

    def _call(self, token: _Token) -> Node:
        name = token.text.lower()
        if name not in FUNCTIONS:
            raise wrong(f"there is no function {token.text[:30]}", token.at, nearest(name, FUNCTIONS))
        self.expect("(")
        arguments: list[Node] = []
        while not self._is(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression())
        self.expect(")")
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise wrong(f"{name} takes {least} arguments, not {len(arguments)}", token.at)
        return _plain(Call(name, tuple(arguments), token.at), self._now)


def _plain(call: Call, now: datetime) -> Node:
    """The call in the plain way."""
    constants = {
        "now": now,
        "mindatetime": datetime.min.replace(tzinfo=UTC),
        "maxdatetime": datetime.max.replace(tzinfo=UTC),
    }
    if call.name in constants:
        return Literal(Kind.TIME, constants[call.name], call.at)
    if call.name == "substringof":
        return Call("contains", call.arguments[::-1], call.at)
    if call.name in _TIMES:
        one, other = call.arguments
        return _TIMES[call.name](_ends(one), _ends(other), call.at)
    return call


def _ends(node: Node) -> tuple[Node, Node]:
    """Beginning and end of a time; a moment is both. An observation's own may be an interval."""
    if isinstance(node, Path) and node.parts == END[:1]:
        return node, Path(END, node.at)
    if isinstance(node, Literal) and node.kind is Kind.SPAN:
        start, end = node.value
        return Literal(Kind.TIME, start, node.at), Literal(Kind.TIME, end, node.at)
    return node, node


Ends = tuple[Node, Node]
_TIMES: dict[str, Callable[[Ends, Ends, int], Node]] = {
    "before": lambda a, b, at: Binary("lt", a[1], b[0], at),
    "after": lambda a, b, at: Binary("gt", a[0], b[1], at),
    "meets": lambda a, b, at: Binary("or", Binary("eq", a[1], b[0], at), Binary("eq", a[0], b[1], at), at),
    "during": lambda a, b, at: Binary("and", Binary("ge", a[0], b[0], at), Binary("le", a[1], b[1], at), at),
    "overlaps": lambda a, b, at: Binary(
        "and", Binary("le", a[0], b[1], at), Binary("ge", a[1], b[0], at), at
    ),
    "starts": lambda a, b, at: Binary("eq", a[0], b[0], at),
    "finishes": lambda a, b, at: Binary("eq", a[1], b[1], at),
}


def _folded(node: Binary) -> Node:
    """A time plus or minus a duration, where both stand in the text, is a time."""
    left, right = node.left, node.right
    is_sum = node.operator in {"add", "sub"} and isinstance(left, Literal) and isinstance(right, Literal)
    if not is_sum or not isinstance(left, Literal) or not isinstance(right, Literal):
        return node
    kinds = {left.kind, right.kind}
    sign = 1 if node.operator == "add" else -1
    try:
        if left.kind is Kind.TIME and right.kind is Kind.DURATION:
            return Literal(Kind.TIME, left.value + sign * right.value, left.at)
        if kinds == {Kind.DURATION}:
            return Literal(Kind.DURATION, left.value + sign * right.value, left.at)
    except OverflowError:
        raise wrong("a time of no calendar", node.at) from None
    return node


@contextmanager
def told_in(option: str) -> Iterator[None]:
    """Whatever is wrong within is told of this option."""
    try:
        yield
    except ProblemError as error:
        found = [replace(one, where=replace(one.where, field=option)) for one in error.problems]
        raise ProblemError(*found) from error


def parsed(text: str, *, now: datetime) -> Node:
    """The tree of a $filter."""
    parser = _Parser(text, now)
    tree = parser.expression()
    parser.end()
    return tree


def ordered(text: str) -> list[tuple[Path, bool]]:
    """The properties of an $orderby, each with whether the largest comes first."""
    parser = _Parser(text, datetime.min.replace(tzinfo=UTC))
    found: list[tuple[Path, bool]] = []
    while True:
        path = parser.path()
        word = parser.take().text.lower() if parser.token.kind == "name" else "asc"
        if word not in {"asc", "desc"}:
            raise wrong(f"{word[:20]!r} is neither asc nor desc", path.at)
        found.append((path, word == "desc"))
        if parser.token.kind == "end":
            return found
        parser.expect(",")
