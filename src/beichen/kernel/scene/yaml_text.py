"""YAML 1.2 (core schema) into documents with positions, safe against hostile text.

Built from ruamel.yaml's event stream, so that depth and size are limited before anything grows.
Packages use a part of YAML: one document a file, text keys, no tags, no merge keys. Anchors and
aliases may be used; what they expand to counts against the limit of values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document, Mark, Path
from beichen.kernel.scene.syntax import unreadable
from beichen.problem import Problem, Where, said, shorten

Event = Any  # ruamel declares the members of its events on the classes only

MAX_BYTES = 262_144  # ten times the largest that was written by hand; read in a second at worst
MAX_DEPTH = 32
MAX_VALUES = 100_000
MAX_DIGITS = 15  # every JSON reader keeps integers of this length exactly

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


class _StopError(Exception):
    """The rest of the text cannot be understood; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _spell(tag: Any) -> str:
    return str(tag).replace("tag:yaml.org,2002:", "!!")


@dataclass(slots=True)
class _Anchored:
    value: Any = None
    size: int = 0
    is_open: bool = True


@dataclass(slots=True)
class _Builder:
    """Turns one file's events into values; problems that leave the rest readable are collected."""

    file: str
    events: Iterator[Event]
    problems: list[Problem] = field(default_factory=list)
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    anchors: dict[str, _Anchored] = field(default_factory=dict)
    count: int = 0

    def where(self, mark: Mark) -> Where:
        return Where(self.file, mark.line, mark.column)

    def report(self, code: str, message: str, event: Event, hint: str = "") -> None:
        self.problems.append(Problem(code, shorten(message), self.where(_mark(event)), hint))

    def stop(self, code: str, message: str, event: Event, hint: str = "") -> _StopError:
        return _StopError(Problem(code, shorten(message), self.where(_mark(event)), hint))

    def grow(self, size: int, event: Event) -> None:
        self.count += size
        if self.count > MAX_VALUES:
            raise self.stop(
                codes.TOO_COMPLEX, said("the file holds more than {most} values", most=MAX_VALUES), event
            )

    def node(self, event: Event, path: Path) -> Any:
        """The value that starts with ``event``."""
        is_empty = isinstance(event, ScalarEvent) and not event.value and not event.style
        self.values[path] = self.keys.get(path, _mark(event)) if is_empty else _mark(event)
        if isinstance(event, AliasEvent):
            return self.alias(event)
        self.grow(1, event)
        if getattr(event, "tag", None) is not None:
            self.report(
                codes.NOT_USED,
                said("the tag {tag} is not used", tag=_spell(event.tag)),
                event,
                said("leave the tag out"),
            )
        anchored = _Anchored()
        if event.anchor:
            self.anchors[event.anchor] = anchored
        before = self.count
        if isinstance(event, ScalarEvent):
            value = self.scalar(event)
        elif len(path) >= MAX_DEPTH:
            raise self.stop(
                codes.TOO_COMPLEX, said("more than {most} levels stand in each other", most=MAX_DEPTH), event
            )
        elif isinstance(event, SequenceStartEvent):
            value = self.sequence(path)
        else:
            value = self.mapping(path)
        anchored.value, anchored.size, anchored.is_open = value, self.count - before + 1, False
        return value

    def alias(self, event: Event) -> Any:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            self.report(
                codes.BAD_ALIAS, said("no anchor &{name} stands above this alias", name=event.anchor), event
            )
            return None
        if anchored.is_open:
            self.report(
                codes.BAD_ALIAS,
                said("the alias *{name} stands inside its own anchor", name=event.anchor),
                event,
            )
            return None
        self.grow(anchored.size, event)
        return anchored.value

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self.key(event, path)
            if key in entries:
                first = self.keys[(*path, key)]
                hint = said("first in line {line}", line=first.line)
                self.report(codes.DUPLICATE_KEY, said("the key {key!r} stands twice", key=key), event, hint)
            at: Path = (*path, key)
            self.keys.setdefault(at, _mark(event))  # of a key that stands twice the first is shown
            entries[key] = self.node(next(self.events), at)
        return entries

    def key(self, event: Event, path: Path) -> str:
        """The text of a key; a key that is none is reported and stands as its text."""
        if not isinstance(event, ScalarEvent):
            self.report(codes.KEY_NOT_TEXT, said("a key must be text, not a list or mapping"), event)
            self.node(event, (*path, "?"))
            return "?"
        text = str(event.value)
        if text == "<<" and not event.style:
            self.report(
                codes.NOT_USED, said("merge keys '<<' are not used"), event, said("write the keys out")
            )
        elif not event.style and not isinstance(self.plain(text, event), str):
            self.report(
                codes.KEY_NOT_TEXT,
                said("the key {key} is not text", key=text or "null"),
                event,
                said("quote it"),
            )
        return text

    def scalar(self, event: Event) -> Any:
        return str(event.value) if event.style else self.plain(str(event.value), event)

    def plain(self, text: str, event: Event) -> Any:
        """A plain scalar by the core schema of YAML 1.2 (10.3.2)."""
        if text in _NULL:
            return None
        if text in _TRUTH:
            return _TRUTH[text]
        if _INTEGER.match(text):
            if len(text.lstrip("+-")) <= MAX_DIGITS:
                return int(text)
            self.report(
                codes.NOT_A_VALUE,
                said("the number {text} is too long", text=text),
                event,
                said("quote it if it is a code"),
            )
            return 0
        if _OTHER_BASE.match(text):
            return int(text, 0) if len(text) <= MAX_DIGITS else text
        if _FLOAT.match(text) or _NOT_FINITE.match(text):
            number = (
                float(text.replace(".inf", "inf").replace(".Inf", "inf")) if _FLOAT.match(text) else math.inf
            )
            if math.isfinite(number):
                return number
            self.report(codes.NOT_A_VALUE, said("{text} is not a number that can be kept", text=text), event)
            return 0.0
        return text


