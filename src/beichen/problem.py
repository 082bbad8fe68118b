"""The one shape of everything that is wrong: on a terminal, over HTTP, in a form.

A problem says where, what was found, what was expected and what to do next. The same object prints
as ``file:line:column``, goes out as an RFC 9457 problem document and stands beside a form field, so
that there is one validator and one wording.

Codes are ``ROOM-NNN`` (three letters, three digits). Every code that is raised is registered with
:func:`code` at import time, has a heading in ``docs/problems.md`` and a test that raises it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

MESSAGE_LIMIT = 80
DOCS = "https://beichen.example/problems/"
_CODE = re.compile(r"[A-Z]{3}-\d{3}\Z")
_registered: dict[str, CodeEntry] = {}


class Said(str):
    """An English sentence that remembers its template and values, so that a page can say it anew.

    Everywhere else it is the text. ``limit`` is where :func:`shorten` cuts it, in whatever language.
    """

    __slots__ = ("limit", "template", "values")

    template: str
    values: Mapping[str, object]
    limit: int | None

    def __new__(cls, template: str, values: Mapping[str, object], limit: int | None = None) -> Self:
        text = super().__new__(cls, _cut(template.format(**values), limit))
        text.template, text.values, text.limit = template, values, limit
        return text

    def __reduce__(self) -> tuple[type[Self], tuple[str, dict[str, object], int | None]]:
        return type(self), (self.template, dict(self.values), self.limit)

    def within(self, translated: str, values: Mapping[str, object]) -> str:
        """The sentence of another language's template, cut like this one."""
        return _cut(translated.format(**values), self.limit)


def said(template: str, /, **values: object) -> str:
    """A message or hint of a problem: ``said("{found!r} is no unit", found=text)``.

    ``template`` stands literally in the call, so that its translation is demanded; a value may itself
    be :func:`said` and is then translated with the sentence.
    """
    return Said(template, values)


class Level(StrEnum):
    """How much a problem stops."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A registered problem code: what it means and the HTTP status it becomes."""

    code: str
    title: str
    status: int


def code(value: str, title: str, *, status: int = 400) -> str:
    """Register a problem code and return it.

    Raises ValueError when the code is malformed or was registered with another title.
    """
    if not _CODE.match(value):
        raise ValueError(f"problem code {value!r} is not of the form ABC-123")
    entry = CodeEntry(value, title, status)
    if _registered.setdefault(value, entry) != entry:
        raise ValueError(f"problem code {value} is registered twice")
    return value


def registered_codes() -> Mapping[str, CodeEntry]:
    """All codes of the modules imported so far, by code."""
    return dict(_registered)


@dataclass(frozen=True, slots=True)
class Where:
    """A place: a file position, a JSON pointer, or a row and column of a table.

    ``line`` and ``column`` count from one, ``start`` and ``end`` are character offsets from zero.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    pointer: str | None = None
    row: int | None = None
    field: str | None = None
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        if self.file is not None:
            parts = [self.file, *(str(n) for n in (self.line, self.column) if n is not None)]
            return ":".join(parts)
        if self.pointer is not None:
            return self.pointer or "/"
        if self.row is not None:
            return f"row {self.row}" + (f", {self.field}" if self.field else "")
        return self.field or ""

    def as_dict(self) -> dict[str, Any]:
        """The members that are known, for JSON."""
        names = ("file", "line", "column", "pointer", "row", "field", "start", "end")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, a place, a short message and a hint."""

    code: str
    message: str
    where: Where = field(default_factory=Where)
    hint: str = ""
    level: Level = Level.ERROR

    def __post_init__(self) -> None:
        if self.code not in _registered:
            raise ValueError(f"problem code {self.code} is not registered")

    @property
    def status(self) -> int:
        """The HTTP status this problem becomes."""
        return _registered[self.code].status

    @property
    def title(self) -> str:
        """The sentence that is the same for every problem of this code."""
        return _registered[self.code].title

    @property
    def docs(self) -> str:
        """The page that explains this code."""
        return f"{DOCS}#{self.code.lower()}"

    def __str__(self) -> str:
        place = f"{self.where}: " if str(self.where) else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.level}: {self.code} {self.message}{hint}"

    def as_dict(self) -> dict[str, Any]:
        """An RFC 9457 problem document, with ``code``, ``where`` and ``hint`` as extensions."""
        document: dict[str, Any] = {
            "type": self.docs,
            "title": self.title,
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            "level": str(self.level),
        }
        if where := self.where.as_dict():
            document["where"] = where
        if self.hint:
            document["hint"] = self.hint
        return document


def kept(problem: Problem) -> dict[str, Any]:
    """A problem as a JSON column keeps it: its document, and what its sentences remember."""
    said_of = {"message": memory_of(problem.message), "hint": memory_of(problem.hint)}
    return {**problem.as_dict(), "said": {name: memory for name, memory in said_of.items() if memory}}


def restored(document: Mapping[str, Any]) -> Problem:
    """The problem that :func:`kept` wrote; one written before sentences had a memory is plain English."""
    memories = document.get("said", {})
    message, hint = (
        remembered(memories[name]) if name in memories else str(document.get(member, ""))
        for name, member in (("message", "detail"), ("hint", "hint"))
    )
    where = Where(**document.get("where", {}))
    return Problem(document["code"], message, where, hint, Level(document["level"]))


def memory_of(text: str) -> dict[str, Any] | None:
    """What a sentence remembers, as a JSON column keeps it; None for plain text."""
    if not isinstance(text, Said):
        return None
    values = {
        name: (
            memory_of(value) if isinstance(value, Said) else value if isinstance(value, int) else str(value)
        )
        for name, value in text.values.items()
    }
    return {"template": text.template, "values": values, "limit": text.limit}


def remembered(memory: Mapping[str, Any]) -> Said:
    """The sentence of which :func:`memory_of` told."""
    values = {
        name: remembered(value) if isinstance(value, dict) else value
        for name, value in memory["values"].items()
    }
    return Said(memory["template"], values, memory["limit"])


class ProblemError(Exception):
    """Raised when something cannot be done; carries every problem that was found, not the first."""

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a ProblemError needs at least one problem")
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    @property
    def status(self) -> int:
        """The HTTP status of the first problem."""
        return self.problems[0].status

    def as_dict(self) -> dict[str, Any]:
        """One RFC 9457 document; further problems stand in its ``errors`` member."""
        document = self.problems[0].as_dict()
        if len(self.problems) > 1:
            document["errors"] = [problem.as_dict() for problem in self.problems]
        return document


def nearest(word: str, valid: Iterable[str]) -> str:
    """A hint that names the valid word closest to ``word``, or lists some valid words."""
    words = sorted(set(valid))
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return said("did you mean {word!r}?", word=close[0])
    if not words:
        return ""
    shown = ", ".join(words[:8]) + (", …" if len(words) > 8 else "")
    return said("one of: {words}", words=shown)


def shorten(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """``text`` on one line and at most ``limit`` characters, the end marked when cut."""
    if isinstance(text, Said):
        return Said(text.template, text.values, limit if text.limit is None else min(limit, text.limit))
    return _cut(text, limit)


def _cut(text: str, limit: int | None) -> str:
    if limit is None:
        return text
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
