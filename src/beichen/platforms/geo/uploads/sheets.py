"""Reads tables whose columns hold places: CSV and XLSX with longitude and latitude, WKT, or addresses."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from beichen.platforms.geo.addresses.matching import MOST, Match
from beichen.platforms.geo.source import FieldKind
from beichen.platforms.geo.uploads import codes
from beichen.platforms.geo.uploads.found import PIECE, Piece
from beichen.platforms.geo.uploads.vector import unreadable
from beichen.problem import Problem, ProblemError, Where, said

LONGITUDES = ("lon", "lng", "long", "longitude", "经度", "x")
LATITUDES = ("lat", "latitude", "纬度", "y")
SHAPES = ("wkt", "geometry", "geom", "the_geom")
ADDRESSES = ("address", "addr", "地址", "详细地址")
WIDEST = 1 << 20  # characters of a value
MOST_COLUMNS = 500
LookUp = Callable[[Sequence[str]], list[Match]]
"""What addresses mean to whoever brought the sheet: up to :data:`MOST` of them at once."""
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][-+]?[0-9]{1,3})?", re.ASCII)


class Sheet:
    """A CSV file or the first sheet of a workbook. ``options`` may name the columns with places."""

    def __init__(self, path: Path, *, is_workbook: bool, options: dict[str, str], look_up: LookUp) -> None:
        self._path = path
        self._is_workbook = is_workbook
        self.system = ""
        self.kinds: dict[str, FieldKind] = {}
        self.expected = 0
        self._encoding = "" if is_workbook else encoding_of(path)
        head = next(self._lines(), ("1", []))[1]
        if len(head) > MOST_COLUMNS:
            message = said("more than {count} columns", count=MOST_COLUMNS)
            raise ProblemError(Problem(codes.TOO_MUCH, message))
        self._names = [str(name or "").strip() for name in head]
        self._places = _places(self._names, options, look_up)

    def pieces(self) -> Iterator[Piece]:
        """See :class:`~beichen.platforms.geo.uploads.found.Reader`."""
        lines = self._lines()
        next(lines, None)
        while part := list(islice(lines, PIECE)):
            yield self._piece(part)

    def _lines(self) -> Iterator[tuple[str, list[Any]]]:
        return self._sheet_lines() if self._is_workbook else self._text_lines()

    def _text_lines(self) -> Iterator[tuple[str, list[Any]]]:
        csv.field_size_limit(WIDEST)
        with self._path.open(encoding=self._encoding, newline="") as file:
            try:
                reader = csv.reader(file, delimiter=_delimiter(self._path, self._encoding))
                for line in reader:
                    yield str(reader.line_num), line
            except (csv.Error, UnicodeDecodeError) as error:
                raise unreadable(error) from error

    def _sheet_lines(self) -> Iterator[tuple[str, list[Any]]]:
        from openpyxl import load_workbook

        try:
            with self._path.open("rb") as file:
                book = load_workbook(file, read_only=True, data_only=True)
                sheet = book.worksheets[0]
                sheet.reset_dimensions()
                for number, line in enumerate(sheet.iter_rows(values_only=True), 1):
                    yield str(number), [_cell(value) for value in line[: MOST_COLUMNS + 1]]
        except Exception as error:
            raise unreadable(error) from error

    def _piece(self, part: list[tuple[str, list[Any]]]) -> Piece:
        rows = [dict(zip(self._names, line, strict=False)) for _where, line in part]
        for row in rows:
            row.pop("", None)
        faults: dict[int, str] = {}
        shapes = self._places.shapes(rows, faults)
        kept = [
            {name: _value(value) for name, value in row.items() if name not in self._places.names}
            for row in rows
        ]
        keys = [str(row["id"]) if row.get("id") else None for row in rows]
        return Piece([where for where, _line in part], keys, shapes, kept, faults)


class _Columns:
    """Two columns with numbers."""

    def __init__(self, longitude: str, latitude: str) -> None:
        self.names = {longitude, latitude}
        self._longitude, self._latitude = longitude, latitude

    def shapes(self, rows: list[dict[str, Any]], faults: dict[int, str]) -> Any:
        places = np.full((len(rows), 2), np.nan)
        for number, row in enumerate(rows):
            try:
                places[number] = float(row.get(self._longitude) or "-"), float(row.get(self._latitude) or "-")
            except (TypeError, ValueError):
                told = f"{row.get(self._longitude)}, {row.get(self._latitude)}"
                faults[number] = said("no numbers: {found}", found=told[:60])
        shapes = shapely.points(places)
        shapes[~np.isfinite(places).all(axis=1)] = None
        return shapes


class _Words:
    """A column with shapes as WKT."""

    def __init__(self, name: str) -> None:
        self.names = {name}
        self._name = name

    def shapes(self, rows: list[dict[str, Any]], faults: dict[int, str]) -> Any:
        texts = [str(row.get(self._name) or "") or None for row in rows]
        shapes = shapely.from_wkt(np.array(texts, object), on_invalid="ignore")
        for number, shape in enumerate(shapes):
            if shape is None:
                faults[number] = said("not WKT: {found}", found=(texts[number] or "")[:60])
        return shapes


class _Addresses:
    """A column with addresses, which the address library knows."""

    def __init__(self, name: str, look_up: LookUp) -> None:
        self.names: set[str] = set()
        self._name, self._look_up = name, look_up

    def shapes(self, rows: list[dict[str, Any]], faults: dict[int, str]) -> Any:
        texts = [str(row.get(self._name) or "") for row in rows]
        shapes = np.empty(len(rows), object)
        for start in range(0, len(texts), MOST):
            for number, match in enumerate(self._look_up(texts[start : start + MOST]), start):
                if match.is_accepted:
                    shapes[number] = shapely.Point(match.longitude, match.latitude)
                else:
                    faults[number] = said("no such address: {found}", found=texts[number][:60])
        return shapes


def _places(names: list[str], options: dict[str, str], look_up: LookUp) -> Any:
    """The columns that hold places: those that are named, or that are called as such ones are."""
    given = {
        part: options[part] for part in ("longitude", "latitude", "geometry", "address") if options.get(part)
    }
    for part, name in given.items():
        if name not in names:
            message = said("there is no column {name!r}", name=name[:40])
            raise ProblemError(Problem(codes.NO_PLACE, message, Where(field=part), ", ".join(names)[:200]))
    lower = {name.lower(): name for name in reversed(names)}

    def called(words: tuple[str, ...], part: str) -> str:
        return given.get(part, "") or next((lower[word] for word in words if word in lower), "")

    if (longitude := called(LONGITUDES, "longitude")) and (latitude := called(LATITUDES, "latitude")):
        return _Columns(longitude, latitude)
    if shapes := called(SHAPES, "geometry"):
        return _Words(shapes)
    if address := called(ADDRESSES, "address"):
        return _Addresses(address, look_up)
    hint = said("columns lon and lat, wkt or address; or name them")
    message = said("no columns with longitude and latitude")
    raise ProblemError(Problem(codes.NO_PLACE, message, Where(row=1), hint))


def encoding_of(path: Path) -> str:
    """UTF-8, or GB 18030 where the text is not UTF-8. Raises ProblemError GEO-802."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise ProblemError(Problem(codes.UNREADABLE, said("the text is neither UTF-8 nor GB 18030")))


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding) as file:
        head = file.readline(1 << 16)
    return max(",;\t", key=head.count)


def _cell(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _value(value: Any) -> Any:
    """A cell as it is kept until the kind of its column is known: text without blanks around it."""
    if isinstance(value, str):
        return value.strip() or None
    return value


def kind_of_text(text: str) -> FieldKind:
    """What a text of a sheet looks like; codes with leading zeros stay text."""
    if _INTEGER.fullmatch(text):
        return FieldKind.INTEGER
    return FieldKind.NUMBER if _NUMBER.fullmatch(text) else FieldKind.TEXT
