"""Reads GeoPackage and Shapefile through GDAL (pyogrio), a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import shapely

from beichen.platforms.geo.source import FieldKind
from beichen.platforms.geo.uploads import codes
from beichen.platforms.geo.uploads.found import PIECE, Piece
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

TROUBLE = (pa.ArrowException, RuntimeError, ValueError, OSError)  # what GDAL raises is a RuntimeError


class Vector:
    """A layer of a file that GDAL opens with the driver that was found out before."""

    def __init__(self, path: str, layer: str = "", encoding: str | None = None) -> None:
        self._path = path
        self._encoding = encoding
        try:
            import pyogrio  # heavy, and not needed by every process

            names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
            self._layer = _chosen(names, layer)
            about = pyogrio.read_info(path, layer=self._layer, encoding=encoding)
        except TROUBLE as error:
            raise unreadable(error) from error
        self.system = str(about["crs"] or "")
        self.expected = max(int(about["features"]), 0)
        self.kinds = dict(zip(map(str, about["fields"]), map(_kind, about["ogr_types"]), strict=True))

    def pieces(self) -> Iterator[Piece]:
        """See :class:`~beichen.platforms.geo.uploads.found.Reader`."""
        number = 0
        try:
            import pyogrio

            with pyogrio.open_arrow(
                self._path,
                layer=self._layer,
                encoding=self._encoding,
                return_fids=False,
                batch_size=PIECE,
                use_pyarrow=True,
            ) as (about, stream):
                geometry = about["geometry_name"] or "wkb_geometry"
                for batch in stream:
                    yield piece_of(batch, geometry, number)
                    number += batch.num_rows
        except TROUBLE as error:
            raise unreadable(error, number) from error


def _chosen(names: list[str], wanted: str) -> str:
    """The layer that is meant. Raises ProblemError GEO-807."""
    if wanted in names:
        return wanted
    if not wanted and len(names) == 1:
        return names[0]
    if not names:
        message = said("the file holds no layer with shapes")
    elif wanted:
        message = said("the file holds no layer {name!r}", name=wanted[:40])
    else:
        message = said("the file holds {count} layers", count=len(names))
    hint = nearest(wanted, names) if wanted else ", ".join(names[:10])
    raise ProblemError(Problem(codes.WHICH_LAYER, shorten(message), Where(field="layer"), hint))


def _kind(ogr: str) -> FieldKind:
    return {
        "OFTInteger": FieldKind.INTEGER,
        "OFTInteger64": FieldKind.INTEGER,
        "OFTReal": FieldKind.NUMBER,
        "OFTDate": FieldKind.DATE,
        "OFTDateTime": FieldKind.TIME,
    }.get(str(ogr), FieldKind.TEXT)


def piece_of(batch: Any, geometry: str, number: int) -> Piece:
    """A batch with a column of WKB as a piece; rows are counted from ``number``."""
    shapes = shapely.from_wkb(batch.column(geometry).to_numpy(zero_copy_only=False), on_invalid="ignore")
    names = [name for name in batch.schema.names if name != geometry]
    rows = [{name: plain(value) for name, value in row.items()} for row in batch.select(names).to_pylist()]
    wheres = [str(number + place + 1) for place in range(len(rows))]
    return Piece(wheres, [None] * len(rows), shapes, rows)


def plain(value: Any) -> Any:
    """A value of Arrow as GeoJSON holds it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return None
    return value


def unreadable(error: BaseException, number: int = 0) -> ProblemError:
    """The error for a file that is broken, after so many rows."""
    reason = str(error).split("\n", maxsplit=1)[0].rpartition("/")[2][:60]
    where = Where(row=number) if number else Where()
    return ProblemError(
        Problem(codes.UNREADABLE, shorten(said("it cannot be read: {reason}", reason=reason)), where)
    )
