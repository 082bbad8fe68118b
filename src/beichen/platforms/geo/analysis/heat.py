"""Where much happens: kernel density as a grid and its contours, and Getis-Ord Gi* over cells or areas."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import contourpy
import numpy as np
import shapely

from beichen.platforms.geo.analysis.codes import TOO_MUCH, Patience, refused
from beichen.problem import said

if TYPE_CHECKING:
    from scipy import sparse

MOST_CELLS = 400_000
MOST_STEPS = 25  # cells in a bandwidth
PER_KM2 = 1_000_000
LEVELS = 6
CONFIDENCE = (
    (2.575829, 99),
    (1.959964, 95),
    (1.644854, 90),
)  # quantiles of the normal distribution, two-sided


@dataclass(frozen=True, slots=True)
class Grid:
    """Values at the middles of square cells: ``values[row, column]``, rows from south to north; metres."""

    west: float
    south: float
    cell: float
    values: Any

    @property
    def xs(self) -> Any:
        """Middles of the columns."""
        return self.west + (np.arange(self.values.shape[1]) + 0.5) * self.cell

    @property
    def ys(self) -> Any:
        """Middles of the rows."""
        return self.south + (np.arange(self.values.shape[0]) + 0.5) * self.cell


def density(points: Any, weights: Any, bandwidth: float, cell: float, patience: Patience) -> Grid:
    """Weights a square kilometre, by Silverman's quartic kernel: 3/(π·h²)·(1 − d²/h²)² within bandwidth h.

    Exact at the middle of each cell: a point counts with its true distance. ``points`` are coordinates
    (n, 2) in metres. Raises ProblemError GEO-643 for a grid of more than :data:`MOST_CELLS` cells.
    """
    steps = int(np.ceil(bandwidth / cell))
    if steps > MOST_STEPS:
        least = int(np.ceil(bandwidth / MOST_STEPS))
        message = said("a cell is at least {least} m at this bandwidth", least=least)
        raise refused(TOO_MUCH, message, "cell")
    west, south = points.min(axis=0) - bandwidth
    columns, rows = (np.ceil((np.ptp(points, axis=0) + 2 * bandwidth) / cell)).astype(int) + 1
    if columns * rows > MOST_CELLS:
        message = said("{count:,} cells, at most {most:,}", count=int(columns * rows), most=MOST_CELLS)
        raise refused(TOO_MUCH, message, "cell", said("make the cells larger"))
    total = np.zeros(rows * columns)
    home = np.floor((points - (west, south)) / cell).astype(int)
    for up in range(-steps, steps + 1):
        patience.at((up + steps) / (2 * steps + 1))
        for right in range(-steps, steps + 1):
            at = home + np.array([right, up])
            middle = (at + 0.5) * cell + (west, south)
            nearness = 1 - ((middle - points) ** 2).sum(axis=1) / bandwidth**2
            inside = (nearness > 0) & (at >= 0).all(axis=1) & (at[:, 0] < columns) & (at[:, 1] < rows)
            places = at[inside, 1] * columns + at[inside, 0]
            total += np.bincount(places, weights[inside] * nearness[inside] ** 2, minlength=rows * columns)
    total *= 3 / (np.pi * bandwidth**2) * PER_KM2
    return Grid(float(west), float(south), cell, total.reshape(rows, columns))


def contours(grid: Grid, levels: int = LEVELS) -> list[tuple[Any, float, float]]:
    """Areas between levels: shape, from, to. Levels divide the highest value evenly, the lowest left out."""
    highest = float(grid.values.max())
    if highest <= 0:
        return []
    made = contourpy.contour_generator(
        grid.xs, grid.ys, grid.values, fill_type=contourpy.FillType.OuterOffset
    )
    steps = np.linspace(0, highest, levels + 1)[1:]
    found = []
    for low, high in zip(steps, [*steps[1:], np.inf], strict=True):
        if low >= highest:
            break
        areas = _filled(made.filled(low, high))
        if areas:
            found.append((shapely.union_all(areas), float(low), float(min(high, highest))))
    return found


def _filled(found: Any) -> list[Any]:
    points, offsets = found
    areas = []
    for ring_points, ring_offsets in zip(points, offsets, strict=True):
        rings = [ring_points[start:end] for start, end in pairwise(ring_offsets)]
        area = shapely.Polygon(rings[0], rings[1:])
        areas.append(area if area.is_valid else shapely.make_valid(area))
    return areas


def getis_ord(values: Any, neighbours: sparse.csr_matrix) -> tuple[Any, Any]:
    """Gi* (Getis and Ord 1992, Ord and Getis 1995) of each place: z-scores, and two-sided p-values.

    ``neighbours`` has a 1 for each pair of neighbours; each place is made its own. With the mean X̄ and
    S = √(Σx²/n − X̄²): z = (Σ w·x − X̄·W) / (S·√((n·W − W²)/(n − 1))), W the number of neighbours.
    """
    from scipy import sparse  # heavy, and not needed by every process
    from scipy.special import ndtr

    n = len(values)
    own = (neighbours + sparse.identity(n, format="csr")).tocsr()
    own.data = np.ones_like(own.data, dtype=float)
    count = np.asarray(own.sum(axis=1)).ravel()
    mean = values.mean()
    spread = np.sqrt(max(float((values**2).mean() - mean**2), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = (own @ values - mean * count) / (spread * np.sqrt((n * count - count**2) / (n - 1)))
    scores = np.where(np.isfinite(scores), scores, 0.0)
    return scores, 2 * ndtr(-np.abs(scores))


def verdicts(scores: Any) -> list[str]:
    """What a score means: ``hot-99``, ``hot-95``, ``hot-90``, ``cold-…``, or ``none``."""
    found = []
    for score in scores:
        sure = next((percent for least, percent in CONFIDENCE if abs(score) >= least), 0)
        found.append(f"{'hot' if score > 0 else 'cold'}-{sure}" if sure else "none")
    return found
