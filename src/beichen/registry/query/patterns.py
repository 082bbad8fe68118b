"""Regular expressions of strangers: matched by an engine whose time is linear in the text.

Python's own engine backtracks and can be made to run for ever; the regex engine inside jsonschema-rs
(Rust's) cannot, and refuses look-around and back-references.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import jsonschema_rs

from beichen.registry.problems import bad_parameter

LENGTH_LIMIT = 500
SIZE_LIMIT = 1 << 20
_LITERAL = re.compile(r"[\w:/-]*")
_REPEAT = "*+?{|"
_DOUBLED = re.compile(r"(?<!\\)[*+?][*+]")  # Rust's engine takes what ECMA 262 does not


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> Any:
    options = jsonschema_rs.RegexOptions(size_limit=SIZE_LIMIT)
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options)


def check_pattern(pattern: str, parameter: str) -> None:
    """Raises ProblemError REG-101 when the pattern cannot be read or is too large."""
    if len(pattern) > LENGTH_LIMIT:
        raise bad_parameter(parameter, f"a pattern has at most {LENGTH_LIMIT} characters")
    if _DOUBLED.search(pattern):
        raise bad_parameter(parameter, "the pattern is no regular expression", "nothing to repeat")
    try:
        _matcher(pattern)
    except ValueError:
        hint = "no look-around, no back-references"
        raise bad_parameter(parameter, "the pattern is no regular expression", hint) from None


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern`` is found in ``text``."""
    return bool(_matcher(pattern).is_valid(text))


def literal_prefix(pattern: str) -> str:
    """The text that everything matching begins with, so that an index can be asked for it."""
    if not pattern.startswith("^") or "|" in pattern:
        return ""
    match = _LITERAL.match(pattern, 1)
    prefix = match.group() if match else ""
    following = pattern[1 + len(prefix) : 2 + len(prefix)]
    return prefix[:-1] if following and following in _REPEAT else prefix
