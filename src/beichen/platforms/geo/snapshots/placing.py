"""Where features stand in a file, and from which zoom on they are worth drawing.

Neighbours in the city are neighbours in the file: features lie in the order of a Hilbert curve, so that a box
touches few pieces of it. A tile of a low zoom shows of the features that would lie on one another the first,
so that no tile has more than :data:`CELLS` squared small ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Boxes = Floats
"""Four rows: wests, souths, easts, norths."""

ORDER = 16  # bits a side of the curve
CELLS = 128  # a side of a tile
DEEPEST = 20  # from here on everything is drawn
SEEN = 3 / 512  # of a tile's side: what is smaller is a dot
_LIMIT = 85.0511287798


def hilbert_order(boxes: Boxes) -> npt.NDArray[np.int64]:
    """The features' numbers in the order of the curve through the middles of their boxes."""
    if not boxes.shape[1]:
        return np.empty(0, np.int64)
    west, south, east, north = boxes
    x = _scaled((west + east) / 2)
    y = _scaled((south + north) / 2)
    return np.argsort(_codes(x, y), kind="stable")


def _scaled(values: Floats) -> npt.NDArray[np.int64]:
    least = values.min()
    reach = max(values.max() - least, 1e-9)
    scaled: npt.NDArray[np.int64] = ((values - least) / reach * ((1 << ORDER) - 1)).astype(np.int64)
    return scaled


def _codes(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Positions on the curve (the rotation of Warren, Hacker's Delight, 16-2), for whole columns."""
    codes = np.zeros_like(x)
    side = 1 << (ORDER - 1)
    while side:
        right, upper = (x & side) > 0, (y & side) > 0
        codes += side * side * ((3 * right) ^ upper)
        turned = ~upper
        flipped = turned & right
        x = np.where(flipped, side - 1 - (x & (side - 1)), x & (side - 1))
        y = np.where(flipped, side - 1 - (y & (side - 1)), y & (side - 1))
        x, y = np.where(turned, y, x), np.where(turned, x, y)
        side >>= 1
    return codes


def mercator(boxes: Boxes) -> Boxes:
    """Boxes of degrees as parts of the Web Mercator world, from 0 to 1, y downwards."""
    west, south, east, north = boxes
    latitudes = np.radians(np.clip(np.vstack([north, south]), -_LIMIT, _LIMIT))
    top, bottom = 0.5 - np.log(np.tan(np.pi / 4 + latitudes / 2)) / (2 * np.pi)
    return np.vstack([west / 360 + 0.5, top, east / 360 + 0.5, bottom])


def least_zooms(boxes: Boxes) -> npt.NDArray[np.uint8]:
    """For each feature the lowest zoom at which a tile shows it."""
    count = boxes.shape[1]
    if not count:
        return np.empty(0, np.uint8)
    left, top, right, bottom = mercator(boxes)
    sizes = np.maximum(right - left, bottom - top)
    with np.errstate(divide="ignore"):
        by_size = np.ceil(np.log2(SEEN / sizes))
    zooms: npt.NDArray[np.uint8] = np.clip(by_size, 0, DEEPEST).astype(np.uint8)
    order = np.argsort(-sizes, kind="stable")  # of those in one cell the largest is shown first
    x, y = np.clip((left + right) / 2, 0, 1)[order], np.clip((top + bottom) / 2, 0, 1)[order]
    zooms[order] = np.minimum(zooms[order], _by_cells(x, y))
    return zooms


def _by_cells(x: Floats, y: Floats) -> npt.NDArray[np.uint8]:
    """The zoom from which each is the first in its cell, in the order given."""
    zooms = np.full(len(x), DEEPEST, np.uint8)
    waiting: npt.NDArray[Any] = np.arange(len(x))
    shown: npt.NDArray[Any] = np.empty(0, np.int64)
    for zoom in range(DEEPEST):
        side = CELLS << zoom
        cells = _cells(x[waiting], y[waiting], side)
        found, first = np.unique(cells, return_index=True)
        taken = np.unique(_cells(x[shown], y[shown], side))
        chosen = waiting[np.sort(first[~np.isin(found, taken, assume_unique=True)])]
        zooms[chosen] = zoom
        shown = np.concatenate([shown, chosen])
        is_waiting = zooms[waiting] == DEEPEST
        waiting = waiting[is_waiting]
        if not len(waiting):
            break
    return zooms


def _cells(x: Floats, y: Floats, side: int) -> npt.NDArray[np.int64]:
    columns = np.minimum((x * side).astype(np.int64), side - 1)
    rows = np.minimum((y * side).astype(np.int64), side - 1)
    cells: npt.NDArray[np.int64] = rows * side + columns
    return cells
