"""The permissions that rooms declare: an action's name and what it means, in both languages.

A room declares its own at import time, ``READ = permission("plan.read", "查看规划", "Read the plan")``,
and uses the returned name. A decision about an undeclared action is a programming error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9-]*)+\Z")
_declared: dict[str, Permission] = {}


@dataclass(frozen=True, slots=True)
class Permission:
    """An action's name and its meaning."""

    name: str
    zh: str
    en: str


def permission(name: str, zh: str, en: str) -> str:
    """Declare an action and return its name. Raises ValueError when it is malformed or differs."""
    if not _NAME.match(name):
        raise ValueError(f"permission {name!r} is not of the form room.noun.verb")
    wanted = Permission(name, zh, en)
    if _declared.setdefault(name, wanted) != wanted:
        raise ValueError(f"permission {name} is declared twice")
    return name


def declared() -> Mapping[str, Permission]:
    """All permissions of the rooms imported so far."""
    return dict(_declared)


def allows(granted: Iterable[str], action: str) -> bool:
    """Whether a role's entries together include ``action``: one covers it and none takes it back.

    An entry that begins with ``-`` takes back (``plan.*`` with ``-plan.adjustment.ratify``).
    """
    return _allows(tuple(granted), action)


@lru_cache(maxsize=16_384)
def _allows(names: tuple[str, ...], action: str) -> bool:
    """Found once for the same words: a page asks some hundred times, and each walks a role's entries."""
    taken = any(name.startswith("-") and covers(name[1:], action) for name in names)
    return not taken and any(covers(name, action) for name in names)


def covers(granted: str, action: str) -> bool:
    """Whether a role's entry (``plan.read``, ``plan.*`` or ``*``) includes ``action``."""
    if granted == "*" or granted == action:
        return True
    return granted.endswith(".*") and action.startswith(granted[:-1])
