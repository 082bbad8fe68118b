"""Which texts speak of the same thing: how alike two are, what they share, and where to look for more.

What a message is about (a place and a trouble) stands in its title and first sentences; compared are the
openings, without the words that nearly every message holds. See docs/decisions/0012.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
from rapidfuzz import fuzz

from beichen.hubs.events.suggestion.folding import fold, pieces
from beichen.hubs.events.suggestion.ngrams import grams_of

OPENING = 400
"""Characters of a text that are looked at."""

ALIKE = 0.4
"""From here on the most alike candidate mostly is the same thing (four of five; decision 0012)."""

BANDS = 32
"""The most bands that a text has."""

_PLAIN = 80  # characters that the edit distance compares
_CONTENT = 160  # and that the shared pieces are counted in
_SHINGLE = 3
_SHINGLES = 60
_SHORTEST_SHARED = 2
_PARTICLES = "的了是我你您他她它们在有与就都也很这那个着过请"


def similarity(a: str, b: str) -> float:
    """How alike two texts are, from 0 to 1; symmetric, and 1 for equal openings.

    The mean of two views: how much of the opening stays when one is edited into the other (rapidfuzz), and
    how many of the character pairs and triples of what they speak of are common to both (cosine).
    """
    if fold(a, OPENING) == fold(b, OPENING):
        return 1.0
    one, other = pieces(a, OPENING), pieces(b, OPENING)
    if not one or not other:
        return 0.0
    edited = fuzz.ratio(" ".join(one)[:_PLAIN], " ".join(other)[:_PLAIN]) / 100
    return (edited + _cosine(_parts(one), _parts(other))) / 2


def bands(text: str) -> list[int]:
    """Up to :data:`BANDS` signed 64-bit numbers, rising; alike texts share at least one of them.

    They are the smallest hashes of the character triples in the opening (a bottom-k sketch): of their common
    triples two texts tend to keep the same. A text too short for a triple has its pairs and characters
    instead; one that says nothing has none.
    """
    opening = [" ".join(_triples(text))]
    found, _owners = grams_of(opening, (_SHINGLE,))
    if not found.size:
        found, _owners = grams_of(opening, range(1, _SHINGLE))
    return [int(band) for band in np.sort(np.unique(found)[:BANDS].view(np.int64))]


def shared_words(a: str, b: str, most: int = 5) -> list[str]:
    """The ``most`` longest fragments that both texts hold, of two characters and more, without overlap.

    For a person who asks why two texts are called alike: the longest first, in any order of the texts.
    """
    one, other = sorted((fold(a, OPENING), fold(b, OPENING)))
    one, other = one.replace(" ", "\0"), other.replace(" ", "\n")
    words: set[str] = set()
    while len(words) < most:
        block = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
        if block.size < _SHORTEST_SHARED:
            break
        word = one[block.a : block.a + block.size].strip(_PARTICLES)
        if len("".join(pieces(word, OPENING))) >= _SHORTEST_SHARED:
            words.add(word)
        one = one[: block.a] + "\0" + one[block.a + block.size :]
        other = other[: block.b] + "\n" + other[block.b + block.size :]
    return sorted(words, key=lambda word: (-len(word), word))


def _triples(text: str) -> list[str]:
    """The pieces of the opening up to the sixtieth triple."""
    chosen, left = [], _SHINGLES
    for piece in pieces(text, OPENING):
        piece = piece[: left + _SHINGLE - 1]
        chosen.append(piece)
        left -= max(0, len(piece) - _SHINGLE + 1)
        if left <= 0:
            break
    return chosen


def _parts(found: list[str]) -> set[str]:
    parts: set[str] = set()
    left = _CONTENT
    for piece in found:
        piece = piece[: max(0, left)]
        parts.update(piece[at : at + size] for size in (2, 3) for at in range(len(piece) - size + 1))
        left -= len(piece)
    return parts


def _cosine(one: set[str], other: set[str]) -> float:
    if not one or not other:
        return 0.0
    return float(len(one & other) / (len(one) * len(other)) ** 0.5)
