"""Reads a whole file: twice through its features, never with more than a piece of them in memory.

The first time each feature is brought to WGS 84, examined and spooled, and the kinds of its values are noted;
after it the fields and the kind of the layer are known, and the spool gives the batches of the revision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from beichen.platforms.geo.models import GeometryKind
from beichen.platforms.geo.snapshots.gathering import (
    Locate,
    as_kind,
    kind_of,
    kind_of_time,
    layout_from,
    wider,
)
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, FieldKind, column_name
from beichen.platforms.geo.uploads import codes, examining, systems
from beichen.platforms.geo.uploads.examining import Box, Examined, Examiner, Verdict
from beichen.platforms.geo.uploads.found import Piece, Reader
from beichen.platforms.geo.uploads.report import Report
from beichen.platforms.geo.uploads.sheets import Sheet, kind_of_text
from beichen.problem import Problem, ProblemError, said

MOST_FEATURES = 10_000_000
MOST_FIELDS = 500
_SPOOLED = pa.schema(
    [
        ("number", pa.int64()),
        ("where", pa.string()),
        ("key", pa.string()),
        ("shape", pa.binary()),
        ("row", pa.binary()),
    ]
)
KINDS_SAID = {"point": said("point"), "line": said("line"), "polygon": said("polygon")}
Progress = Callable[[int, int], None]
"""Told how many features were read, and how many are expected (0: not known)."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is known of the layer before: its kind (None: what most features are), its named properties."""

    kind: GeometryKind | None = None
    key: str = ""
    region: str = ""
    valid_from: str = ""
    valid_to: str = ""
    system: str = ""


