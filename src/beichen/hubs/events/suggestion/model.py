"""The linear model behind a classifier: arrays, and the shares that they give a text.

It needs numpy alone, which every web process holds anyway: scikit-learn, with which it is trained, would
add some hundred and sixty megabytes and five seconds to each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beichen.hubs.events.suggestion.folding import fold
from beichen.hubs.events.suggestion.ngrams import Grams, grams_of

SIZES = (1, 2, 3)
"""How many characters an n-gram has."""

LONGEST = 4_000
"""Characters of a text that are read: what it is about stands in its beginning."""

_AT_ONCE = 20_000  # characters
_WEIGHTS_AT_ONCE = 4_000_000

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What was learned.

    ``grams``: (n,) hashes in rising order; ``rarity``: (n,) inverse document frequencies;
    ``weights``: (n, labels); ``bias``: (labels,); ``sharpness``: what margins are multiplied by before
    the softmax, so that shares are as often right as they say.
    """

    labels: tuple[str, ...]
    grams: Grams
    rarity: Floats
    weights: Floats
    bias: Floats
    sharpness: float = 1.0

    def shares(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """(texts, labels): each row sums to 1, or is all 0 for a text of which no n-gram is known."""
        margins, is_known = self.margins(texts)
        return softmax(margins, self.sharpness) * is_known[:, None]

    def margins(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
        """(texts, labels) of how far a text lies on each label's side, and which texts are known at all."""
        margins = np.tile(self.bias, (len(texts), 1))
        is_known = np.zeros(len(texts), dtype=np.bool_)
        start = 0
        for block in _blocks([fold(text, LONGEST) for text in texts]):
            owners, columns, counts = known_counts(block, self.grams)
            values, heads = weighted(owners, counts, self.rarity[columns])
            present = owners[heads] + start
            is_known[present] = True
            margins[present] += self._sums(values, columns, heads)
            start += len(block)
        return margins, is_known

    def _sums(self, values: Floats, columns: NDArray[np.int64], heads: NDArray[np.int64]) -> Floats:
        """The weights of each text's n-grams, multiplied and added up; in strips that fit into memory."""
        sums = np.zeros((heads.size, len(self.labels)), dtype=np.float32)
        if not heads.size:
            return sums
        width = max(1, _WEIGHTS_AT_ONCE // max(1, values.size))
        for left in range(0, len(self.labels), width):
            strip = self.weights[:, left : left + width][columns] * values[:, None]
            sums[:, left : left + width] = np.add.reduceat(strip, heads, axis=0)
        return sums


def known_counts(
    folded: Sequence[str], grams: Grams
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Per text and known n-gram, sorted: the text's number, the n-gram's place in ``grams``, how often."""
    found, owners = grams_of(folded, SIZES)
    places = np.searchsorted(grams, found)
    places[places == grams.size] = 0
    is_known = grams[places] == found if grams.size else np.zeros(found.size, dtype=np.bool_)
    pairs, counts = np.unique(owners[is_known] * max(1, grams.size) + places[is_known], return_counts=True)
    return pairs // max(1, grams.size), pairs % max(1, grams.size), counts


def weighted(
    owners: NDArray[np.int64], counts: NDArray[np.int64], rarity: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Values of the n-grams (1 + ln count, times rarity, each text of length 1), and where texts begin."""
    heads = np.flatnonzero(np.diff(owners, prepend=-1))
    values = (1 + np.log(counts)).astype(np.float32) * rarity
    if heads.size:
        lengths = np.sqrt(np.add.reduceat(values * values, heads))
        values = values / np.repeat(lengths, np.diff(heads, append=owners.size))
    return values, heads


def softmax(margins: Floats, sharpness: float) -> NDArray[np.float64]:
    """Shares of each row, which sum to 1."""
    scaled = margins.astype(np.float64) * sharpness
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _blocks(folded: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    size = 0
    for text in folded:
        block.append(text)
        size += len(text)
        if size >= _AT_ONCE:
            yield block
            block, size = [], 0
    if block:
        yield block
