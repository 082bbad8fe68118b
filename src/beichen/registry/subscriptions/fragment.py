"""A fragment of a subscription (clause 5.8.2), merged into what is stored with its names expanded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beichen.problem import ProblemError
from beichen.registry.document.names import NULL
from beichen.registry.problems import bad_data
from beichen.registry.subscriptions.conditions import Names

_READ_ONLY = frozenset({"status", "createdAt", "modifiedAt", "@context"})


@dataclass(slots=True)
class StoredNames:
    """Expands the names of a fragment, and leaves those that are stored already."""

    context: Names
    stored: frozenset[str]

    def expand(self, name: str) -> str:
        """The stored name."""
        return name if name in self.stored else self.context.expand(name)


def stored_names(document: dict[str, Any]) -> frozenset[str]:
    """The names that a stored subscription document holds."""
    notification = document["notification"]
    found = {item["type"] for item in document.get("entities", [])}
    found |= set(document.get("watchedAttributes", ()))
    for name in ("attributes", "pick", "omit"):
        found |= set(notification.get(name, ()))
    return frozenset(found)


def merged(present: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A subscription with the members of a fragment; null removes (clause 5.8.2).

    Raises ProblemError REG-101 when the fragment's id or type is another's.
    """
    if patch.get("id", present["id"]) != present["id"]:
        raise ProblemError(bad_data("the id cannot be changed", "/id"))
    found = dict(present)
    for name, value in patch.items():
        if name in _READ_ONLY:
            continue
        if value is None or value == NULL:
            found.pop(name, None)
        else:
            found[name] = value
    if patch.get("notification", present) in (None, NULL):
        raise ProblemError(bad_data("a subscription has a notification", "/notification"))
    return found
