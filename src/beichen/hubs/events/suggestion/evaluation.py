"""Is it worth it? The model beside suggestions that need no learning, on texts that none of them has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from beichen.hubs.events.suggestion.classifier import HOLDOUT, SEED, train
from beichen.hubs.events.suggestion.folding import pieces
from beichen.hubs.events.suggestion.holdout import held_out, split_of
from beichen.hubs.events.suggestion.keywords import KeywordClassifier
from beichen.hubs.events.suggestion.model import LONGEST
from beichen.hubs.events.suggestion.quality import Quality, measured
from beichen.hubs.events.suggestion.suggestions import Suggestion

_FEWEST = 3  # texts that hold a word before it can be telling


@dataclass(frozen=True, slots=True)
class Comparison:
    """The model's quality beside three baselines, on the same held-out texts.

    ``majority`` names the most frequent labels whatever the text says; ``learned_keywords`` are the most
    telling n-grams of the training part; ``given_keywords`` those of a list, None where none was given.
    ``labels`` is the number of labels.
    """

    model: Quality
    majority: Quality
    learned_keywords: Quality
    given_keywords: Quality | None
    labels: int


class Majority:
    """Suggests the most frequent labels, always with the shares that they have among the samples."""

    def __init__(self, labels: Sequence[str]) -> None:
        """``labels``: one a sample."""
        counts = Counter(labels)
        self._ranked = [
            Suggestion(label, count / len(labels))
            for label, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        ]
        self.labels = tuple(sorted(counts))

    def suggest(self, texts: Sequence[str], top: int = 3) -> list[list[Suggestion]]:
        """The same for each text."""
        return [self._ranked[:top] for _text in texts]

    def is_unsure(self, suggestions: Sequence[Suggestion]) -> bool:
        """Always: it has not read the text."""
        return True


def evaluate(
    samples: Iterable[tuple[str, str]],
    holdout: float = HOLDOUT,
    seed: int = SEED,
    *,
    today: date,
    keywords: Mapping[str, Sequence[str]] | None = None,
) -> Comparison:
    """Train on what is not held out and measure on what is.

    Sharpness and threshold are set within the training part, so that what is said about sure suggestions
    holds for texts that had no part in it. Raises ProblemError EVT-201, EVT-202; ValueError for a share
    that is not between 0 and 1.
    """
    texts, labels = split_of(samples)
    is_held = held_out(texts, labels, holdout, seed)
    kept, held = np.flatnonzero(~is_held), np.flatnonzero(is_held)
    known = [(texts[at], labels[at]) for at in kept]
    held_texts, held_labels = [texts[at] for at in held], [labels[at] for at in held]
    suggesters = [
        train(known, today=today, seed=seed),
        Majority([label for _text, label in known]),
        KeywordClassifier(telling_words(known)),
        *([KeywordClassifier(keywords)] if keywords is not None else ()),
    ]
    model, majority, learned, *given = (
        measured(one, held_texts, held_labels, today=today) for one in suggesters
    )
    return Comparison(model, majority, learned, given[0] if given else None, len(suggesters[0].labels))


def telling_words(samples: Iterable[tuple[str, str]], most: int = 40) -> dict[str, list[str]]:
    """For each label its ``most`` telling words of two to four characters, the most telling first.

    Telling is what stands in texts of the label more often than elsewhere, by chi-squared over the texts
    that hold it. A start for a list of keywords that people then keep. Raises ProblemError EVT-201, EVT-202.
    """
    texts, labels = split_of(samples)
    held: Counter[str] = Counter()
    held_in: dict[str, Counter[str]] = {label: Counter() for label in sorted(set(labels))}
    for text, label in zip(texts, labels, strict=True):
        words = _words(text)
        held.update(words)
        held_in[label].update(words)
    sizes = Counter(labels)
    found = {}
    for label, counts in held_in.items():
        scores = {
            word: _chi2(count, held[word], sizes[label], len(texts))
            for word, count in counts.items()
            if count >= _FEWEST and count * len(texts) > held[word] * sizes[label]
        }
        found[label] = sorted(scores, key=lambda word: (-scores[word], word))[:most]
    return found


def _words(text: str) -> set[str]:
    return {
        piece[at : at + size]
        for piece in pieces(text, LONGEST)
        for size in (2, 3, 4)
        for at in range(len(piece) - size + 1)
    }


def _chi2(both: int, word: int, label: int, whole: int) -> float:
    """Pearson's statistic of the two-by-two table of "holds the word" and "has the label"."""
    rest = whole - label
    if not rest or word == whole:
        return 0.0
    return whole * (both * whole - word * label) ** 2 / (word * (whole - word) * label * rest)
