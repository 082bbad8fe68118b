"""The entity type selection language (clause 4.17): ``A,B`` or ``A|B`` for either, ``(A;B)`` for both."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from beichen.problem import ProblemError
from beichen.registry.document.names import is_name
from beichen.registry.problems import bad_parameter

_NAME = re.compile(r"[^,;|()\s]+")
DEPTH_LIMIT = 10
LENGTH_LIMIT = 4_000


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts."""

    parts: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """All of the parts."""

    parts: tuple[Selection, ...]


Selection = str | Either | Both


def names_of(selection: Selection) -> set[str]:
    """All types that a selection names."""
    if isinstance(selection, str):
        return {selection}
    return {name for part in selection.parts for name in names_of(part)}


class _Parser:
    def __init__(self, text: str, read: Callable[[str], str], parameter: str) -> None:
        self.text = text
        self.at = 0
        self.read = read
        self.parameter = parameter

    def error(self) -> ProblemError:
        found = self.text[self.at : self.at + 12] or "the end"
        return bad_parameter(self.parameter, f"column {self.at + 1}: {found!r} is not expected here")

    def either(self, depth: int = 0) -> Selection:
        if depth > DEPTH_LIMIT:
            raise bad_parameter(self.parameter, f"parentheses nest more than {DEPTH_LIMIT} deep")
        parts = [self.both(depth)]
        while self.at < len(self.text) and self.text[self.at] in ",|":
            self.at += 1
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self, depth: int) -> Selection:
        parts = [self.one(depth)]
        while self.text.startswith(";", self.at):
            self.at += 1
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def one(self, depth: int) -> Selection:
        if self.text.startswith("(", self.at):
            self.at += 1
            inner = self.either(depth + 1)
            if not self.text.startswith(")", self.at):
                raise self.error()
            self.at += 1
            return inner
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.error()
        word = self.read(match.group())
        self.at = match.end()
        return word


def parse_selection(text: str, read: Callable[[str], str], parameter: str) -> Selection:
    """A selection whose words ``read`` checks and turns. Raises ProblemError REG-101 with the column."""
    if len(text) > LENGTH_LIMIT:
        raise bad_parameter(parameter, f"longer than {LENGTH_LIMIT} characters")
    parser = _Parser(text, read, parameter)
    selection = parser.either()
    if parser.at < len(text):
        raise parser.error()
    return selection


def parse_types(text: str, expand: Callable[[str], str]) -> Selection:
    """A selection of types by stored names. Raises ProblemError REG-101."""

    def read(word: str) -> str:
        if not is_name(word):
            raise bad_parameter("type", f"{word[:40]!r} cannot name a type")
        return expand(word)

    return parse_selection(text, read, "type")
