"""Expressions of processes: the Common Expression Language (CEL), never Python.

CEL has no loops, no assignment, no access to anything but its values. What is left to bound is bounded
here: the length of an expression, one pass over a list in each (nested passes multiply), the size of what
comes out. `and`, `or`, `not` are `&&`, `||`, `!`; texts stand in quotes; `has(review.outcome)` asks whether
a step has spoken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from beichen.fronts.services.problems import BAD_EXPRESSION, stuck
from beichen.problem import Problem, Where, nearest, shorten

if TYPE_CHECKING:
    import cel

LONGEST = 500
ITEMS, TEXT, DEPTH, LARGEST = 200, 4000, 8, 2**63
_PASS = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one)\s*\(\s*([A-Za-z_]\w*)")
_STANDARD = frozenset(
    {
        "size", "contains", "startsWith", "endsWith", "int", "double", "string", "bool", "min", "max",
    }
)  # fmt: skip
"""Functions of CEL that may be called; operators have names that no function can have."""


class UnsoundValueError(ValueError):
    """A value is larger than one may be, or of no kind that JSON has."""


_FAILURES = (ValueError, TypeError, LookupError, RuntimeError, ArithmeticError)
"""What CEL raises: of Python's errors the one that is nearest."""


def compiled(text: str) -> cel.Program:
    """The program of an expression. Raises ValueError with a short reason."""
    found = _program(text)
    if isinstance(found, str):
        raise ValueError(found)
    return found


@lru_cache(maxsize=4096)
def _program(text: str) -> cel.Program | str:
    """The program, or why there is none: a table asks of each entry at each step whether it stands alone."""
    import cel  # with a command line of its own: 20 MB in each process, most of which compile nothing

    if len(text) > LONGEST:
        return f"longer than {LONGEST} characters"
    if len(_PASS.findall(text)) > 1:
        return "more than one pass over a list in one expression"
    try:
        program = cel.compile(text)
    except ValueError as error:
        return _reason(str(error))
    other = [name for name in program.functions() if name.isidentifier() and name not in _STANDARD]
    return f"there is no function {other[0]}" if other else program


def _reason(message: str) -> str:
    first = message.partition("ERROR: ")[2].splitlines()
    return first[0].replace("<input>:", "at ") if first else "no expression"


def check(text: str, known: Collection[str], where: Where) -> list[Problem]:
    """What is wrong with an expression that may use the names ``known``: SRV-105 at ``where``."""
    try:
        program = compiled(text)
    except ValueError as error:
        return [Problem(BAD_EXPRESSION, shorten(str(error)), where, shorten(text, 60))]
    own = set(_PASS.findall(text))
    return [
        Problem(BAD_EXPRESSION, shorten(f"{name} is not declared"), where, nearest(name, known))
        for name in program.variables()
        if name not in known and name not in own
    ]


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """What an expression is of ``values``. Raises ProblemError SRV-307 when it cannot be worked out."""
    try:
        return sound(compiled(text).execute(dict(values)))
    except _FAILURES as error:
        raise stuck(str(error) or type(error).__name__, text) from None


def sound(value: Any, depth: int = 0) -> Any:
    """``value``, which is JSON and within bounds. Raises UnsoundValueError."""
    if depth > DEPTH:
        raise UnsoundValueError(f"nests deeper than {DEPTH}")
    if isinstance(value, str):
        if len(value) > TEXT or "\x00" in value:
            raise UnsoundValueError(f"a text longer than {TEXT} characters, or one that cannot be kept")
    elif isinstance(value, Mapping | list | tuple):
        _sound_parts(value, depth + 1)
    elif isinstance(value, int | float):
        if not abs(value) < LARGEST:  # nor a number that is none
            raise UnsoundValueError("a number that cannot be kept")
    elif value is not None:
        raise UnsoundValueError(f"{type(value).__name__} is no value of JSON")
    return value


def _sound_parts(value: Any, depth: int) -> None:
    if len(value) > ITEMS:
        raise UnsoundValueError(f"more than {ITEMS} items")
    for one in value:
        sound(one, depth)
        if isinstance(value, Mapping):
            sound(value[one], depth)
