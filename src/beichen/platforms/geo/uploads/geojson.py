"""Reads GeoJSON (RFC 7946) and GeoJSON text sequences (RFC 8142) piece by piece, whatever their size.

A collection is never in memory as a whole: features are decoded one after another from a window of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import orjson
import shapely

from beichen.platforms.geo.source import FieldKind
from beichen.platforms.geo.uploads import codes
from beichen.platforms.geo.uploads.found import PIECE, Piece
from beichen.problem import Problem, ProblemError, Said, Where, said, shorten

WINDOW = 4 << 20  # characters
LARGEST = 64 << 20  # characters of one feature
HEAD = 1 << 20  # characters before the first feature
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_SYSTEM = re.compile(r'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"]{1,200})"')
_SPACE = " \t\r\n"
_decoder = json.JSONDecoder()


class Collection:
    """A FeatureCollection, or one feature."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.kinds: dict[str, FieldKind] = {}
        self.expected = 0
        with path.open(encoding="utf-8-sig", errors="strict") as file:
            head = _text(file, HEAD)
        found = _SYSTEM.search(head)
        self.system = found.group(1) if found else ""

    def pieces(self) -> Iterator[Piece]:
        """See :class:`~beichen.platforms.geo.uploads.found.Reader`."""
        return _pieced(self._features())

    def _features(self) -> Iterator[tuple[str, Any]]:
        with self._path.open(encoding="utf-8-sig") as file:
            window = _Window(file)
            if not window.enter():
                yield from self._single()
                return
            number = 0
            while (line := window.find()) is not None:
                number += 1
                yield str(line), window.take(line)
            if not number:
                return

    def _single(self) -> Iterator[tuple[str, Any]]:
        """A file that is one feature or one shape."""
        if self._path.stat().st_size > LARGEST:
            raise broken(said('no member "features" begins in the first megabyte'), 1)
        try:
            document = json.loads(self._path.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise broken(_reason(error), getattr(error, "lineno", 1)) from None
        if isinstance(document, dict) and document.get("type") == "Feature":
            yield "1", document
        elif isinstance(document, dict) and ("coordinates" in document or "geometries" in document):
            yield "1", {"type": "Feature", "properties": {}, "geometry": document}
        else:
            raise broken(said("expected a FeatureCollection or a Feature"), 1)


class _Window:
    """The part of the text that is being decoded, and the line on which it begins."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = _text(file, WINDOW)
        self._at = 0
        self._counted = 0
        self._line = 1
        self._is_last = len(self._text) < WINDOW

    def enter(self) -> bool:
        """Go to the first feature; whether there is a list of them."""
        found = _FEATURES.search(self._text, 0, HEAD)
        if found is None:
            return False
        self._at = found.end()
        return True

    def find(self) -> int | None:
        """Go to the next feature and return its line; None at the end of the list. Raises GEO-802."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n,":
                self._at += 1
            if self._at < len(self._text):
                break
            if not self._more():
                raise broken(said("the list of features does not end"), self._here())
        return None if self._text[self._at] == "]" else self._here()

    def take(self, line: int) -> Any:
        """Decode the feature that was found."""
        while True:
            try:
                feature, self._at = _decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise broken(said("the feature is nested too deep"), line) from None
            except ValueError as error:
                if self._more():
                    continue
                raise broken(_reason(error), line) from None
            else:
                return feature

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _more(self) -> bool:
        """Read on, keeping what is not decoded yet; False at the end. Raises GEO-803."""
        if self._is_last:
            return False
        self._here()
        rest = self._text[self._at :]
        if len(rest) > LARGEST:
            message = said("a feature of more than {size} MB", size=LARGEST >> 20)
            raise ProblemError(Problem(codes.TOO_MUCH, message, Where(line=self._line)))
        # Growing with what waits keeps the work linear in the size of the largest feature.
        wanted = max(WINDOW, len(rest))
        read = _text(self._file, wanted)
        self._is_last = len(read) < wanted
        self._text, self._at, self._counted = rest + read, 0, 0
        return bool(read)


class Sequence:
    """One feature on each line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.system = ""
        self.kinds: dict[str, FieldKind] = {}
        self.expected = 0

    def pieces(self) -> Iterator[Piece]:
        """See :class:`~beichen.platforms.geo.uploads.found.Reader`."""
        return _pieced(self._features())

    def _features(self) -> Iterator[tuple[str, Any]]:
        with self._path.open("rb") as file:
            number = 0
            while line := file.readline(LARGEST + 1):
                number += 1
                if len(line) > LARGEST:
                    message = said("a feature of more than {size} MB", size=LARGEST >> 20)
                    raise ProblemError(Problem(codes.TOO_MUCH, message, Where(line=number)))
                text = line.strip(b"\x1e\xef\xbb\xbf \t\r\n")
                if text:
                    yield str(number), _decoded(text)


def _decoded(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return shorten(said("not JSON: {reason}", reason=error.msg))


def _text(file: TextIO, size: int) -> str:
    try:
        return file.read(size)
    except UnicodeDecodeError as error:
        raise broken(said("the text is not UTF-8"), 1) from error


def broken(reason: str, line: int) -> ProblemError:
    """The error for a file that cannot be read on from a line."""
    return ProblemError(Problem(codes.UNREADABLE, shorten(reason), Where(line=line)))


def _reason(error: BaseException) -> str:
    return said("not JSON: {reason}", reason=getattr(error, "msg", type(error).__name__))


def _pieced(features: Iterator[tuple[str, Any]]) -> Iterator[Piece]:
    waiting: list[tuple[str, Any]] = []
    size = 0
    for where, feature in features:
        waiting.append((where, feature))
        size += _weight(feature)
        if len(waiting) == PIECE or size > WINDOW:
            yield piece_of(waiting)
            waiting, size = [], 0
    if waiting:
        yield piece_of(waiting)


def _weight(feature: Any) -> int:
    """About how many positions a feature has: those of its outermost lists."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    places = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(places, list):
        return 1
    return sum(len(one) if isinstance(one, list) else 1 for one in places) * 100


def piece_of(features: list[tuple[str, Any]]) -> Piece:
    """Features, each with where it stands, as a piece; what is no feature has a fault."""
    piece = Piece([], [], _plain_shapes(features), [])
    for number, (where, feature) in enumerate(features):
        known = feature if isinstance(feature, dict) else {}
        properties = known.get("properties")
        key = known.get("id")
        piece.wheres.append(where)
        piece.keys.append(None if key is None or isinstance(key, dict | list) else str(key))
        piece.rows.append(properties if isinstance(properties, dict) else {})
        if not known:
            piece.faults[number] = feature if isinstance(feature, Said) else said("not a JSON object")
            continue
        try:
            orjson.dumps(piece.rows[-1])
        except orjson.JSONEncodeError as error:
            piece.rows[-1] = {}
            piece.faults[number] = shorten(said("its properties cannot be kept: {reason}", reason=error))
            piece.shapes[number] = None
            continue
        if piece.shapes[number] is not None:
            continue
        shape, fault, mended = shape_of(known.get("geometry"))
        piece.shapes[number] = shape
        if fault:
            piece.faults[number] = fault
        elif mended:
            piece.mended[number] = mended
    return piece


def _plain_shapes(features: list[tuple[str, Any]]) -> Any:
    """The shapes of those features that are sound, read at once; None for the others."""
    texts: list[str | None] = []
    for _where, feature in features:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        try:
            texts.append(orjson.dumps(geometry).decode() if isinstance(geometry, dict) else None)
        except orjson.JSONEncodeError:
            texts.append(None)
    return shapely.from_geojson(np.array(texts, object), on_invalid="ignore")


def shape_of(geometry: Any) -> tuple[Any, str, str]:
    """A GeoJSON geometry as a shape; what is wrong with it; what was mended in it."""
    if not isinstance(geometry, dict):
        return None, said("the feature has no geometry"), ""
    shape = _read(geometry)
    if shape is not None:
        return shape, "", ""
    closed = _closed(geometry)
    shape = _read(closed) if closed is not None else None
    if shape is not None:
        return shape, "", said("a ring was closed")
    kind = str(geometry.get("type"))[:20]
    return None, said("the coordinates are not those of a {kind}", kind=kind), ""


def _read(geometry: dict[str, Any]) -> Any:
    try:
        text = orjson.dumps(geometry).decode()
    except (TypeError, orjson.JSONEncodeError):
        return None
    return shapely.from_geojson(text, on_invalid="ignore")


def _closed(geometry: dict[str, Any]) -> dict[str, Any] | None:
    """The same with its rings closed; None where there are none."""
    places = geometry.get("coordinates")
    try:
        if geometry.get("type") == "Polygon":
            return {"type": "Polygon", "coordinates": _rings(places)}
        if geometry.get("type") == "MultiPolygon":
            return {"type": "MultiPolygon", "coordinates": [_rings(one) for one in places or []]}
    except (TypeError, IndexError):
        return None
    return None


def _rings(rings: Any) -> list[Any]:
    return [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings]
