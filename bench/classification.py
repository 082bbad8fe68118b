"""Suggestions: what kind of case a text is, and which texts speak of the same thing, at three sizes each.

Suggesting is timed beside the bare scikit-learn pipeline of the same n-grams and the same machine, both of
a thousand invented texts; `memory_mb` is what a process holds that can do it. Quality is measured on
held-out messages, the mean of five splits: ours beside the most frequent label, telling n-grams of the
training part, the names of the taxonomy as keywords, and the bare pipeline; time is that of learning;
`calibration error` is how far shares lie from how often they are right, on average. Candidates are looked
up in a table of bands beside reading all texts with rapidfuzz: that grows with their number, the look-up
must not. Among real messages, `found` is the share of those that repeat an earlier one (same place and
subject in the title) for which an earlier one is among the candidates, `top5` among the five most alike.
Figures of real messages need BEICHEN_MESSAGES_DIR (see `bench/_messages.py`).
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from statistics import fmean

from rapidfuzz import fuzz, process

from beichen.hubs.events.suggestion.classifier import Classifier, train
from beichen.hubs.events.suggestion.similarity import bands
from bench._bare_pipeline import Bare
from bench._candidates import Table, best
from bench._messages import VARIABLE, Sent, folder, labelled, same_things, sent, taxonomy
from bench._quality import quality
from bench._texts import invented, reworded
from bench.measure import Row, rounded, seconds

TODAY = date(2025, 1, 1)
HELD = 5  # every fifth sample is asked of the bare pipeline
LOOK_UPS, SCANS = 200, 5

_RESIDENT = "print(int(next(l for l in open('/proc/self/status') if 'VmRSS' in l).split()[1]) / 1024)"


def run() -> list[Row]:
    """Everything that needs no data; with messages, their figures too."""
    rows = [*_suggesting(), *_banding(), *_looking_up()]
    given = folder()
    if given is None:
        sys.stderr.write(f"skipped: figures of real messages ({VARIABLE} is not set)\n")
        return rows
    return [*rows, *quality(labelled(given), taxonomy(given)), *_hotspots(sent(given))]


def _suggesting() -> Iterator[Row]:
    samples = list(invented(1_000))
    classifier, bare = train(samples, today=TODAY), Bare(samples)
    memory = {
        "memory_mb": _resident("from beichen.hubs.events.suggestion.classifier import Classifier"),
        "peer memory_mb": _resident("import sklearn.svm, sklearn.feature_extraction.text"),
    }
    for size in (100, 1_000, 10_000):
        texts = [text for text, _kind in invented(size, seed=1)]
        ours, peer = seconds(partial(classifier.suggest, texts), 3), seconds(partial(bare.suggest, texts), 3)
        figures = {"texts_per_s": size / ours, "peer texts_per_s": size / peer, **memory}
        yield Row("suggest", size, ours, "bare scikit-learn", peer, figures=rounded(figures))
    texts = [text for text, _kind in invented(200, seed=1)]
    ours = seconds(partial(_one_by_one, classifier, texts), 3)
    peer = seconds(lambda: [bare.suggest([text]) for text in texts], 3)
    yield Row("suggest, one text at a time", len(texts), ours, "bare scikit-learn", peer)


def _one_by_one(classifier: Classifier, texts: list[str]) -> None:
    for text in texts:
        classifier.suggest([text])


def _banding() -> Iterator[Row]:
    from datasketch import MinHash  # type: ignore[import-untyped]

    def sketched(texts: list[str]) -> None:
        for text in texts:
            MinHash(64).update_batch([text[at : at + 3].encode() for at in range(len(text) - 2)])

    memory = {
        "memory_mb": _resident("from beichen.hubs.events.suggestion.similarity import bands"),
        "peer memory_mb": _resident("import datasketch"),
    }
    for size in (100, 1_000, 10_000):
        texts = [text for text, _kind in invented(size, seed=1)]
        ours, peer = seconds(partial(_band, texts)), seconds(partial(sketched, texts))
        yield Row("bands of texts", size, ours, "datasketch MinHash(64)", peer, figures=rounded(memory))


def _looking_up() -> Iterator[Row]:
    for size in (1_000, 10_000, 100_000):
        texts = [text for text, _kind in invented(size, seed=2)]
        table = Table()
        table.add(enumerate(texts))
        step = size // LOOK_UPS
        asked = [(at * step, reworded(texts[at * step], at)) for at in range(LOOK_UPS)]
        found = [table.candidates(text) for _number, text in asked]
        ours = seconds(partial(_look_up, table, [text for _number, text in asked]), 3)
        peer = seconds(partial(_scan, [text for _number, text in asked[:SCANS]], texts))
        figures = {
            "found": fmean(number in some for (number, _text), some in zip(asked, found, strict=True)),
            "candidates": fmean(map(len, found)),
        }
        yield Row(
            "look up candidates",
            size,
            ours / LOOK_UPS,
            "rapidfuzz over all",
            peer / SCANS,
            figures=rounded(figures),
        )


def _band(texts: list[str]) -> None:
    for text in texts:
        bands(text)


def _look_up(table: Table, texts: list[str]) -> None:
    for text in texts:
        table.candidates(text)


def _scan(asked: list[str], texts: list[str]) -> None:
    for text in asked:
        process.extract(text, texts, scorer=fuzz.ratio, limit=5)


def _hotspots(messages: list[Sent]) -> Iterator[Row]:
    for part in (4, 2, 1):
        chosen = messages[: len(messages) // part]
        for name, texts in (
            ("title and text", [message.whole for message in chosen]),
            ("text alone", [message.text for message in chosen]),
        ):
            yield _hotspot(name, chosen, texts)


def _hotspot(name: str, messages: list[Sent], texts: list[str]) -> Row:
    """Messages come in one after the other, and each asks for earlier ones first."""
    groups = same_things(messages)
    earlier: dict[int, set[int]] = defaultdict(set)
    place_of: dict[int, str] = {}
    for place, pairs in groups.items():
        for one, other in pairs:
            earlier[other].add(one)
            place_of[other] = place
    table, counts = Table(), []
    found: dict[str, list[bool]] = defaultdict(list)
    top: dict[str, list[bool]] = defaultdict(list)
    for number, text in enumerate(texts):
        candidates = table.candidates(text)
        counts.append(len(candidates))
        if number in earlier:
            found[place_of[number]].append(bool(earlier[number] & set(candidates)))
            top[place_of[number]].append(bool(earlier[number] & set(best(text, candidates, texts))))
        table.add([(number, text)])
    ours = seconds(partial(_look_up, table, texts[:LOOK_UPS]), 3) / LOOK_UPS
    peer = seconds(partial(_scan, texts[:SCANS], texts)) / SCANS
    figures = {
        "repeat an earlier one": float(len(earlier)),
        "places": float(len(groups)),
        "found": fmean(one for row in found.values() for one in row),
        "found by place": fmean(fmean(row) for row in found.values()),
        "top5": fmean(one for row in top.values() for one in row),
        "top5 by place": fmean(fmean(row) for row in top.values()),
        "candidates": fmean(counts),
    }
    return Row(f"repeats: {name}", len(texts), ours, "rapidfuzz over all", peer, figures=rounded(figures))


def _resident(statement: str) -> float:
    """Megabytes of a process that has run the statement."""
    command = [sys.executable, "-c", f"{statement}\n{_RESIDENT}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return float(done.stdout)
