"""The query language's syntax tree (clause 4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

EQUALITY = frozenset({"==", "!="})
PATTERN = frozenset({"~=", "!~="})
ABSENT = "!"  # the path leads nowhere
ORDERING = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text."""

    value: str


@dataclass(frozen=True, slots=True)
class Time:
    """A date, time or date and time; ``seconds`` since 1970 where it is one."""

    value: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A URI, or any other unquoted text."""

    value: str


Plain = Number | Text | Time | Truth | Word


@dataclass(frozen=True, slots=True)
class Between:
    """A range, both ends included."""

    low: Plain
    high: Plain


@dataclass(frozen=True, slots=True)
class OneOf:
    """A list of values."""

    values: tuple[Plain, ...]


Operand = Plain | Between | OneOf


@dataclass(frozen=True, slots=True)
class Path:
    """``name.sub.sub[key.key]``: an attribute, attributes of it, and members of a compound value."""

    name: str
    subs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is an attribute's own value, as the value index keeps it."""
        return not self.subs and not self.keys


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison, or the question whether the path exists when ``operator`` is empty, or does not."""

    path: Path
    operator: str = ""
    operand: Operand | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some part holds."""

    parts: tuple[Node, ...]


Node = Term | All | AnyOf


def terms_of(node: Node) -> Iterator[Term]:
    """All terms of a tree."""
    if isinstance(node, Term):
        yield node
        return
    for part in node.parts:
        yield from terms_of(part)


def needed_names(node: Node) -> list[set[str]]:
    """Sets of attributes of which a matching object has at least one each."""
    if isinstance(node, Term):
        return [] if node.operator == ABSENT else [{node.path.name}]
    if isinstance(node, All):
        return [names for part in node.parts for names in needed_names(part)]
    needed = [needed_names(part) for part in node.parts]
    if not all(needed):
        return []
    return [set.union(*(set.union(*names) for names in needed))]
