"""Every kind of coloring keeps its rules with every ordering, within the bounds of greedy algorithms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adpy.sparse.coloring import (
    ORDERINGS,
    color_acyclic,
    color_bidirectional,
    color_columns,
    color_rows,
    color_star,
    drop_needless,
    recolored,
    recover,
)
from adpy.sparse.coloring.verify import determines_matrix, is_coloring
from tests.sparse.coloring import matrices
from tests.sparse.coloring.strategies import patterns, symmetric_patterns

ORDERS = st.sampled_from(sorted(ORDERINGS))


def check(pattern, coloring):
    """Rules, rank, and all nonzeros found again from the sums; integers, so that they must be equal."""
    assert is_coloring(pattern, coloring)
    assert determines_matrix(pattern, coloring)
    values = np.random.default_rng(pattern.nnz).integers(1, 1000, pattern.shape).astype(float)
    if coloring.kind in ("star", "acyclic"):
        values = values + values.T
    data = values[pattern.rows, pattern.indices]
    matrix = pattern.matrix(data).toarray()
    found = recover(pattern, coloring).decompress(matrix @ coloring.column_seeds(), coloring.row_seeds().T @ matrix)
    assert np.array_equal(found, data)


@given(patterns(), ORDERS)
@settings(deadline=None)
def test_columns_and_rows(pattern, order):
    columns, rows = color_columns(pattern, order), color_rows(pattern, order)
    check(pattern, columns)
    check(pattern, rows)
    assert np.array_equal(color_columns(pattern.T, order).column_colors, rows.row_colors)
    dense = pattern.matrix().toarray() != 0
    neighbors = (dense.T.astype(int) @ dense > 0).sum(axis=1) - 1
    least = dense.sum(axis=1).max(initial=0)
    assert least <= columns.count <= neighbors.max(initial=-1) + 1


@given(patterns(), ORDERS)
@settings(deadline=None)
def test_bidirectional(pattern, order):
    coloring = color_bidirectional(pattern, order)
    check(pattern, coloring)
    assert coloring.count == coloring.column_count + coloring.row_count <= sum(pattern.shape)


@given(symmetric_patterns(), ORDERS)
@settings(deadline=None)
def test_star(pattern, order):
    coloring = color_star(pattern, order)
    assert (coloring.column_colors >= 0).all()
    check(pattern, coloring)
    dense = pattern.matrix().toarray() != 0
    np.fill_diagonal(dense, False)
    within_two = (dense.astype(int) @ dense + dense > 0).sum(axis=1)
    assert coloring.count <= within_two.max(initial=-1) + 1  # as many as a distance-2 coloring would at most


@given(symmetric_patterns(), ORDERS)
@settings(deadline=None)
def test_acyclic(pattern, order):
    coloring = color_acyclic(pattern, order)
    assert (coloring.column_colors >= 0).all()
    check(pattern, coloring)


@given(symmetric_patterns(), ORDERS)
@settings(deadline=None)
def test_what_is_needless_is_dropped(pattern, order):
    for colored in (color_star(pattern, order), color_acyclic(pattern, order)):
        dropped = drop_needless(pattern, colored)
        assert dropped.count <= colored.count
        check(pattern, dropped)
        assert drop_needless(pattern, dropped).count == dropped.count


@given(symmetric_patterns(), ORDERS, st.sampled_from([color_columns, color_rows, color_star, color_acyclic]))
@settings(deadline=None)
def test_recoloring_never_takes_more(pattern, order, color):
    colored = color(pattern, order)
    again = recolored(pattern, colored)
    assert again.count <= colored.count
    check(pattern, again)


@pytest.mark.parametrize(
    ("color", "pattern"),
    [(color_columns, matrices.brusselator(20)), (color_rows, matrices.brusselator(20))]
    + [(color_star, matrices.grid(50, 50))],
)
def test_recoloring_takes_fewer(color, pattern):
    colored = color(pattern, "dynamic_largest_first")
    again = recolored(pattern, colored)
    assert again.count < colored.count
    assert again.order == "dynamic_largest_first, recolored"


def test_other_kinds_are_not_recolored():
    pattern = matrices.banded(9, 1)
    colored = color_bidirectional(pattern)
    assert recolored(pattern, colored) is colored


def test_same_result_every_time():
    pattern = matrices.symmetric(matrices.random(300, 300, 3))
    for color in (color_columns, color_rows, color_bidirectional, color_star, color_acyclic):
        one, other = color(pattern, "random", seed=5), color(pattern, "random", seed=5)
        assert np.array_equal(one.colors, other.colors)
        assert not np.array_equal(one.colors, color(pattern, "random", seed=6).colors)


def test_what_a_coloring_says():
    pattern = matrices.arrowhead(6)
    coloring = color_bidirectional(pattern)
    assert coloring.cost() == coloring.count == 3
    assert coloring.cost(forward=2.0, reverse=0.5) == 2 * coloring.column_count + coloring.row_count / 2
    assert repr(coloring) == "Coloring(bidirectional, 3 colors, 2 of columns + 1 of rows, 6x6, natural)"
    assert repr(color_star(pattern)) == "Coloring(star, 2 colors, 6x6, natural)"
    assert coloring.colors is coloring.column_colors
    rows = color_rows(pattern)
    assert rows.colors is rows.row_colors
    assert rows.column_seeds().shape == (6, 0)
    assert np.array_equal(rows.row_seeds().sum(axis=1), np.ones(6))
