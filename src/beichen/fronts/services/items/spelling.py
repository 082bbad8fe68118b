"""Names as they are typed in Latin letters: pinyin and initials, made when a scene is installed."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 60
_HAN = re.compile(r"[\u3400-\u9fff]")
_PLAIN = re.compile(r"[\W_]+")


def spelt(names: Iterable[str]) -> list[list[str]]:
    """Of each name that holds Chinese: itself, its pinyin, its initials: ``["长春", "changchun", "cc"]``."""
    from pypinyin import Style, lazy_pinyin  # 55 MB, for whoever installs scenes alone

    found = []
    for name in names:
        if _HAN.search(name):
            text = name[:LONGEST]
            whole, initials = lazy_pinyin(text), lazy_pinyin(text, style=Style.FIRST_LETTER)
            found.append([name, plain("".join(whole)), plain("".join(initials))])
    return found


def plain(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return _PLAIN.sub("", text).casefold()


def letter_of(spellings: list[list[str]], name: str) -> str:
    """The letter under which a name stands in an alphabet: A to Z, else ``#``."""
    own = next((initials for text, _whole, initials in spellings if text == name), plain(name))
    first = own[:1].upper()
    return first if "A" <= first <= "Z" else "#"
