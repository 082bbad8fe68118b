"""What a text calls in the place of a table, as DuckDB's own parser reads it.

:mod:`..statements` looks at questions first, by a parser that is not the engine's: what the two read in
different ways would be looked at by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from beichen.platforms.warehouse import codes
from beichen.problem import Problem, ProblemError, said, shorten

MAKERS = {"unnest", "range", "generate_series", "explodingateseries", "explode", "json_each", "json_tree"}
"""What may be called in the place of a table: it makes rows of values, in DuckDB and in Spark."""
READ = "SELECT json_serialize_sql(?)"


def check(read: str) -> None:
    """Raises ProblemError WHS-203 for a call that makes rows of anything but values, WHS-202 for what is no
    SELECT; ``read`` is what :data:`READ` answers for the text."""
    tree = orjson.loads(read)
    if tree["error"]:
        if tree.get("error_type") != "not implemented":
            return  # the engine says what is wrong, with its place
        raise ProblemError(Problem(codes.NOT_A_QUESTION, said("one SELECT is expected")))
    for name in _calls(tree["statements"]):
        if name not in MAKERS:
            raise ProblemError(
                Problem(codes.NOT_ALLOWED, shorten(said("{found} is not allowed", found=name)))
            )


def _calls(node: Any) -> Iterator[str]:
    """The functions in the place of tables, anywhere."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if one.get("type") == "TABLE_FUNCTION":
                yield str(one["function"].get("function_name", "")).lower()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
