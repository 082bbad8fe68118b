"""Density and Gi*: against their formulas, and against esda."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from beichen.platforms.geo.analysis import heat
from beichen.platforms.geo.analysis.codes import Patience
from beichen.problem import ProblemError

METRE = st.floats(-2_000, 2_000)


@given(
    st.lists(st.tuples(METRE, METRE, st.floats(0, 9)), min_size=1, max_size=30),
    st.sampled_from([120.0, 300.0]),
)
@settings(max_examples=25, deadline=None)
def test_density_is_the_sum_of_the_kernels(told: list[tuple[float, float, float]], bandwidth: float) -> None:
    points, weights = np.array(told)[:, :2], np.array(told)[:, 2]
    grid = heat.density(points, weights, bandwidth, 60.0, Patience(1e9))
    rng = np.random.default_rng(1)
    for _turn in range(20):
        row, column = rng.integers(grid.values.shape[0]), rng.integers(grid.values.shape[1])
        middle = np.array([grid.xs[column], grid.ys[row]])
        near = 1 - ((points - middle) ** 2).sum(axis=1) / bandwidth**2
        wanted = (weights * np.where(near > 0, near, 0) ** 2).sum() * 3 / (np.pi * bandwidth**2) * 1e6
        assert grid.values[row, column] == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_all_of_a_point_lies_on_the_grid() -> None:
    grid = heat.density(np.array([[3.0, 4.0]]), np.array([7.0]), 500.0, 20.0, Patience(1e9))
    assert grid.values.sum() * 20.0**2 / 1e6 == pytest.approx(7.0, rel=2e-3)


def test_contours_hold_what_is_above_them() -> None:
    rng = np.random.default_rng(3)
    grid = heat.density(rng.normal(0, 400, (200, 2)), np.ones(200), 300.0, 50.0, Patience(1e9))
    found = heat.contours(grid)
    assert len(found) == heat.LEVELS - 1
    xs, ys = np.meshgrid(grid.xs, grid.ys)
    for area, low, high in found:
        inside = shapely.contains_xy(area, xs, ys)
        assert grid.values[inside].min() >= low * 0.999
        assert grid.values[inside].max() <= high * 1.001
    assert found[-1][2] == grid.values.max()


def test_a_grid_that_is_too_fine_is_refused() -> None:
    points = np.array([[0.0, 0.0], [90_000.0, 90_000.0]])
    with pytest.raises(ProblemError, match="GEO-643"):
        heat.density(points, np.ones(2), 1_000.0, 50.0, Patience(1e9))
    with pytest.raises(ProblemError, match="GEO-643 a cell is at least 40 m"):
        heat.density(points, np.ones(2), 1_000.0, 10.0, Patience(1e9))


# z-scores of esda 2.9.0: G_Local(y, w, transform="B", star=True, permutations=0).Zs, a lattice of 5 × 5 with
# rook neighbours, y = np.random.default_rng(7).integers(0, 20, 25)
ESDA_ZS: list[float] = [
    1.50639608,
    1.6891624,
    0.50346525,
    0.13863536,
    0.3745411,
    1.23312504,
    1.1201466,
    0.11703024,
    -1.88920248,
    -1.22947674,
    1.14191756,
    0.61858842,
    0.2842163,
    -1.72201642,
    -1.50309916,
    -0.13498706,
    0.45140236,
    -0.63530703,
    -1.63842339,
    -0.59102443,
    0.78612473,
    -0.95585432,
    -0.77343937,
    -1.22947674,
    -0.24283434,
]


def lattice(side: int) -> sparse.csr_matrix:
    line = sparse.diags([1.0, 1.0], [-1, 1], shape=(side, side))
    one = sparse.identity(side)
    return sparse.csr_matrix(sparse.kron(line, one) + sparse.kron(one, line))


def test_scores_are_those_of_esda() -> None:
    values = np.random.default_rng(7).integers(0, 20, 25).astype(float)
    scores, _chances = heat.getis_ord(values, lattice(5))
    assert scores.tolist() == pytest.approx(ESDA_ZS, abs=1e-6)


@given(st.lists(st.integers(0, 50), min_size=9, max_size=9))
def test_scores_are_those_of_the_formula(told: list[int]) -> None:
    values, near = np.array(told, dtype=float), lattice(3).toarray() + np.eye(3 * 3)
    scores, chances = heat.getis_ord(values, lattice(3))
    n, mean, spread = 9, values.mean(), values.std()
    for place in range(9):
        weights = near[place]
        if spread == 0:
            assert scores[place] == 0
            continue
        top = (weights * values).sum() - mean * weights.sum()
        below = spread * np.sqrt((n * (weights**2).sum() - weights.sum() ** 2) / (n - 1))
        assert scores[place] == pytest.approx(top / below)
    assert ((chances >= 0) & (chances <= 1)).all()


def test_verdicts_say_how_sure_it_is() -> None:
    assert heat.verdicts([3.0, 2.0, 1.7, 0.3, -1.7, -2.0, -3.0]) == [
        "hot-99", "hot-95", "hot-90", "none", "cold-90", "cold-95", "cold-99"
    ]  # fmt: skip
