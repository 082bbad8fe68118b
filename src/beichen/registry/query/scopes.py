"""The scope query language (clause 4.19): ``/a/b``, ``/a/+/c``, ``/a/#``, joined by ``;`` ``,`` ``|``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beichen.registry.problems import bad_parameter
from beichen.registry.query.selection import Either, Selection, parse_selection

_LEVEL = re.compile(r"(\+|[^\W\d_]\w*)\Z")


@dataclass(frozen=True, slots=True)
class ScopeQuery:
    """A parsed scope query."""

    selection: Selection

    def matches(self, scopes: Sequence[str]) -> bool:
        """Whether an object with these scopes matches."""
        return _matches(self.selection, scopes)


def _check(path: str) -> str:
    levels = path.removeprefix("/").split("/")
    if levels and levels[-1] == "#":
        levels = levels[:-1]
    if path != "/#" and not all(_LEVEL.match(level) for level in levels):
        raise bad_parameter("scopeQ", f"{path!r} is no scope", "such as /a/b, /a/+/c or /a/#")
    return path if path.startswith("/") else f"/{path}"


def _one(pattern: str, scope: str) -> bool:
    wanted, given = pattern.split("/")[1:], scope.split("/")[1:]
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(given) or level not in {"+", given[index]}:
            return False
    return len(given) == len(wanted)


def _matches(selection: Selection, scopes: Sequence[str]) -> bool:
    if isinstance(selection, str):
        return any(_one(selection, scope) for scope in scopes)
    if isinstance(selection, Either):
        return any(_matches(part, scopes) for part in selection.parts)
    return all(_matches(part, scopes) for part in selection.parts)


def parse_scopes(text: str) -> ScopeQuery:
    """A scope query. Raises ProblemError REG-101."""
    return ScopeQuery(parse_selection(text, _check, "scopeQ"))
