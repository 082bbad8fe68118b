"""The words for each kind of mistake that a schema can find, at its place."""

from __future__ import annotations

from typing import Any

import pytest

from beichen.kernel.scene import codes
from beichen.kernel.scene.validation import validate
from beichen.kernel.scene.vocabulary import FIELD, KEY, TEXT, mapping_of, record
from beichen.kernel.scene.yaml_text import parse_yaml
from beichen.problem import MESSAGE_LIMIT, Said

NAMED = {"anyOf": [{"type": "string"}, TEXT]}
CHOICE = {
    "oneOf": [record({"to": KEY}, {"when": {"type": "string"}}), record({"grade": {"type": "integer"}})]
}


def told(schema: dict[str, Any], text: str) -> list[tuple[str, str, str, str]]:
    """``(code, line:column, message, hint)`` of each mistake of a value under the key ``a``."""
    document, problems = parse_yaml(f"a: {text}\n".encode(), name="f", file="f")
    assert document is not None
    assert problems == []
    found = validate(document, {"type": "object", "properties": {"a": schema}})
    assert all(len(problem.message) <= MESSAGE_LIMIT for problem in found)
    assert all(isinstance(problem.message, Said) for problem in found), (
        "said, so that a page can translate it"
    )
    return [
        (problem.code, f"{problem.where.line}:{problem.where.column}", problem.message, problem.hint)
        for problem in found
    ]


@pytest.mark.parametrize(
    ("schema", "text", "code", "place", "message", "hint"),
    [
        ({"type": "integer"}, "x", codes.WRONG_TYPE, "1:4", "found 'x', expected a whole number", ""),
        (
            {"type": "integer"},
            "1.5",
            codes.WRONG_TYPE,
            "1:4",
            "found the number 1.5, expected a whole number",
            "",
        ),
        ({"type": "boolean"}, "yes", codes.WRONG_TYPE, "1:4", "found 'yes', expected true or false", ""),
        ({"type": "string"}, "true", codes.WRONG_TYPE, "1:4", "found true, expected text", ""),
        ({"type": "string"}, "12", codes.WRONG_TYPE, "1:4", "found the number 12, expected text", "quote it"),
        ({"const": "on"}, "off", codes.NOT_A_CHOICE, "1:4", "'off' is not valid here", "one of: on"),
        ({"exclusiveMinimum": 0}, "0", codes.OUT_OF_RANGE, "1:4", "the number 0 is too small", "more than 0"),
        ({"exclusiveMaximum": 9}, "9", codes.OUT_OF_RANGE, "1:4", "the number 9 is too large", "less than 9"),
        ({"multipleOf": 5}, "7", codes.OUT_OF_RANGE, "1:4", "the number 7 is not a multiple of 5", ""),
        ({"minItems": 2}, "[1]", codes.OUT_OF_RANGE, "1:4", "the list is too short", "at least 2 items"),
        ({"maxItems": 1}, "[1, 2]", codes.OUT_OF_RANGE, "1:4", "the list is too long", "at most 1 items"),
        ({"minProperties": 1}, "{}", codes.OUT_OF_RANGE, "1:4", "the mapping has too few keys", "at least 1"),
        (
            {"maxProperties": 0},
            "{b: 1}",
            codes.OUT_OF_RANGE,
            "1:4",
            "the mapping has too many keys",
            "at most 0",
        ),
        ({"uniqueItems": True}, "[1, 2, 1]", codes.NOT_ALLOWED, "1:11", "the number 1 stands twice", ""),
        (
            {"properties": {"b": False}},
            "{b: 1}",
            codes.UNKNOWN_KEY,
            "1:5",
            "the key 'b' has no place here",
            "",
        ),
        (
            KEY,
            "Aa",
            codes.WRONG_FORM,
            "1:4",
            "'Aa' does not have the right form",
            f"expected {KEY['x-form']}",
        ),
        (
            mapping_of({}, FIELD),
            "{A-b: 1}",
            codes.BAD_NAME,
            "1:5",
            "'A-b' is not a name",
            f"expected {FIELD['x-form']}",
        ),
        (NAMED, "7", codes.WRONG_TYPE, "1:4", "found the number 7, expected a mapping or text", ""),
        (NAMED, "{zh: 名}", codes.MISSING_KEY, "1:1", "the key 'en' is missing", ""),
        (NAMED, "{zh: 名, en: n, fr: x}", codes.UNKNOWN_KEY, "1:19", "unknown key 'fr'", ""),
        (
            CHOICE,
            "{to: desk, wen: x}",
            codes.UNKNOWN_KEY,
            "1:15",
            "unknown key 'wen'",
            "did you mean 'when'?",
        ),
        (CHOICE, "{grade: x}", codes.WRONG_TYPE, "1:12", "found 'x', expected a whole number", ""),
        (
            {"dependentRequired": {"b": ["c"]}},
            "{b: 1}",
            codes.MISSING_KEY,
            "1:1",
            "the key 'c' is missing",
            "",
        ),
    ],
)
def test_a_mistake_is_told_in_plain_words(
    schema: dict[str, Any], text: str, code: str, place: str, message: str, hint: str
) -> None:
    assert told(schema, text) == [(code, place, message, hint)]


def test_mistakes_come_in_the_order_of_the_lines() -> None:
    """All of them, and at one place in the order of the schema."""
    schema = record({"b": {"type": "integer"}, "c": {"type": "integer"}, "d": {}})
    assert [row[1] for row in told(schema, "\n  c: x\n  b: y\n  e: z")] == ["1:1", "2:6", "3:6", "4:3"]
    assert [row[2] for row in told(record({"x": {}, "b": {}, "m": {}}), "{}")] == [
        "the key 'x' is missing",
        "the key 'b' is missing",
        "the key 'm' is missing",
    ]


def test_a_long_value_does_not_fill_the_message() -> None:
    """What was found is shortened."""
    ((_code, _place, message, _hint),) = told({"enum": ["a"]}, "x" * 500)
    assert message == f"'{'x' * 38}… is not valid here"


def test_a_part_of_a_document_is_checked_at_its_place() -> None:
    """A step's own schema speaks of the step; the place is in the file."""
    document, _problems = parse_yaml(b"then:\n  - {b: 1}\n", name="f", file="f")
    assert document is not None
    (problem,) = validate(document, record({"b": {"type": "string"}}), ("then", 0), {"b": 1})
    assert str(problem.where) == "f:2:9"
    assert problem.where.pointer == "/then/0/b"
