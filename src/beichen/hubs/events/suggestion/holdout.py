"""Which samples are held out from learning, so that what was learned can be measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from beichen.hubs.events.suggestion.codes import NO_LABEL, NO_SAMPLES
from beichen.hubs.events.suggestion.folding import fold
from beichen.hubs.events.suggestion.model import LONGEST
from beichen.problem import Problem, ProblemError, Where, said


def split_of(samples: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Texts and labels. Raises ProblemError EVT-201 without a sample, EVT-202 for each blank label."""
    texts, labels = [], []
    for text, label in samples:
        texts.append(text)
        labels.append(label.strip())
    blank = [row for row, label in enumerate(labels, start=1) if not label]
    if blank:
        message, hint = said("the label is empty"), said("a sample is a text and what it was found to be")
        raise ProblemError(*(Problem(NO_LABEL, message, Where(row=row), hint) for row in blank))
    if not texts:
        hint = said("close some cases first, or begin with keywords")
        raise ProblemError(Problem(NO_SAMPLES, said("there is no sample"), hint=hint))
    return texts, labels


def held_out(texts: list[str], labels: list[str], share: float, seed: int) -> NDArray[np.bool_]:
    """Which samples to hold out: of each label the same share, and always one is kept to learn from.

    Texts that are the same when folded stay on one side: a message that was sent twice would otherwise
    be asked of a model that has learned it. ``share`` is at least 0 and under 1.
    """
    if not 0 <= share < 1:
        raise ValueError(f"the share to hold out is at least 0 and under 1, not {share}")
    groups: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    owner: dict[str, str] = {}
    for at, (text, label) in enumerate(zip(texts, labels, strict=True)):
        folded = fold(text, LONGEST)
        groups[owner.setdefault(folded, label)][folded].append(at)
    random = np.random.default_rng(seed)
    chosen = np.zeros(len(texts), dtype=np.bool_)
    for label in sorted(groups):
        members = [groups[label][key] for key in sorted(groups[label])]
        random.shuffle(members)
        for member in members[: min(round(len(members) * share), len(members) - 1)]:
            chosen[member] = True
    return chosen
