"""Reading the query language: ``speed>50;brand~="^Mer"|(a.b[c]==1..5;!x)`` (clause 4.9).

``;`` binds closer than ``|``. A mistake is reported with its column and what was expected there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from beichen.problem import ProblemError
from beichen.registry.document.names import is_name, to_iri
from beichen.registry.problems import bad_parameter
from beichen.registry.query.patterns import check_pattern
from beichen.registry.query.terms import (
    ABSENT,
    EQUALITY,
    PATTERN,
    All,
    AnyOf,
    Between,
    Node,
    Number,
    OneOf,
    Operand,
    Path,
    Plain,
    Term,
    Text,
    Time,
    Truth,
    Word,
)

LENGTH_LIMIT = 4_000
DEPTH_LIMIT = 20
TERM_LIMIT = 100
_OPERATOR = re.compile(r"==|!=|!~=|~=|<=|>=|<|>")
_NAME = re.compile(r"[^=!<>~;|()\[\]{}\",\s]+")
_KEYS = re.compile(r"[^=!<>~;|()\[\]{}\",]+")
_WORD = re.compile(r"[^;|()\",\s]+")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d([.,]\d{1,6})?Z)?\Z")


class Parser:
    """Reads one query; ``expand`` turns a user's name into the stored one."""

    def __init__(self, text: str, expand: Callable[[str], str], expand_values: frozenset[str]) -> None:
        self.text = text
        self.at = 0
        self.terms = 0
        self.expand = expand
        self.expand_values = expand_values

    def error(self, expected: str) -> ProblemError:
        """What was expected at the present column."""
        found = self.text[self.at : self.at + 12] or "the end"
        return bad_parameter("q", f"column {self.at + 1}: found {found!r}, expected {expected}")

    def _take(self, character: str) -> bool:
        if self.text.startswith(character, self.at):
            self.at += len(character)
            return True
        return False

    def parse(self) -> Node:
        """The whole query. Raises ProblemError REG-101."""
        node = self._any_of(0)
        if self.at < len(self.text):
            raise self.error("; or | or the end")
        return node

    def _any_of(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._take("|"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._factor(depth)]
        while self._take(";"):
            parts.append(self._factor(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _factor(self, depth: int) -> Node:
        if depth > DEPTH_LIMIT:
            raise bad_parameter("q", f"parentheses nest more than {DEPTH_LIMIT} deep")
        if self._take("("):
            node = self._any_of(depth + 1)
            if not self._take(")"):
                raise self.error(")")
            return node
        return self._term()

    def _term(self) -> Term:
        self.terms += 1
        if self.terms > TERM_LIMIT:
            raise bad_parameter("q", f"more than {TERM_LIMIT} terms")
        if self.text.startswith("!", self.at) and not self.text.startswith(("!=", "!~="), self.at):
            self.at += 1
            return Term(self._path()[0], ABSENT)
        path, raw = self._path()
        match = _OPERATOR.match(self.text, self.at)
        if match is None:
            return Term(path)
        operator = match.group()
        self.at = match.end()
        if operator in PATTERN:
            return Term(path, operator, self._pattern())
        return Term(path, operator, self._operand(operator, raw in self.expand_values))

    def _path(self) -> tuple[Path, str]:
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.error("an attribute")
        raw = match.group()
        parts = [raw] if "://" in raw else raw.split(".")
        if not all(is_name(part) for part in parts):
            raise self.error("an attribute's name")
        self.at = match.end()
        keys: tuple[str, ...] = ()
        if self._take("["):
            inner = _KEYS.match(self.text, self.at)
            if inner is None:
                raise self.error("a member's name")
            keys = tuple(inner.group().split("."))
            self.at = inner.end()
            if not self._take("]"):
                raise self.error("]")
        return Path(self.expand(parts[0]), tuple(map(self.expand, parts[1:])), keys), raw

    def _pattern(self) -> Text:
        pattern = self._quoted() if self.text.startswith('"', self.at) else self._word()
        check_pattern(pattern, "q")
        return Text(pattern)

    def _operand(self, operator: str, is_expanded: bool) -> Operand:
        first = self._plain(is_expanded)
        if operator not in EQUALITY:
            if self.text.startswith("..", self.at) or isinstance(first, Between):
                raise self.error("one value: a range goes with == or !=")
            return first
        if isinstance(first, Between):
            return first
        if self._take(".."):
            return Between(first, self._single(is_expanded))
        values = [first]
        while self._take(","):
            values.append(self._single(is_expanded))
        return values[0] if len(values) == 1 else OneOf(tuple(values))

    def _single(self, is_expanded: bool) -> Plain:
        value = self._plain(is_expanded)
        if isinstance(value, Between):
            raise self.error("one value")
        return value

    def _plain(self, is_expanded: bool) -> Plain | Between:
        if self.text.startswith('"', self.at):
            text = self._quoted()
            return Word(self._expanded(text)) if is_expanded else Text(text)
        word = self._word()
        low, dots, high = word.partition("..")
        if dots and low and high:
            return Between(literal(low), literal(high))
        if dots and low:  # the range's end is quoted and stands next
            self.at -= len(word) - len(low)
            return literal(low)
        return Word(self._expanded(word)) if is_expanded else literal(word)

    def _expanded(self, name: str) -> str:
        return to_iri(self.expand(name))

    def _word(self) -> str:
        match = _WORD.match(self.text, self.at)
        if match is None:
            raise self.error("a value")
        self.at = match.end()
        return match.group()

    def _quoted(self) -> str:
        end = self.at + 1
        parts = []
        while end < len(self.text):
            character = self.text[end]
            if character == "\\" and end + 1 < len(self.text) and self.text[end + 1] in '"\\':
                if self.text[end + 1] == "\\":
                    parts.append("\\")
                parts.append(self.text[end + 1])
                end += 2
                continue
            if character == '"':
                self.at = end + 1
                return "".join(parts)
            parts.append(character)
            end += 1
        raise self.error('a closing "')


def _time(word: str) -> Time | None:
    if not _DATE.match(word):
        return None
    try:
        if "T" in word:
            moment = datetime.fromisoformat(word.replace(",", "."))
        else:
            moment = datetime.combine(date.fromisoformat(word), datetime.min.time(), UTC)
    except ValueError:
        return None
    return Time(word, moment.timestamp())


def literal(word: str) -> Plain:
    """The value of an unquoted word: a number, a truth, a time, else the word itself."""
    if word in {"true", "false"}:
        return Truth(word == "true")
    if _NUMBER.match(word):
        number = float(word)
        if math.isfinite(number):
            return Number(number)
    return _time(word) or Word(word)


def parse_query(text: str, expand: Callable[[str], str], expand_values: frozenset[str] = frozenset()) -> Node:
    """The tree of a query. Raises ProblemError REG-101 with the column of the mistake."""
    if len(text) > LENGTH_LIMIT:
        raise bad_parameter("q", f"longer than {LENGTH_LIMIT} characters")
    return Parser(text, expand, expand_values).parse()
