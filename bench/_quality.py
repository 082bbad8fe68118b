"""How good suggestions are on messages that were held out: ours, three baselines, the bare pipeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial
from statistics import fmean

import numpy as np

from beichen.hubs.events.suggestion.classifier import HOLDOUT, train
from beichen.hubs.events.suggestion.evaluation import Comparison, evaluate
from beichen.hubs.events.suggestion.holdout import held_out
from beichen.hubs.events.suggestion.quality import Quality
from bench._bare_pipeline import Bare
from bench.measure import Row, rounded, seconds

TODAY = date(2025, 1, 1)
SPLITS = 5
BINS = 10

Samples = list[tuple[str, str]]


def quality(samples: Samples, names: dict[str, list[str]]) -> Iterator[Row]:
    """A quarter of the messages, half of them, and all."""
    for part in (4, 2, 1):
        chosen = samples[::part]
        figures: dict[str, list[float]] = defaultdict(list)
        for seed in range(SPLITS):
            compared = evaluate(chosen, seed=seed, today=TODAY, keywords=names)
            for name, value in {**_figures(compared), **_beside(chosen, seed)}.items():
                figures[name].append(value)
        ours = seconds(partial(train, chosen, today=TODAY), 3)
        peer = seconds(partial(Bare, chosen), 3)
        mean = {name: fmean(values) for name, values in figures.items()}
        yield Row("learn", len(chosen), ours, "bare scikit-learn, once", peer, figures=rounded(mean))


def _figures(compared: Comparison) -> dict[str, float]:
    def two(name: str, measured: Quality | None) -> dict[str, float]:
        if measured is None:
            return {}
        return {f"{name}top1": measured.top1 or 0, f"{name}top3": measured.top3 or 0}

    return {
        "held_out": compared.model.support,
        **two("", compared.model),
        "sure": compared.model.sure or 0,
        "right when sure": compared.model.right_when_sure or 0,
        **two("majority ", compared.majority),
        **two("n-grams ", compared.learned_keywords),
        **two("taxonomy ", compared.given_keywords),
    }


def _beside(samples: Samples, seed: int) -> dict[str, float]:
    """The bare pipeline on the same split, and how well our shares say how often they are right."""
    is_held = held_out([text for text, _label in samples], [label for _text, label in samples], HOLDOUT, seed)
    known = [sample for sample, held in zip(samples, is_held, strict=True) if not held]
    asked = [sample for sample, held in zip(samples, is_held, strict=True) if held]
    texts, labels = [text for text, _label in asked], [label for _text, label in asked]
    named = Bare(known).suggest(texts)
    first = train(known, today=TODAY, seed=seed).suggest(texts, top=1)
    shares = np.array([row[0].share if row else 0 for row in first])
    best = [row[0].label if row else "" for row in first]
    is_right = np.array([one == label for one, label in zip(best, labels, strict=True)])
    bins = np.minimum((shares * BINS).astype(int), BINS - 1)
    gaps = [abs((shares - is_right)[bins == one].sum()) for one in range(BINS)]
    return {
        "scikit-learn top1": fmean(row[0] == label for row, label in zip(named, labels, strict=True)),
        "scikit-learn top3": fmean(label in row for row, label in zip(named, labels, strict=True)),
        "calibration error": float(sum(gaps)) / len(asked),
    }
