"""YAML 1.2 with places, and hostile text: answered in time, with problems, never with an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document, join_pointer, split_pointer
from beichen.kernel.scene.yaml_text import parse_yaml


def parse(text: str) -> Document:
    """The document of a text without a mistake."""
    document, problems = parse_yaml(text.encode(), name="a.yaml", file="a.yaml")
    assert problems == []
    assert document is not None
    return document


def codes_of(content: bytes) -> list[str]:
    """What is wrong with ``content``."""
    return [problem.code for problem in parse_yaml(content, name="a.yaml", file="a.yaml")[1]]


def place(document: Document, pointer: str) -> str:
    """Where a value stands, without its pointer."""
    return str(document.position(pointer))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("012", 12),
        ("0o14", 12),
        ("0xC", 12),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2025-05-01", "2025-05-01"),
        ("true", True),
        ("~", None),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("'12'", "12"),
        ('"a\\nb"', "a\nb"),
        ("|\n  a\n  b\n", "a\nb\n"),
        (">\n  a\n  b\n", "a b\n"),
        ("[1, [2], {c: 3}]", [1, [2], {"c": 3}]),
    ],
)
def test_values_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    """`on` and `no` are words, days are texts, octal numbers start with 0o (YAML 1.2, 10.3.2)."""
    assert parse(f"a: {text}\n").value == {"a": value}


def test_every_key_and_value_knows_its_place() -> None:
    """Lines and columns count from one, for block and flow style."""
    document = parse("a:\n  - b: {c: 1, d: 字}\n    e/f: |\n      text\ng: &x [1]\nh: *x\n")
    assert place(document, "/a/0/b/d") == "a.yaml:2:18"
    assert place(document, "/a/0") == "a.yaml:2:5"
    assert place(document, "/a/0/e~1f") == "a.yaml:3:10"
    assert str(document.key_position("/a/0/b/d")) == "a.yaml:2:15"
    assert place(document, "/h/0") == "a.yaml:6:4", "what stands behind an alias is found at the alias"
    assert place(document, "/a/0/x/y") == "a.yaml:2:5", "what does not exist is found where it would stand"
    assert place(document, "") == "a.yaml:1:1"


def test_a_byte_order_mark_and_windows_lines_do_not_move_places() -> None:
    """A file from another system has the same places."""
    document = parse("\ufeffa: 1\r\nb:\r\n  c: 2\r\n")
    assert document.value == {"a": 1, "b": {"c": 2}}
    assert place(document, "/b/c") == "a.yaml:3:6"


def test_aliases_may_be_used() -> None:
    """An anchor's value stands wherever its alias stands."""
    assert parse("a: &x {b: 1}\nc: [*x, *x]\n").value["c"] == [{"b": 1}, {"b": 1}]


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 250_000,
        b"{a: " * 65_000,
        b"- " * 130_000,
        b"? " * 130_000,
        b"&a " * 87_000,
        b"!" * 260_000,
        b"*" * 260_000,
        b"%" * 260_000,
        b"'" * 260_001,
        b"\\" * 260_000,
        b'"\\' * 130_000,
        b"a: |\n" + b" " * 260_000,
        b"#" * 260_000,
        b"a" * 260_000,
        b"\n" * 260_000,
        b"---\n" * 65_000,
        b"&a [*a]",
        b"a: &a\n  b: *a\n",
        b'a: "\\UFFFFFFFF"',
        b'a: "\\xZZ"',
        b"%YAML 99999999999999.1\n---\na",
        b"%TAG ! tag:x,2000:\n---\n!a b",
        b"\x00\x01\x02",
        b"a: \xed\xa0\x80",
        b"\xf0\x9f\x98",
        b"!!binary aGVsbG8=",
        b"!!set {a, b}",
        b"- !!python/object/apply:os.system [ls]",
        b"=: =",
        b"<<: *a",
    ],
    ids=range(30),
)
def test_hostile_text_is_answered_in_time(content: bytes) -> None:
    """Problems within three seconds of work, whatever the text."""
    started = time.process_time()
    document, problems = parse_yaml(content, name="a.yaml", file="a.yaml")
    assert problems or document is not None
    assert time.process_time() - started < 3


def test_a_bomb_of_aliases_is_stopped() -> None:
    """A text of 300 bytes that stands for a thousand million values is refused."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join(['*' + before] * 9)}]")
    assert codes_of("\n".join(lines).encode()) == [codes.TOO_COMPLEX]


def test_every_mistake_of_a_file_is_reported() -> None:
    """Mistakes that leave the rest readable do not hide the next."""
    content = b"a: 1\na: 2\n3: x\nb: *c\nd: !!str e\n"
    assert codes_of(content) == [codes.DUPLICATE_KEY, codes.KEY_NOT_TEXT, codes.BAD_ALIAS, codes.NOT_USED]


@given(st.binary(max_size=300))
def test_any_bytes_yield_a_document_or_problems(content: bytes) -> None:
    """No exception, whatever the bytes."""
    document, problems = parse_yaml(content, name="a.yaml", file="a.yaml")
    assert (document is None) <= bool(problems)


@given(st.text(alphabet="ab:-?,[]{}&*!|>'\"%@`#\\ \n\t0123.~<=_", max_size=60))
def test_any_punctuation_yields_a_document_or_problems(text: str) -> None:
    """No exception, whatever the signs."""
    document, problems = parse_yaml(text.encode(), name="a.yaml", file="a.yaml")
    assert (document is None) <= bool(problems)


@given(st.lists(st.text() | st.integers(min_value=0)))
def test_pointers_come_back_as_they_were(parts: list[str | int]) -> None:
    """Joining and splitting a pointer (RFC 6901) keeps every part."""
    assert split_pointer(join_pointer(parts)) == tuple(str(part) for part in parts)
