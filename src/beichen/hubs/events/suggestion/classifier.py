"""A classifier: learns from closed cases what kind of case a text is, suggests, knows how good it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from beichen.hubs.events.suggestion import keeping
from beichen.hubs.events.suggestion.holdout import held_out, split_of
from beichen.hubs.events.suggestion.model import Model
from beichen.hubs.events.suggestion.quality import Quality, measured
from beichen.hubs.events.suggestion.suggestions import Suggestion, ranked

HOLDOUT = 0.2
SEED = 2025


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A model, the share from which it is trusted, and its measured quality. Safe to share among threads."""

    model: Model
    threshold: float
    quality: Quality

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything that may be suggested, sorted."""
        return self.model.labels

    def suggest(self, texts: Sequence[str], top: int = 3) -> list[list[Suggestion]]:
        """For each text at most ``top`` suggestions, the best first; shares of all labels sum to 1.

        None for a text of which no n-gram was ever seen: empty, or in another script.
        """
        return [ranked(self.labels, shares.tolist(), top) for shares in self.model.shares(texts)]

    def is_unsure(self, suggestions: Sequence[Suggestion]) -> bool:
        """Whether the best share lies under the threshold that training set."""
        return not suggestions or suggestions[0].share < self.threshold

    def save(self, path: Path) -> None:
        """Keep it in one file, which is there whole or not at all. Raises OSError."""
        keeping.write(path, self.model, self.threshold, self.quality)

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """What was saved. Raises ProblemError EVT-203, for another format EVT-204; OSError without a file."""
        return cls(*keeping.read(path))


def train(samples: Iterable[tuple[str, str]], *, today: date, seed: int = SEED) -> Classifier:
    """A classifier of (text, label) pairs; its quality is measured on a fifth of them that is held out.

    The held-out fifth also sets sharpness and threshold (see ``training.threshold_of``); what is then
    kept has learned from all. With one label, or too few samples to tell, everything stays unsure.
    Raises ProblemError EVT-201 without a sample, EVT-202 for a blank label.
    """
    from beichen.hubs.events.suggestion import training

    texts, labels = split_of(samples)
    is_held = held_out(texts, labels, HOLDOUT, seed)
    kept, held = np.flatnonzero(~is_held), np.flatnonzero(is_held)
    trial = training.fit([texts[at] for at in kept], [labels[at] for at in kept], seed=seed)
    held_texts, held_labels = [texts[at] for at in held], [labels[at] for at in held]
    trial = training.sharpened(trial, held_texts, held_labels)
    threshold = training.NEVER
    if len(trial.labels) > 1:
        shares = trial.shares(held_texts)
        best = [trial.labels[at] for at in shares.argmax(axis=1)]
        is_right = np.array(
            [one == label for one, label in zip(best, held_labels, strict=True)], dtype=np.bool_
        )
        threshold = training.threshold_of(shares.max(axis=1), is_right)
    whole = training.fit(texts, labels, seed=seed)
    model = replace(whole, sharpness=trial.sharpness)
    found = Classifier(trial, threshold, Quality(None, None, None, None, 0, today))
    return Classifier(model, threshold, measured(found, held_texts, held_labels, today=today))
