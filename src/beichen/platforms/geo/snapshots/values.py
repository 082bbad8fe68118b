"""Values of features as tiles hold them, made once: a tile of points copies them and encodes none.

Of a layer of plain points each field is one of two kinds. *Words* are fields of few values: `words.bin` has
each value once, `words.npy` where each begins, `codes.npy` which one each feature has (two bytes a feature;
the number of words for none). The others stand *alone*: `alone.bin` has the values of each feature one behind
the other, `alone.npy` where each feature begins (eight bytes), `missing.npy` which are missing, where any is.
In a tile the words come first, so that their numbers are short. `values.json` says which is which.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from beichen.platforms.geo.mvt.points import Properties, Tag
from beichen.platforms.geo.mvt.values import joined, messages, plain
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import KEY

Rows = npt.NDArray[np.int64]
MOST_WORDS = 4_096
SHARE = 8  # of how many features one at most has a value of its own, for the field to be of words


def keep_values(folder: Path, layout: Layout) -> None:
    """Write the values of a folder whose features are plain points, from its columns."""
    names = [KEY, *(field.name for field in layout.fields)]
    with pa.memory_map(str(folder / "columns.arrow")) as file:
        reader = pa.ipc.open_file(file)
        batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        words = {name: found for name in names if (found := _words(batches, name)) is not None}
        alone = [name for name in names if name not in words]
        _keep_words(folder, batches, words)
        _keep_alone(folder, batches, alone)
    counts = [[name, len(found)] for name, found in words.items()]
    (folder / "values.json").write_bytes(orjson.dumps({"words": counts, "alone": alone}))


def _words(batches: list[pa.RecordBatch], name: str) -> pa.Array | None:
    """The values of a field, when they are few."""
    most = min(MOST_WORDS, sum(batch.num_rows for batch in batches) // SHARE)
    found: pa.Array | None = None
    for batch in batches:
        here = plain(batch.column(name)).drop_null().unique()
        found = here if found is None else pa.concat_arrays([found, here]).unique()
        if len(found) > most:
            return None
    return found


def _keep_words(folder: Path, batches: list[pa.RecordBatch], words: dict[str, pa.Array]) -> None:
    count = sum(batch.num_rows for batch in batches)
    codes = np.lib.format.open_memmap(folder / "codes.npy", "w+", np.uint16, (len(words), count))
    start = 0
    for batch in batches:
        for place, (name, values) in enumerate(words.items()):
            found = pc.index_in(plain(batch.column(name)), value_set=values).fill_null(len(values))
            codes[place, start : start + batch.num_rows] = np.asarray(found)
        start += batch.num_rows
    made = [messages(values) for values in words.values()]
    np.save(folder / "words.npy", np.cumsum([0, *(size for one in made for size in np.diff(one.edges))]))
    with (folder / "words.bin").open("wb") as file:
        file.writelines(one.content.tobytes() for one in made)


def _keep_alone(folder: Path, batches: list[pa.RecordBatch], names: list[str]) -> None:
    count = sum(batch.num_rows for batch in batches)
    edges = np.lib.format.open_memmap(folder / "alone.npy", "w+", np.int64, (count + 1,))
    missing = np.zeros((len(names), count), bool)
    start = end = edges[0] = 0
    with (folder / "alone.bin").open("wb") as file:
        for batch in batches if names else ():
            after = start + batch.num_rows
            columns = [plain(batch.column(name)) for name in names]
            made = joined([messages(column) for column in columns])
            edges[start + 1 : after + 1] = end + made.edges[1:]
            file.write(made.content.tobytes())
            for place, column in enumerate(columns):
                missing[place, start:after] = np.asarray(column.is_null())
            start, end = after, end + int(made.edges[-1])
    if missing.any():
        np.save(folder / "missing.npy", missing)


class Values:
    """The values of a folder, mapped into memory."""

    def __init__(self, folder: Path) -> None:
        about = orjson.loads((folder / "values.json").read_bytes())
        self._folder = folder
        self._counts: list[tuple[str, int]] = [(name, count) for name, count in about["words"]]
        self._names: list[str] = about["alone"]
        self._codes = self._mapped("codes")
        self._edges = self._mapped("alone")
        self._alone: Any = b""
        if (folder / "alone.bin").stat().st_size:
            with (folder / "alone.bin").open("rb") as file:
                self._alone = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        has_missing = (folder / "missing.npy").exists()
        self._missing = self._mapped("missing") if has_missing else None

    def _mapped(self, name: str) -> npt.NDArray[Any]:
        return np.asarray(np.load(self._folder / f"{name}.npy", mmap_mode="r"))

    @cached_property
    def _words(self) -> list[list[bytes]]:
        """Of each field of words its values as messages."""
        edges, content = self._mapped("words").tolist(), (self._folder / "words.bin").read_bytes()
        each = iter([content[start:end] for start, end in pairwise(edges)])
        return [[next(each) for _one in range(count)] for _name, count in self._counts]

    def of(self, rows: Rows) -> Properties:
        """The properties of some features, in their order."""
        tags: list[Tag] = []
        values: list[bytes] = []
        tags.extend(self._coded(place, rows, values) for place in range(len(self._counts)))
        tags.extend(self._numbered(rows, len(values)))
        return Properties(tags, [*values, *self._copied(rows)])

    def _coded(self, place: int, rows: Rows, values: list[bytes]) -> Tag:
        """A field of words: those that are in use are added to ``values``."""
        name, count = self._counts[place]
        codes = self._codes[place, rows]
        is_used = np.zeros(count + 1, bool)
        is_used[codes] = True
        shown = codes != count if is_used[count] else None
        used = np.flatnonzero(is_used[:count])
        numbers = np.zeros(count + 1, np.int64)
        numbers[used] = np.arange(len(values), len(values) + len(used))
        words = self._words[place]
        values.extend(words[code] for code in used.tolist())
        return Tag(name, numbers[codes], shown)

    def _copied(self, rows: Rows) -> Iterator[bytes]:
        """What stands alone, whole runs of features at once."""
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        begins = self._edges[rows[np.concatenate(([0], breaks))]].tolist()
        ends = self._edges[rows[np.concatenate((breaks - 1, [-1]))] + 1].tolist()
        return (self._alone[begin:end] for begin, end in zip(begins, ends, strict=True))

    def _numbered(self, rows: Rows, first: int) -> list[Tag]:
        """The fields that stand alone: their values are numbered from ``first`` on, feature by feature."""
        names = self._names
        if self._missing is None:
            start = first + np.arange(len(rows), dtype=np.int64) * len(names)
            return [Tag(name, start + place) for place, name in enumerate(names)]
        shown = ~self._missing[:, rows]
        numbers = first + np.cumsum(shown.T.ravel()).reshape(shown.T.shape) - shown.T
        found = zip(names, numbers.T, shown, strict=True)
        return [Tag(name, number, None if known.all() else known) for name, number, known in found]


def values_of(folder: Path) -> Values | None:
    """The values of a folder; None where they were not made."""
    return Values(folder) if (folder / "values.json").exists() else None


class Dots:
    """Some features of a folder that are plain points: where each is, and what it has."""

    def __init__(self, values: Values, rows: Rows, places: npt.NDArray[np.float64]) -> None:
        self._values = values
        self._rows = rows
        self.places = places
        """Two columns: longitudes and latitudes."""

    def properties(self, chosen: npt.NDArray[np.bool_] | None = None) -> Properties:
        """The properties of those that are ``chosen``; None for all."""
        return self._values.of(self._rows if chosen is None else self._rows[chosen])
