"""The slow checkers find what is wrong with colorings that were broken on purpose."""

from dataclasses import replace

import numpy as np
import pytest

from adpy.sparse.coloring import Coloring, color_acyclic, color_bidirectional, color_columns, color_rows, color_star
from adpy.sparse.coloring.verify import determines_matrix, is_coloring
from adpy.sparse.pattern import Pattern
from tests.sparse.coloring import matrices


def of_columns(kind, colors):
    colors = np.array(colors, np.int32)
    return Coloring(kind, (len(colors),) * 2, colors, None, int(colors.max(initial=-1)) + 1, 0)


def path(n, diagonal=True):
    """Pattern of a path of n vertices."""
    found = np.eye(n, k=1) + np.eye(n, k=-1) + diagonal * np.eye(n)
    return Pattern.of(found)


def cycle(n):
    return matrices.grid(n, periodic=True)


@pytest.mark.parametrize(
    ("pattern", "coloring"),
    [
        (path(4), of_columns("column", [0, 1, 0, 1])),  # a row with two entries of a color
        (path(4), of_columns("column", [0, 1, 2, -1])),  # a column with entries is left out
        (path(4), of_columns("star", [0, 1, 1, 2])),  # neighbours of one color
        (path(4), of_columns("star", [0, 1, 0, 1])),  # a path of four with two colors
        (path(4), of_columns("star", [0, 1, 0, -1])),  # a diagonal entry without a color
        (path(3, diagonal=False), of_columns("star", [0, -1, 0])),  # neutral between two of one color
        (path(3, diagonal=False), of_columns("star", [-1, -1, 0])),  # an edge without a color
        (cycle(4), of_columns("acyclic", [0, 1, 0, 1])),  # a cycle of two colors
        (cycle(6), of_columns("acyclic", [0, 1, 0, 1, 0, 1])),
        (path(3), of_columns("acyclic", [0, 0, 1])),
        (path(3, diagonal=False), of_columns("acyclic", [0, -1, 0])),
    ],
)
def test_broken(pattern, coloring):
    assert not is_coloring(pattern, coloring)
    assert not determines_matrix(pattern, coloring) or coloring.kind == "star"


@pytest.mark.parametrize(
    ("pattern", "coloring"),
    [
        (path(4), of_columns("column", [0, 1, 2, 0])),
        (path(5), of_columns("star", [0, 1, 0, 2, 0])),
        (path(3, diagonal=False), of_columns("star", [-1, 0, -1])),
        (path(6), of_columns("acyclic", [0, 1, 0, 1, 0, 1])),
        (cycle(6), of_columns("acyclic", [0, 1, 0, 1, 0, 2])),
    ],
)
def test_right(pattern, coloring):
    assert is_coloring(pattern, coloring)
    assert determines_matrix(pattern, coloring)


def test_rows_and_both_sides():
    full = Pattern.of(np.ones((2, 2)))
    colors = np.array([0, 0], np.int32)
    assert not is_coloring(full, Coloring("row", (2, 2), None, colors, 0, 1))
    # Columns of one color and rows of one color: four entries, and only two sums on either side.
    both = Coloring("bidirectional", (2, 2), colors, colors, 1, 1)
    assert not is_coloring(full, both)
    assert not determines_matrix(full, both)
    neutral = Coloring("bidirectional", (2, 2), np.array([0, -1], np.int32), np.array([-1, 0], np.int32), 1, 1)
    assert not is_coloring(full, neutral)
    assert not determines_matrix(full, neutral)
    lower = Pattern.of(np.array([[1, 0], [1, 1]]))
    assert is_coloring(lower, neutral)
    assert determines_matrix(lower, neutral)


@pytest.mark.parametrize("color", [color_columns, color_rows, color_bidirectional, color_star, color_acyclic])
def test_one_vertex_of_another_color(color):
    """Of all colorings with one vertex recolored to what another has, some are wrong, and what is wrong is found."""
    pattern = matrices.grid(4, 4)
    coloring = color(pattern)
    assert is_coloring(pattern, coloring)
    side = "row_colors" if coloring.column_colors is None else "column_colors"
    verdicts = []
    for v in range(16):
        for c in range(-1, coloring.count):
            changed = coloring.colors.copy()
            changed[v] = c
            broken = replace(coloring, **{side: changed})
            verdicts.append(is_coloring(pattern, broken))
            assert not verdicts[-1] or determines_matrix(pattern, broken)
    assert 0 < sum(verdicts) < len(verdicts)


def test_counts_shapes_and_kinds_are_checked():
    pattern = matrices.banded(5, 1)
    coloring = color_star(pattern)
    assert not is_coloring(pattern, replace(coloring, column_count=coloring.count + 1))
    assert not is_coloring(matrices.banded(6, 1), coloring)
    assert not is_coloring(pattern, replace(coloring, kind="starry"))
