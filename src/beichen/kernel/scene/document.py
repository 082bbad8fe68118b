"""One YAML file as values, with the line and column of every key and every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from beichen.problem import Where

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text; ``line`` and ``column`` count from one."""

    line: int
    column: int


def split_pointer(pointer: str | Sequence[str | int]) -> Path:
    """The parts of a JSON pointer (RFC 6901), unescaped; a sequence of parts is taken as it is."""
    if not isinstance(pointer, str):
        return tuple(pointer)
    if not pointer:
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/"))


def join_pointer(path: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of ``path``."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's value (mappings, lists, text, numbers, truth values, null) and where each part stands.

    ``file`` is the path that people are shown; ``name`` is the path within the package, with slashes.
    """

    name: str
    file: str
    value: Any
    values: Mapping[Path, Mark] = field(repr=False)
    keys: Mapping[Path, Mark] = field(repr=False)

    def _place(self, pointer: str | Sequence[str | int], marks: Mapping[Path, Mark]) -> Where:
        asked = tuple(str(part) for part in split_pointer(pointer))
        path: Path = ()
        for part in asked:  # list indexes are numbers in the marks
            step = (*path, int(part)) if part.isdecimal() and (*path, int(part)) in self.values else ()
            path = step or (*path, part)
        known = path
        while known and known not in marks and known not in self.values:
            known = known[:-1]  # what stands behind an alias is reported where the alias stands
        mark = marks.get(known) or self.values.get(known) or Mark(1, 1)
        return Where(self.file, mark.line, mark.column, join_pointer(asked))

    def position(self, pointer: str | Sequence[str | int] = "") -> Where:
        """Where the value at ``pointer`` starts; the nearest part above it when it does not exist."""
        return self._place(pointer, self.values)

    def key_position(self, pointer: str | Sequence[str | int]) -> Where:
        """Where the key at ``pointer`` starts; a list's item where the item starts."""
        return self._place(pointer, self.keys)
