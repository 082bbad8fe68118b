"""What a page sends, read into answers: flat names (``partners.0.name``) into groups, lists and typed values.

What cannot be read as a number stays a text, so that the declaration itself says what is wrong with it. What
is blank is not answered. The browser's `answers.js` reads the same way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from beichen.fronts.services.forms.judging import Answers
from beichen.fronts.services.forms.schema import MOST_CHOICES, MOST_ROWS

Given = Mapping[str, Sequence[str]]
LONGEST = 20_000
COUNT = "count"
"""``partners.count`` says how many rows there are."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?\Z")
_LINES = re.compile(r"\r\n|[\n\r]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\ud800-\udfff\ufeff]")


def read_answers(schema: Mapping[str, Any], given: Given, before: str = "") -> Answers:
    """The answers of an object whose fields' names begin with ``before``."""
    found: Answers = {}
    for name, field in schema["properties"].items():
        value = _READ[field["type"]](field, given, before + name)
        if value is not None:
            found[name] = value
    return found


def rows_of(field: Mapping[str, Any], given: Given, name: str) -> int:
    """How many rows a list has on the page: as many as were added, at most as many as it may."""
    text = _one(given, f"{name}.{COUNT}")
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    return max(0, min(count, bounds_of(field)[1]))


def shown_rows(field: Mapping[str, Any], given: Given, name: str) -> int:
    """How many rows a page shows: those that were added, and never fewer than the list must have."""
    return max(rows_of(field, given, name), bounds_of(field)[0])


def bounds_of(field: Mapping[str, Any]) -> tuple[int, int]:
    """How many rows a list has at least and at most."""
    most = min(int(field.get("maxItems", MOST_ROWS)), MOST_ROWS)
    return min(int(field.get("minItems", 0)), most), most


def _one(given: Given, name: str) -> str:
    values = given.get(name, ())
    return cleaned(values[-1]) if values else ""


def cleaned(text: str) -> str:
    """The text without blanks round it and characters that nobody sees, lines ended as JSON has them."""
    return _CONTROLS.sub("", text[:LONGEST].replace("\r\n", "\n")).strip()


def _text(field: Mapping[str, Any], given: Given, name: str) -> str | None:
    text = _one(given, name)
    if field.get("format") in ("identity-number", "credit-code"):
        text = text.upper().replace(" ", "")
    return text or None


def _number(_field: Mapping[str, Any], given: Given, name: str) -> float | int | str | None:
    text = _one(given, name)
    if not text or not _NUMBER.match(text):
        return text or None
    value = float(text)
    return int(value) if value == int(value) else value


def _yes(field: Mapping[str, Any], given: Given, name: str) -> bool | str | None:
    text = _one(given, name)
    return {"true": True, "on": True, "false": False}.get(text, text) if text else None


def _several(field: Mapping[str, Any], given: Given, name: str) -> list[Any] | None:
    if field["items"]["type"] == "object":
        count = rows_of(field, given, name)
        return [read_answers(field["items"], given, f"{name}.{number}.") for number in range(count)]
    sent = given.get(name, ())[:MOST_CHOICES]
    if "enum" not in field["items"]:  # one a line
        sent = [line for one in sent for line in _LINES.split(one)][:MOST_CHOICES]
    values = [text for one in sent if (text := cleaned(one))]
    return list(dict.fromkeys(values)) or None


def _group(field: Mapping[str, Any], given: Given, name: str) -> Answers:
    return read_answers(field, given, f"{name}.")


_READ = {
    "string": _text,
    "number": _number,
    "integer": _number,
    "boolean": _yes,
    "array": _several,
    "object": _group,
}


def flat(schema: Mapping[str, Any], answers: Mapping[str, Any], before: str = "") -> dict[str, list[str]]:
    """The names and texts with which a page would send ``answers``."""
    found: dict[str, list[str]] = {}
    for name, field in schema["properties"].items():
        if name not in answers:
            continue
        found |= _flat(field, answers[name], before + name)
    return found


def _flat(field: Mapping[str, Any], value: Any, name: str) -> dict[str, list[str]]:
    if field["type"] == "object":
        return flat(field, value, f"{name}.")
    if field["type"] == "array" and field["items"]["type"] == "object":
        found = {f"{name}.{COUNT}": [str(len(value))]}
        for number, row in enumerate(value):
            found |= flat(field["items"], row, f"{name}.{number}.")
        return found
    if isinstance(value, list):
        return {name: [str(one) for one in value]}
    return {name: [_spelled(value)]}


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)
