"""What a reader hands over: rows of a file as they stand in it, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from beichen.platforms.geo.source import FieldKind

PIECE = 8_192  # features that are in memory at once
Shapes = npt.NDArray[np.object_]


@dataclass(slots=True)
class Piece:
    """Some features: where each stands in the file, its own key, shape (None: none) and properties.

    ``faults`` says of a feature, by its place in the piece, what was wrong before it became a shape;
    ``mended`` what the reader mended already.
    """

    wheres: list[str]
    keys: list[str | None]
    shapes: Shapes
    rows: list[dict[str, Any]]
    faults: dict[int, str] = field(default_factory=dict)
    mended: dict[int, str] = field(default_factory=dict)


class Reader(Protocol):
    """A file that is open for reading, from its beginning as often as wanted."""

    system: str
    """The coordinates' system that the file states: "EPSG:4548", WKT, or empty."""
    kinds: dict[str, FieldKind]
    """Kinds of the fields that the file states."""
    expected: int
    """How many features the file says that it has; 0 where it does not say."""

    def pieces(self) -> Iterator[Piece]:
        """The features in the order of the file. Raises ProblemError GEO-802, GEO-803, GEO-805."""
        ...
