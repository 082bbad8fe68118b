"""The attribute projection language (clause 4.21) of pick and omit: ``id,name,locatedAt{name,place{id}}``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from beichen.problem import ProblemError
from beichen.registry.document.names import is_name
from beichen.registry.problems import bad_parameter

Projection = dict[str, Any]  # stored name → projection of the linked entity; {} for all of it
_NAME = re.compile(r"[^,|{}\s;()]+")
DEPTH_LIMIT = 10
LENGTH_LIMIT = 4_000
_HEAD = frozenset({"id", "type", "scope", "@context", "createdAt", "modifiedAt"})


class _Parser:
    def __init__(self, parameter: str, text: str, expand: Callable[[str], str]) -> None:
        self.parameter = parameter
        self.text = text
        self.at = 0
        self.expand = expand

    def error(self, expected: str) -> ProblemError:
        found = self.text[self.at : self.at + 12] or "the end"
        return bad_parameter(self.parameter, f"column {self.at + 1}: found {found!r}, expected {expected}")

    def parse(self, depth: int = 0) -> Projection:
        if depth > DEPTH_LIMIT:
            raise bad_parameter(self.parameter, f"braces nest more than {DEPTH_LIMIT} deep")
        found: Projection = {}
        while True:
            match = _NAME.match(self.text, self.at)
            if match is None or not (match.group() in _HEAD or is_name(match.group())):
                raise self.error("a name")
            self.at = match.end()
            name = match.group() if match.group() in _HEAD else self.expand(match.group())
            found[name] = {}
            if self.text.startswith("{", self.at):
                self.at += 1
                found[name] = self.parse(depth + 1)
                if not self.text.startswith("}", self.at):
                    raise self.error("}")
                self.at += 1
            if self.at >= len(self.text) or self.text[self.at] not in ",|":
                return found
            self.at += 1


def parse_projection(parameter: str, text: str, expand: Callable[[str], str]) -> Projection:
    """A projection over stored names. Raises ProblemError REG-101 with the column of the mistake."""
    if len(text) > LENGTH_LIMIT:
        raise bad_parameter(parameter, f"longer than {LENGTH_LIMIT} characters")
    parser = _Parser(parameter, text, expand)
    found = parser.parse()
    if parser.at < len(text):
        raise parser.error(", or the end")
    return found


def depth_of(projection: Projection) -> int:
    """How many linked entities deep a projection goes; zero for attributes alone."""
    return max((1 + depth_of(inner) for inner in projection.values() if inner), default=0)
