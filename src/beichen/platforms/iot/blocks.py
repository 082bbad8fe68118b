"""What becomes of readings that come as columns: as in `treatment.py`, and without an object for each.

Of each device and measure among the rows (a pair) the rows that come in the order of their times, newer than
all before, are a *block*: they cannot be duplicates; nor can those whose device said numbers instead of
times, when these go forward too. The rows of other pairs are *loose*: they are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from beichen.platforms.iot.columns import TRUTH, WHOLE, Columns
from beichen.platforms.iot.fleet import Devices, Speaker, Target
from beichen.platforms.iot.moments import DAY, LATE, SKEWED, WRONG, YEAR_2000
from beichen.platforms.iot.words import Treatment

QUALITIES = tuple(str(one.value) for one in (Treatment.ACCEPTED, Treatment.LATE, Treatment.SKEWED))
REASONS = (
    "",
    *(
        str(one.value)
        for one in (
            Treatment.UNKNOWN_DEVICE,
            Treatment.NOT_SPEAKING,
            Treatment.TOO_FAST,
            Treatment.UNKNOWN_MEASURE,
            Treatment.WRONG_TYPE,
            Treatment.OUT_OF_RANGE,
            Treatment.WRONG_TIME,
        )
    ),
)
_UNKNOWN, _SILENT, _FAST, _NO_MEASURE, _TYPE, _RANGE, _TIME = range(1, len(REASONS))
_FORMS = ("number", "integer", "boolean", "text")
_INTEGER, _BOOLEAN, _TEXT = 1, 2, 3


class Block(NamedTuple):
    """Readings that are taken, by pair and within each pair by time; ``places`` are their rows among the
    columns, ``received`` when each came, ``seq`` and ``by_seq`` as in :class:`Columns`."""

    speakers: list[Speaker]
    targets: list[Target]
    pair: Any
    at: Any
    number: Any
    quality: Any
    places: Any
    received: Any
    seq: Any = None
    by_seq: Any = None

    def of_pairs(self) -> Iterator[tuple[Speaker, Target, slice]]:
        """Each pair that has rows, and where they are."""
        edges = np.flatnonzero(np.diff(self.pair, prepend=-1, append=-1)).tolist()
        for start, end in pairwise(edges):
            number = int(self.pair[start])
            yield self.speakers[number], self.targets[number], slice(start, end)

    def counts(self) -> Iterator[tuple[tuple[str, int, str], int]]:
        """How many rows there are by device, day and treatment; those of which nothing is to be said are of
        nobody."""
        days = self.received // DAY
        for day in np.unique(days).tolist():
            of_day = days == day
            if plain := int((of_day & (self.quality == 0)).sum()):
                yield ("", day, QUALITIES[0]), plain
            marked = np.flatnonzero(of_day & (self.quality != 0))
            found = np.unique(self.pair[marked] * len(QUALITIES) + self.quality[marked], return_counts=True)
            for key, number in zip(*(one.tolist() for one in found), strict=True):
                pair, quality = divmod(key, len(QUALITIES))
                yield (self.speakers[pair].code, day, QUALITIES[quality]), number


class Loose(NamedTuple):
    """A reading that fits and may have come before."""

    speaker: Speaker
    target: Target
    at: int
    number: float
    received: int
    seq: int | None = None
    by_seq: bool = False


class Parted(NamedTuple):
    """The rows: a block, loose ones in their order, and why others were put aside, by row; and who spoke,
    when last."""

    block: Block
    loose: list[Loose]
    refused: list[tuple[int, str]]
    heard: dict[str, int]


class _Pairs:
    """The pairs among rows, and what is known of each as arrays."""

    def __init__(self, columns: Columns, speakers: list[Speaker | None], devices: Devices) -> None:
        width = max(1, len(columns.measures))
        keys = columns.device.astype(np.int64) * width + columns.measure
        found, self.of_row = np.unique(keys, return_inverse=True)
        self.speakers: list[Any] = []
        self.targets: list[Any] = []
        rows: list[tuple[int, float, float, float, float, int]] = []
        fed: dict[int, int] = {}
        shared: list[int] = []
        for number, key in enumerate(found.tolist()):
            device, measure = divmod(key, width)
            speaker = speakers[device]
            target = devices.target(speaker, columns.measures[measure]) if speaker else None
            self.speakers.append(speaker)
            self.targets.append(target)
            if target is None:
                rows.append((_TEXT, 0.0, 0.0, 1.0, 0.0, 0))
                continue
            first = fed.setdefault(id(target.newest), number)
            if first != number:  # two devices feed one measure: their order is one
                shared += [first, number]
            form = _FORMS.index(target.form) if target.form in _FORMS else _TEXT
            rows.append((form, target.low, target.high, target.factor, target.offset, target.newest.at))
        forms, lows, highs, factors, offsets, newest = zip(*rows, strict=True)
        self.form, self.newest = np.array(forms, np.int8), np.array(newest, np.int64)
        self.low, self.high, self.factor, self.offset = map(np.array, (lows, highs, factors, offsets))
        self.last_seq = np.array([one.last_seq if one else 0 for one in self.speakers], np.int64)
        self.is_known = np.array([target is not None for target in self.targets])
        self.shared = sorted(set(shared))


def parted(columns: Columns, received: Any, devices: Devices) -> Parted:
    """Part rows that came at ``received`` (of each, the rows of a device in their order); their devices were
    learned before.

    Buckets of devices are emptied, and the newest times of measures and numbers of devices move on, but for
    those of loose rows.
    """
    speakers, reason, heard = _speaking(columns, received, devices)
    pairs = _Pairs(columns, speakers, devices)
    of_row, at = pairs.of_row, columns.at
    number, fits = _numbers(columns, pairs)

    def refuse(where: Any, why: int) -> None:
        reason[where & (reason == 0)] = why

    refuse(~pairs.is_known[of_row], _NO_MEASURE)
    refuse(~fits, _TYPE)
    refuse(~((number >= pairs.low[of_row]) & (number <= pairs.high[of_row])), _RANGE)
    refuse((at > received + WRONG) | (at < YEAR_2000), _TIME)
    taken = np.flatnonzero(reason == 0)
    taken = taken[np.argsort(of_row[taken], kind="stable")]
    is_loose = _loose(taken, columns, pairs)
    parts: tuple[Any, ...] = (of_row, at, number, received)
    if columns.seq is not None:
        parts = (*parts, columns.seq, columns.by_seq)
    loose = [
        Loose(pairs.speakers[pair], pairs.targets[pair], *rest)
        for pair, *rest in zip(*(one[np.sort(taken[is_loose])].tolist() for one in parts), strict=True)
    ]
    block = _block(taken[~is_loose], pairs, columns, number, received)
    for speaker, target, rows in block.of_pairs():
        last = rows.stop - 1
        target.newest.at = int(block.at[last])
        if block.by_seq is not None and block.by_seq[last]:
            speaker.last_seq = max(speaker.last_seq, int(block.seq[last]))
    refused = np.flatnonzero(reason).tolist()
    return Parted(block, loose, [(row, REASONS[reason[row]]) for row in refused], heard)


def _speaking(
    columns: Columns, received: Any, devices: Devices
) -> tuple[list[Speaker | None], Any, dict[str, int]]:
    """The devices by their number among the rows, why rows of theirs are put aside, and who spoke when
    last."""
    speakers: list[Speaker | None] = []
    reasons = np.zeros(max(1, len(columns.devices)), np.uint8)
    size = len(columns.devices)
    numbers = np.bincount(columns.device, minlength=size).tolist()
    first, last = np.zeros(size, np.int64), np.zeros(size, np.int64)
    last[columns.device] = received  # of what is said several times the last stays
    first[columns.device[::-1]] = received[::-1]
    heard: dict[str, int] = {}
    too_many: list[tuple[int, int]] = []
    for number, code in enumerate(columns.devices):
        speaker = devices.speaker(code)
        if speaker is None or not speaker.speaks:
            reasons[number] = _UNKNOWN if speaker is None else _SILENT
            speakers.append(None)
            continue
        speakers.append(speaker)
        heard[speaker.code] = int(last[number])
        granted = speaker.takes_of(int(first[number]), numbers[number])
        if granted < numbers[number]:
            too_many.append((number, granted))
    reason = reasons[columns.device]
    for number, granted in too_many:
        reason[np.flatnonzero(columns.device == number)[granted:]] = _FAST
    return speakers, reason, heard


def _numbers(columns: Columns, pairs: _Pairs) -> tuple[Any, Any]:
    """The values as their measures' numbers, and whether they have the measures' form."""
    value, kind, form = columns.value, np.asarray(columns.kind), pairs.form[pairs.of_row]
    number = value.astype(np.float64)
    is_truth = form == _BOOLEAN
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = number * pairs.factor[pairs.of_row] + pairs.offset[pairs.of_row]
        number = np.where(is_truth, number, scaled)
        fits = np.isfinite(number) & (form != _TEXT)
        fits &= (form != _INTEGER) | (number == np.floor(number))
    may_be_truth = (kind == TRUTH) | ((kind == WHOLE) & ((value == 0) | (value == 1)))
    return number, np.where(is_truth, may_be_truth, fits & (kind != TRUTH))


def _loose(rows: Any, columns: Columns, pairs: _Pairs) -> Any:
    """Which rows, sorted by pair, are of pairs whose times, or numbers, do not only go forward."""
    if not len(rows):
        return np.zeros(0, np.bool_)
    pair, at = pairs.of_row[rows], columns.at[rows]
    is_first = np.diff(pair, prepend=-1) != 0
    of_pair = np.zeros(len(pairs.targets), np.bool_)
    of_pair[pair[at <= _before(at, pairs.newest[pair], is_first)]] = True
    if columns.by_seq is not None:
        seq, by_seq = columns.seq[rows], columns.by_seq[rows]
        of_pair[pair[by_seq & (seq <= _before(seq, pairs.last_seq[pair], is_first))]] = True
        of_pair[pair[by_seq != _before(by_seq, by_seq, is_first)]] = True  # now by a time, now by a number
    of_pair[pairs.shared] = True
    return of_pair[pair]


def _before(values: Any, first: Any, is_first: Any) -> Any:
    """Of each row the value of the one before it in its pair, of a pair's first row that of ``first``."""
    return np.where(is_first, first, np.concatenate([values[:1], values[:-1]]))


def _block(rows: Any, pairs: _Pairs, columns: Columns, number: Any, received: Any) -> Block:
    times, came = columns.at[rows], received[rows]
    quality = np.zeros(len(rows), np.uint8)
    quality[times < came - LATE] = 1
    quality[times > came + SKEWED] = 2
    seq, by_seq = (None if one is None else one[rows] for one in (columns.seq, columns.by_seq))
    return Block(
        pairs.speakers,
        pairs.targets,
        pairs.of_row[rows],
        times,
        number[rows],
        quality,
        rows,
        came,
        seq,
        by_seq,
    )
