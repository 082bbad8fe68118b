"""Text that is no YAML: what the parser says of it, in plain words and with what to do."""

from __future__ import annotations

from beichen.kernel.scene import codes
from beichen.problem import Problem, Where, said, shorten

# what ruamel says (a part of it) → what people are told, and what to do
_WORDS = (
    (r"'\t'", said("a tab stands where spaces are expected"), said("indent with spaces")),
    (
        "mapping values are not allowed",
        said("a ':' stands where no value can follow"),
        said("quote a text with ': '"),
    ),
    ("could not find expected ':'", said("a ':' is missing after this key"), ""),
    ("expected <block end>", said("this line's indentation fits no line above it"), ""),
    (
        "unexpected end of stream",
        said("the file ends inside a quoted text"),
        said("close the quotation mark"),
    ),
    ("expected ',' or", said("a bracket or brace is not closed, or a comma is missing"), ""),
    ("that cannot start any token", said("this character cannot start a value"), said("quote the text")),
    ("sequence entries are not allowed", said("a '-' stands where no list can start"), ""),
    ("expected the node content", said("a value is missing here"), ""),
    ("expected <document start>", said("something stands after the end of the value"), ""),
    ("unknown escape", said("this backslash sequence has no meaning"), said("use single quotes")),
)


def unreadable(error: Exception, file: str) -> Problem:
    """The problem at the place of which the parser complains."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1, 1)
    reason = str(getattr(error, "problem", None) or error)
    for part, message, hint in _WORDS:
        if part in reason:
            return Problem(codes.NOT_YAML, message, where, hint)
    return Problem(codes.NOT_YAML, shorten(said("it cannot be read: {reason}", reason=reason)), where)
