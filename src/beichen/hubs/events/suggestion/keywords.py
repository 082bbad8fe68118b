"""Suggestions by keywords: how a fresh city starts, before it has closed cases to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from beichen.hubs.events.suggestion.folding import fold
from beichen.hubs.events.suggestion.suggestions import Suggestion, ranked

LONGEST = 4_000
"""Characters of a text that are looked at."""

SURE = 0.5
"""The least share of the best suggestion that needs no second look. It is set and not learned."""

_DOUBT = 1.0  # what speaks for none of the labels: a single keyword of two characters leaves half open


class KeywordClassifier:
    """Suggests the labels whose keywords stand in a text.

    A keyword counts once a text, by its length (longer ones say more, up to six characters) and divided
    among the labels that claim it. Width, case and punctuation do not matter.
    """

    def __init__(self, categories: Mapping[str, Sequence[str]]) -> None:
        """``categories``: the keywords of each label; blank ones are passed over."""
        self.labels = tuple(categories)
        words = {
            (fold(word, LONGEST), at) for at, label in enumerate(self.labels) for word in categories[label]
        }
        claims = Counter(word for word, _at in words)
        self._words = [(word, at, _weight(word) / claims[word]) for word, at in sorted(words) if word]

    def suggest(self, texts: Sequence[str], top: int = 3) -> list[list[Suggestion]]:
        """For each text at most ``top`` suggestions, the best first; none where no keyword stands."""
        return [ranked(self.labels, self._shares(text), top) for text in texts]

    def is_unsure(self, suggestions: Sequence[Suggestion]) -> bool:
        """Whether the best share lies under :data:`SURE`."""
        return not suggestions or suggestions[0].share < SURE

    def _shares(self, text: str) -> list[float]:
        folded = fold(text, LONGEST)
        scores = [0.0] * len(self.labels)
        for word, at, weight in self._words:
            if word in folded:
                scores[at] += weight
        whole = sum(scores) + _DOUBT
        return [score / whole for score in scores]


def _weight(word: str) -> float:
    return min(len(word), 6) / 2