def _decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    """The text, or the reason why it is none."""
    if len(content) > MAX_BYTES:
        message = said("{size} bytes; a declaration has at most {most}", size=len(content), most=MAX_BYTES)
        return "", [Problem(codes.TOO_LARGE, message, Where(file, 1, 1), said("tables belong in CSV files"))]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        where = _where_at(before, len(before), file)
        message = said("the byte 0x{byte:02x} is not UTF-8", byte=content[error.start])
        return "", [Problem(codes.NOT_UTF8, message, where, said("save the file as UTF-8"))]
    if found := _CONTROL.search(text):
        message = said("the character U+{number:04X} cannot be used", number=ord(found.group()))
        return "", [Problem(codes.NOT_A_VALUE, message, _where_at(text, found.start(), file))]
    return text, []


def _where_at(text: str, offset: int, file: str) -> Where:
    start = text.rfind("\n", 0, offset) + 1
    return Where(file, text.count("\n", 0, offset) + 1, offset - start + 1)


def _build(text: str, builder: _Builder) -> Any:
    """The single document's value. Raises _StopError, and what ruamel raises for text that is no YAML."""
    value: Any = None
    for number, event in enumerate(_documents(builder)):
        if number:
            raise builder.stop(
                codes.NOT_USED, said("a second document starts here"), event, said("one document a file")
            )
        version = getattr(event, "version", None)
        if version not in (None, (1, 2)):
            builder.report(codes.NOT_USED, said("the text asks for another version of YAML than 1.2"), event)
        value = builder.node(next(builder.events), ())
    return value


def _documents(builder: _Builder) -> Iterator[Event]:
    for event in builder.events:
        if isinstance(event, DocumentStartEvent):
            yield event


def parse_yaml(content: bytes, *, name: str, file: str) -> tuple[Document | None, list[Problem]]:
    """The document in ``content``, and everything that is wrong with its text.

    ``file`` is the path shown to people. The document is None when the text cannot be understood at
    all; with other problems it holds what was understood.
    """
    text, problems = _decode(content, file)
    if problems:
        return None, problems
    yaml = YAML(typ="safe", pure=True)
    builder = _Builder(file, iter(yaml.parse(text)))
    try:
        value = _build(text, builder)
    except _StopError as stop:
        return None, [*builder.problems, stop.problem]
    except (MarkedYAMLError, YAMLError, ValueError, OverflowError) as error:
        return None, [*builder.problems, unreadable(error, file)]
    if value is None and not builder.problems:
        return None, [Problem(codes.EMPTY, said("the file is empty"), Where(file, 1, 1))]
    return Document(name, file, value, builder.values, builder.keys), builder.problems
