"""One spelling for characters, so that the rest of the importer meets each sign in one form only.

Folding maps every character to exactly one character: a folded text has the length of its source and
an offset in one is the same offset in the other. Digits, Latin letters and comparison signs become
half-width, sentence punctuation becomes full-width, invisible characters become spaces.
"""

from __future__ import annotations

import re
import unicodedata

_SPACES = "\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff\u3000\u2002\u2003\u2009\u202f\u0000"
_DASHES = "‐‑‒–－﹣−﹘"
_LONG_DASHES = "―─━ー"
_PAIRS = {
    "(": "（",
    ")": "）",
    "﹙": "（",
    "﹚": "）",
    ",": "，",
    "﹐": "，",
    ";": "；",
    ":": "：",
    "?": "？",
    "!": "！",
    "｡": "。",
    "､": "、",
    "﹪": "%",
    "﹥": ">",
    "﹤": "<",
    "〉": "〉",
    "≧": "≥",
    "⩾": "≥",
    "≦": "≤",
    "⩽": "≤",
    "∼": "~",
    "〜": "~",
    "～": "~",
    "＊": "*",
    "∗": "*",
    "※": "*",
    "【": "〔",
    "】": "〕",
    "［": "〔",
    "］": "〕",
    "[": "〔",
    "]": "〕",
    "「": "“",
    "」": "”",
    "『": "“",
    "』": "”",
    "〝": "“",
    "〞": "”",
    "㎡": "㎡",
    "…": "…",
}
_LINE_ENDS = "\r\n\f\v\x1c\x1d\x1e\u0085\u2028\u2029"
_KEPT = frozenset("（），；：？！。、“”‘’《》〈〉〔〕—…·㎡㎥℃‰％①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")


_THOUSANDS = re.compile(r"(?<=[0-9０-９]),(?=[0-9０-９]{3}(?![0-9０-９]))")


def _fold_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character in _SPACES:
        return " "
    if character in _DASHES:
        return "-"
    if character in _LONG_DASHES:
        return "—"
    if character in _PAIRS:
        return _PAIRS[character]
    if character == "％":
        return "%"
    if character in _KEPT:
        return character
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if len(compatible) == 1 else character


class _Table(dict[int, str]):
    """What each character becomes; decided when a character is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """The text in one spelling, character for character: ``len(fold(t)) == len(t)``.

    A comma between digits that divides thousands stays as it is. Cost is linear in the text; each
    distinct character is decided once.
    """
    folded = text.translate(_TABLE)
    places = [match.start() for match in _THOUSANDS.finditer(text)]
    if not places:
        return folded
    characters = list(folded)
    for place in places:
        characters[place] = ","
    return "".join(characters)


def is_chinese(character: str) -> bool:
    """Whether the character is an ideograph of the blocks that plans are written in."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character == "〇"


def width(text: str) -> float:
    """The printed width of a line in ideographs: Latin letters, digits and spaces are half as wide."""
    return sum(0.5 if character < "\u2000" else 1.0 for character in text)