class Reading:
    """One file on its way to be a revision. ``report`` is told of every feature that is not plainly taken."""

    def __init__(
        self, reader: Reader, wishes: Wishes, report: Report, spool: Path, *, city: Box | None, locate: Locate
    ) -> None:
        self._reader = reader
        self._wishes = wishes
        self._report = report
        self._spool = spool
        self._locate = locate
        self._examiner = Examiner(city)
        self._kinds: dict[str, FieldKind | None] = {**reader.kinds}
        self._taken: set[str] = set()
        self._is_text = isinstance(reader, Sheet)
        self.repaired = 0
        self.refused = 0
        self.kept = 0
        self.kind: GeometryKind = GeometryKind.POINT
        self.layout = Layout(())

    def examine(self, progress: Progress) -> None:
        """Go through the file. Raises ProblemError GEO-802 to 806."""
        _name, bring = systems.bringer(self._wishes.system or self._reader.system)
        number = 0
        with pa.OSFile(str(self._spool), "wb") as file, pa.ipc.new_file(file, _SPOOLED) as writer:
            for piece in self._reader.pieces():
                found = self._examined(piece, bring)
                self._tell(found, number)
                writer.write_batch(_spooled(found, number))
                self._note_kinds(found)
                number += len(piece.rows)
                if number > MOST_FEATURES:
                    message = said("more than {count} features", count=MOST_FEATURES)
                    raise ProblemError(Problem(codes.TOO_MUCH, message))
                progress(number, self._reader.expected)
        chief = self._wishes.kind or examining.chief_kind(self._examiner.kinds)
        if chief is None or not self._examiner.kinds[chief]:
            raise ProblemError(Problem(codes.NOTHING_LEFT, _nothing(number, chief)))
        self.kind = GeometryKind(chief)
        times = {"valid_from": self._wishes.valid_from, "valid_to": self._wishes.valid_to}
        self.layout = layout_from(self._kinds, **times)

    def _examined(self, piece: Piece, bring: systems.Bring) -> Examined:
        shapes = bring(piece.shapes)
        lost = np.array([not np.isfinite(box).all() for box in shapely.bounds(shapes)], bool)
        return self._examiner.examine(
            piece, shapes, lost & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        )

    def _tell(self, found: Examined, before: int) -> None:
        for place, verdict, reason in found.said:
            piece = found.piece
            self._report.add(before + place + 1, piece.wheres[place], piece.keys[place], verdict, reason)
        refused = {place for place, verdict, _reason in found.said if verdict is Verdict.REFUSED}
        repaired = {place for place, verdict, _reason in found.said if verdict is Verdict.REPAIRED}
        self.refused += len(refused)
        self.repaired += len(repaired - refused)

    def _note_kinds(self, found: Examined) -> None:
        stated = self._reader.kinds
        times = (self._wishes.valid_from, self._wishes.valid_to)
        for place in np.flatnonzero(found.left).tolist():
            for name, value in found.piece.rows[place].items():
                if name in stated and name not in times:
                    continue
                self._kinds[name] = wider(self._kinds.get(name), self._kind(name in times, value))
        if len(self._kinds) > MOST_FIELDS:
            message = said("features have more than {count} properties", count=MOST_FIELDS)
            raise ProblemError(Problem(codes.TOO_MUCH, message))

    def _kind(self, is_time: bool, value: Any) -> FieldKind | None:
        if is_time:
            return kind_of_time(value)
        return kind_of_text(value) if self._is_text and isinstance(value, str) else kind_of(value)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The features that stay, once :meth:`examine` is through."""
        with pa.memory_map(str(self._spool)) as file:
            spooled = pa.ipc.open_file(file)
            for number in range(spooled.num_record_batches):
                batch = self._of_kind(spooled.get_batch(number))
                if batch.num_rows:
                    self.kept += batch.num_rows
                    yield self._typed(batch)

    def _of_kind(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The features of the layer's kind; the others are refused."""
        shapes = shapely.from_wkb(batch.column("shape").to_numpy(zero_copy_only=False))
        kinds = examining.kind_of(shapes)
        others = np.flatnonzero(kinds != self.kind)
        for place in others.tolist():
            told = {name: batch.column(name)[place].as_py() for name in ("number", "where", "key")}
            kind, wanted = KINDS_SAID[kinds[place]], KINDS_SAID[self.kind.value]
            reason = said("a {kind} in a layer of the kind {wanted}", kind=kind, wanted=wanted)
            self._report.add(told["number"], told["where"], told["key"], Verdict.REFUSED, reason)
        self.refused += len(others)
        return batch.filter(pa.array(kinds == self.kind)) if len(others) else batch

    def _typed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = [orjson.loads(row) for row in batch.column("row").to_pylist()]
        shapes = shapely.from_wkb(batch.column("shape").to_numpy(zero_copy_only=False))
        region = self._wishes.region
        told = [None if row.get(region) is None else str(row[region]) for row in rows]
        columns = {
            KEY: pa.array(self._keys(batch, rows), pa.string()),
            GEOMETRY: batch.column("shape"),
            REGION: pa.array(self._locate(shapes, told), pa.string()),
        }
        named = {column_name(name): name for name in self._kinds}
        for field in self.layout.fields:
            values = [self._value(row.get(named[field.name]), field.kind) for row in rows]
            columns[field.name] = pa.array(values, self.layout.schema.field(field.name).type)
        return pa.RecordBatch.from_pydict(columns, self.layout.schema)

    def _value(self, value: Any, kind: FieldKind) -> Any:
        if self._is_text and isinstance(value, str) and kind in (FieldKind.INTEGER, FieldKind.NUMBER):
            return int(value) if kind is FieldKind.INTEGER else float(value)
        return as_kind(value, kind)

    def _keys(self, batch: pa.RecordBatch, rows: list[dict[str, Any]]) -> list[str]:
        keys = []
        places = batch.select(["number", "where", "key"]).to_pylist()
        for place, row in zip(places, rows, strict=True):
            wished = row.get(self._wishes.key) if self._wishes.key else place["key"]
            key = str(place["number"]) if wished in (None, "") else _plain_key(str(wished))
            if key in self._taken:
                reason = said("the key {key} was taken", key=key[:60])
                self._report.add(place["number"], place["where"], key, Verdict.NOTED, reason)
                key = f"{key[:180]}-{place['number']}"
            self._taken.add(key)
            keys.append(key)
        return keys


def _plain_key(key: str) -> str:
    """A key travels in addresses: without what separates their parts."""
    return "".join(one if one.isprintable() and one not in "/?#%\\" else "_" for one in key)[:200]


def _nothing(number: int, chief: GeometryKind | None) -> str:
    if not number:
        return said("the file holds no features")
    if chief is not None:
        return said(
            "none of {count} features is of the kind {kind}", count=number, kind=KINDS_SAID[chief.value]
        )
    return said("none of {count} features could be taken: see the report", count=number)


def _spooled(found: Examined, before: int) -> pa.RecordBatch:
    left = np.flatnonzero(found.left)
    piece = found.piece
    chosen = left.tolist()
    rows = [orjson.dumps(piece.rows[place], option=orjson.OPT_NON_STR_KEYS, default=str) for place in chosen]
    columns = [
        pa.array(left + before + 1, pa.int64()),
        pa.array([piece.wheres[place] for place in chosen], pa.string()),
        pa.array([_sound(piece.keys[place]) for place in chosen], pa.string()),
        pa.array(shapely.to_wkb(piece.shapes[left], include_srid=False), pa.binary()),
        pa.array(rows, pa.binary()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_SPOOLED)


def _sound(text: str | None) -> str | None:
    """The text without halves of characters."""
    return None if text is None else text.encode("utf-8", "replace").decode()
