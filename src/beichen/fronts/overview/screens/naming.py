"""Names that are asked for: what something is called, and how near a few words come to it.

Hundreds of names are looked through for each question: they stay in memory, folded once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from django.core.cache import cache

T = TypeVar("T")
SECONDS = 300
_memory: dict[str, tuple[str, Any]] = {}


def kept(key: str, make: Callable[[], T]) -> T:
    """What ``make`` gives, made anew by each process when the shared cache forgets its stamp: after
    :data:`SECONDS`. To read it from the cache itself would take longer than to look through it."""
    stamp: str | None = cache.get(key)
    known = _memory.get(key)
    if stamp is not None and known is not None and known[0] == stamp:
        found: T = known[1]
        return found
    made = make()
    if stamp is None:
        stamp = secrets.token_hex(8)
        cache.set(key, stamp, SECONDS)
    _memory[key] = (stamp, made)
    return made


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called in Chinese and in English, what else it is called, and its address."""

    name: str
    name_en: str
    href: str
    words: tuple[str, ...] = ()
    folded: tuple[str, ...] = field(init=False)
    together: str = field(init=False)

    def __post_init__(self) -> None:
        folded = tuple(one.casefold() for one in (self.name, self.name_en, *self.words))
        object.__setattr__(self, "folded", folded)
        object.__setattr__(self, "together", "\n".join(folded))


@lru_cache(maxsize=2_048)
def name_of(name: str, name_en: str, href: str, words: tuple[str, ...] = ()) -> Name:
    """The same name for the same words, so that what is not kept is folded once too."""
    return Name(name, name_en, href, words)


def rank(words: list[str], one: Name, spelt: Mapping[str, str]) -> int:
    """4: the name itself; 3: its beginning; 2: the beginning of a word of it; 1: within; 0: not.

    ``spelt`` are names in pinyin, if the words may be that.
    """
    found = 0
    if words[0] in one.together:
        found = max(_rank(words, name) for name in one.folded)
    if spelt and found < 3:
        typed = "".join(words)
        keys = (spelt.get(name, "") for name in (one.name, *one.words))
        found = max([found, *(_rank_spelt(typed, each) for each in keys if typed in each)])
    return found


def _rank(words: list[str], name: str) -> int:
    if not all(word in name for word in words):
        return 0
    whole = " ".join(words)
    if name == whole:
        return 4
    if name.startswith(whole):
        return 3
    return 2 if any(part.startswith(words[0]) for part in name.split()) else 1


def _rank_spelt(typed: str, keys: str) -> int:
    """The same of pinyin, whole or initials; a name's inner letters count from three on."""
    if len(typed) < 2:
        return 0
    several = keys.split()
    if typed in several:
        return 3
    if any(key.startswith(typed) for key in several):
        return 2
    return 1 if len(typed) > 2 and any(typed in key for key in several) else 0
