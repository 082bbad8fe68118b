"""Where a layer's features come from: what is asked for, and who answers.

Behind one protocol stand snapshots (files of packages and uploads, states of tables), which are read in
bulk, and the registry's objects, which are read as they are at this moment. Pages, tiles, exports and
analyses ask a source and know no more of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from beichen.platforms.geo.snapshots.values import Dots

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees of WGS 84; a box over the antimeridian has west > east."""

Condition = dict[str, Any]
"""A filter as CQL2-JSON (OGC 21-065r2), checked against a source's fields: what `conditions` asks."""

KEY, GEOMETRY, REGION = "id", "geometry", "region"
"""The columns that every source has beside its fields: a feature's name in its layer, its shape (WKB,
longitude first, WGS 84; with heights where it has them), the path of its region (may be empty)."""


def column_name(name: str) -> str:
    """A property's name as a column: three names have a meaning of their own, and get an underscore."""
    return f"{name}_" if name in (KEY, GEOMETRY, REGION) else name


class FieldKind(StrEnum):
    """What a property holds; in columns: utf8, int64, float64, bool, date32, timestamp[us, UTC]."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Field:
    """A property that all features of a layer may have."""

    name: str
    kind: FieldKind
    title: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A source as it is now. ``tag`` is another whenever an answer may be: caches are kept under it, and none
    where it is empty."""

    fields: tuple[Field, ...]
    count: int
    box: Box | None
    span: tuple[datetime | None, datetime | None]
    tag: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for features; every part narrows it. ``during`` is closed, None on a side is open."""

    limit: int
    after: str = ""
    box: Box | None = None
    during: tuple[datetime | None, datetime | None] | None = None
    condition: Condition | None = None
    regions: tuple[str, ...] | None = None
    """Paths of the regions to which who asks is confined; None for the whole city."""
    names: Sequence[str] = field(default=())
    """Fields that are wanted; none for all."""
    zoom: int | None = None
    """A tile of this zoom asks: what is too small or too dense to be seen on it may be left out."""


def version_of(feature: bytes) -> str:
    """The version of a feature: the hash of its document. It is the entity tag over HTTP."""
    return blake2b(feature, digest_size=12).hexdigest()


class Answer(NamedTuple):
    """A page: GeoJSON features as bytes, ready to be joined, in an order that stays; ``after`` asks for the
    next page and is empty on the last; how many match in all, where that is known without counting."""

    features: list[bytes]
    after: str
    matched: int | None


class Source(Protocol):
    """Features of one layer, for reading."""

    def described(self) -> Described:
        """Fields, number, box, span of time."""
        ...

    def page(self, asked: Asked) -> Answer:
        """The features that match, a page of them. Raises ProblemError for an ``after`` of no page."""
        ...

    def feature(self, key: str, regions: tuple[str, ...] | None = None) -> bytes | None:
        """One feature; None where there is none, or none for who asks."""
        ...

    def columns(self, asked: Asked) -> pa.Table:
        """The same features as ``page`` for tiles and analyses: id, geometry, region and the fields."""
        ...

    def dots(self, asked: Asked) -> Dots | None:
        """The same for a tile, where they are plain points whose values were made before; else None."""
        ...


class Editable(Protocol):
    """What writes features of a layer one by one, for one actor (OGC API Features, Part 4)."""

    def add(self, document: dict[str, Any]) -> str:
        """Add a GeoJSON feature; returns its key. Raises ProblemError with every mistake."""
        ...

    def replace(self, key: str, document: dict[str, Any], version: str = "") -> None:
        """Put a feature in the place of another. Raises ProblemError, also for an old ``version``."""
        ...

    def change(self, key: str, members: dict[str, Any], version: str = "") -> None:
        """Merge members into a feature (RFC 7396). Raises ProblemError."""
        ...

    def remove(self, key: str, version: str = "") -> None:
        """Take a feature away. Raises ProblemError."""
        ...
