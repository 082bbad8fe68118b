"""What an analysis answers: rows with a shape each, notes, and the sources that it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import shapely

from beichen.platforms.geo.analysis.codes import MOST_ROWS, RESULT_BYTES, TOO_MUCH, refused
from beichen.platforms.geo.analysis.features import Features
from beichen.problem import said

DIGITS = 7  # of degrees: a centimetre


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, its title in Chinese and English, its unit (UCUM, may be empty)."""

    name: str
    title: str
    title_en: str
    unit: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result: ``shapes`` in degrees, one a row. ``drawn`` says by which column the map colours it."""

    columns: tuple[Column, ...]
    shapes: Any
    rows: Sequence[tuple[Any, ...]]
    notes: tuple[str, ...] = ()
    sources: tuple[dict[str, str], ...] = ()
    drawn: str = ""
    tones: dict[str, str] = field(default_factory=dict)  # value of that column → a tone's name

    def collection(self) -> bytes:
        """GeoJSON. Raises ProblemError GEO-643 when it is too large to be kept or sent."""
        if len(self.rows) > MOST_ROWS:
            message = said("{count:,} rows, at most {most:,}", count=len(self.rows), most=MOST_ROWS)
            raise refused(TOO_MUCH, message, hint=said("take fewer features or smaller distances"))
        names = [column.name for column in self.columns]
        geometries = shapely.to_geojson(_rounded(self.shapes))
        features = [
            b'{"type":"Feature","geometry":%s,"properties":%s}'
            % ((text or "null").encode(), orjson.dumps(dict(zip(names, row, strict=True)), default=_plain))
            for text, row in zip(geometries, self.rows, strict=True)
        ]
        content = b'{"type":"FeatureCollection","features":[' + b",\n".join(features) + b"]}"
        if len(content) > RESULT_BYTES:
            message = said("the result has more than {most} MB", most=RESULT_BYTES // 1_000_000)
            raise refused(TOO_MUCH, message, hint=said("take fewer features or smaller distances"))
        return content


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return str(value)


def _rounded(shapes: Any) -> Any:
    """To the digits that mean something; what would collapse keeps its own."""
    return shapely.transform(shapes, lambda xy: np.round(xy, DIGITS))


def sources_of(*read: Features) -> tuple[dict[str, str], ...]:
    """The sources of what was read, each once."""
    return tuple({one.source["layer"]: one.source for one in read}.values())


def rounded(value: Any, digits: int = 1) -> float | None:
    """A number for people; None for what is none."""
    number = float(value)
    return round(number, digits) if np.isfinite(number) else None


FEATURE = Column("feature", "要素", "Feature")
NAME = Column("name", "名称", "Name")
DISTANCE = Column("distance_m", "距离", "Distance", "m", is_number=True)
AREA = Column("area_m2", "面积", "Area", "m2", is_number=True)
LENGTH = Column("length_m", "长度", "Length", "m", is_number=True)
