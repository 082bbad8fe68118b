"""Entity ordering (clause 4.23): ``name;desc,createdAt``; sorts what a query found, nulls last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from beichen.registry.document.names import is_name
from beichen.registry.document.representation import Stamps
from beichen.registry.problems import bad_parameter
from beichen.registry.query.evaluation import targets
from beichen.registry.query.terms import Path

KEY_LIMIT = 5
_TIMES = frozenset({"createdAt", "modifiedAt"})


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key and its direction."""

    path: Path
    is_descending: bool


def parse_ordering(text: str, expand: Callable[[str], str]) -> list[Ordering]:
    """The keys of orderBy. Raises ProblemError REG-101."""
    if not text:
        return []
    found = []
    for part in text.split(","):
        name, semicolon, direction = part.partition(";")
        if semicolon and direction not in {"asc", "desc"}:
            raise bad_parameter("orderBy", f"{direction[:20]!r} is not asc or desc")
        names = [name] if "://" in name else name.split(".")
        if not all(is_name(item) for item in names):
            raise bad_parameter("orderBy", f"{name[:40]!r} is no path to an attribute")
        path = Path(expand(names[0]), tuple(map(expand, names[1:])))
        found.append(Ordering(path, direction == "desc"))
    if len(found) > KEY_LIMIT:
        raise bad_parameter("orderBy", f"at most {KEY_LIMIT} keys")
    return found


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, bool):
        return 0, value
    if isinstance(value, (int, float)):
        return 1, value
    return (2, value) if isinstance(value, str) else (3, "")


def _key(path: Path, document: dict[str, Any], stamps: Stamps) -> tuple[int, Any] | None:
    if path.name in _TIMES:
        return 2, stamps.created if path.name == "createdAt" else stamps.modified
    if path.subs and path.subs[-1] in _TIMES and len(path.subs) == 1:
        created, modified = stamps.attribute(path.name, "")
        has = path.name in document
        return (2, created if path.subs[0] == "createdAt" else modified) if has else None
    for values, _ in targets(path, document):
        return _rank(values[0])
    return None


def order(
    found: Sequence[tuple[Any, dict[str, Any], Stamps]], ordering: Sequence[Ordering]
) -> list[tuple[Any, dict[str, Any], Stamps]]:
    """``found`` sorted by the keys, the first key first; objects without a value come last."""
    ordered = list(found)
    for item in reversed(ordering):
        keyed = [
            (_key(item.path, document, stamps), (row, document, stamps)) for row, document, stamps in ordered
        ]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: pair[0] or (0, 0), reverse=item.is_descending)
        ordered = [entry for _, entry in known] + [entry for key, entry in keyed if key is None]
    return ordered
