"""Learning from closed cases, by scikit-learn: a linear support vector machine over character n-grams.

Its margins become shares by one number, the sharpness, chosen so that the held-out texts are the least
surprising. scikit-learn takes seconds and some hundred megabytes to import: a job trains, never a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from beichen.hubs.events.suggestion.folding import fold
from beichen.hubs.events.suggestion.model import LONGEST, SIZES, Model, known_counts, softmax, weighted
from beichen.hubs.events.suggestion.ngrams import Grams, grams_of

SURE = 0.9
"""Of the held-out texts that need no second look, at least this share is right."""

FEWEST = 20
"""So many held-out texts must bear a threshold out."""

NEVER = 2.0
"""A threshold that no share reaches: everything needs a second look."""

_MOST_GRAMS = 100_000
_MOST_WEIGHTS = 20_000_000  # 80 MB
_BLOCK = 256
_SHARPNESSES = np.geomspace(0.05, 50, 121)


def fit(texts: Sequence[str], labels: Sequence[str], *, seed: int) -> Model:
    """A model of the labels that occur, with sharpness 1. Deterministic for a seed."""
    names = tuple(sorted(set(labels)))
    folded = [fold(text, LONGEST) for text in texts]
    grams, rarity = _vocabulary(folded, min(_MOST_GRAMS, _MOST_WEIGHTS // len(names)))
    if len(names) == 1 or not grams.size:
        weights = np.zeros((grams.size, len(names)), dtype=np.float32)
        return Model(names, grams, rarity, weights, np.zeros(len(names), dtype=np.float32))
    weights, bias = _separated(folded, [names.index(label) for label in labels], grams, rarity, seed)
    return Model(names, grams, rarity, weights, bias)


def _vocabulary(folded: Sequence[str], most: int) -> tuple[Grams, NDArray[np.float32]]:
    """The n-grams of at least two texts (of one, where none are shared), the most frequent first."""
    parts = []
    for start in range(0, len(folded), _BLOCK):
        found, owners = grams_of(folded[start : start + _BLOCK], SIZES)
        order = np.lexsort((owners, found))
        found, owners = found[order], owners[order]
        is_new = np.ones(found.size, dtype=np.bool_)
        is_new[1:] = (found[1:] != found[:-1]) | (owners[1:] != owners[:-1])
        parts.append(np.unique(found[is_new], return_counts=True))
    each = np.concatenate([grams for grams, _counts in parts])
    grams, places = np.unique(each, return_inverse=True)
    held_by = np.bincount(places, np.concatenate([counts for _grams, counts in parts])).astype(np.int64)
    if (held_by > 1).any():
        grams, held_by = grams[held_by > 1], held_by[held_by > 1]
    kept = np.sort(np.lexsort((grams, -held_by))[:most])
    rarity = np.log((1 + len(folded)) / (1 + held_by[kept])) + 1
    return grams[kept], rarity.astype(np.float32)


def _separated(
    folded: Sequence[str], targets: list[int], grams: Grams, rarity: NDArray[np.float32], seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (grams, labels) and bias (labels) of one machine a label against all others."""
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

    parts = [known_counts(folded[at : at + _BLOCK], grams) for at in range(0, len(folded), _BLOCK)]
    owners = np.concatenate([rows + at * _BLOCK for at, (rows, _columns, _counts) in enumerate(parts)])
    columns = np.concatenate([columns for _rows, columns, _counts in parts])
    values, _heads = weighted(
        owners, np.concatenate([counts for *_ignored, counts in parts]), rarity[columns]
    )
    matrix = csr_matrix((values, (owners, columns)), shape=(len(folded), grams.size))
    machine = LinearSVC(C=1.0, random_state=seed, max_iter=5_000).fit(matrix, targets)
    weights, bias = machine.coef_.T, machine.intercept_
    if weights.shape[1] == 1:  # two labels share one machine: the other side of it is the first label
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return np.ascontiguousarray(weights, dtype=np.float32), bias.astype(np.float32)


def sharpened(model: Model, texts: Sequence[str], labels: Sequence[str]) -> Model:
    """The model with the sharpness at which the labels of held-out texts are the least surprising.

    A label that the model never saw (a text under two labels was held out whole) surprises at any sharpness.
    """
    places = {label: at for at, label in enumerate(model.labels)}
    margins, is_known = model.margins(texts)
    targets = np.array([places.get(label, -1) for label in labels], dtype=np.int64)
    is_known &= targets >= 0
    if len(model.labels) == 1 or not is_known.any():
        return model
    right = targets[is_known]
    rows = np.arange(right.size)
    # Were all of them right, no sharpness would be enough: one more that is wrong is imagined (Platt 1999).
    doubt = 1 / (right.size + 2)
    surprises = []
    for sharpness in _SHARPNESSES:
        shares = np.clip(softmax(margins[is_known], sharpness)[rows, right], 1e-12, 1 - 1e-12)
        surprises.append(-((1 - doubt) * np.log(shares) + doubt * np.log(1 - shares)).mean())
    return replace(model, sharpness=float(_SHARPNESSES[int(np.argmin(surprises))]))


def threshold_of(shares: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
    """The least share at and over which :data:`SURE` of the texts are right; the rule of when not to ask.

    ``shares`` are the best of each held-out text. Where fewer than :data:`FEWEST` texts bear any such
    share out, :data:`NEVER`.
    """
    order = np.argsort(-shares, kind="stable")
    best, right = shares[order], np.cumsum(is_right[order])
    counts = np.arange(1, best.size + 1)
    is_last = np.append(best[1:] != best[:-1], True)[: best.size]
    holds = is_last & (counts >= FEWEST) & (right >= SURE * counts)
    return float(best[np.flatnonzero(holds)[-1]]) if holds.any() else NEVER
