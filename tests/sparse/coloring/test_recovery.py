"""Where nonzeros are found: exactly symmetric, in one pass, and refused where the colors do not say."""

from dataclasses import replace

import numpy as np
import pytest

from adpy.errors import ArgumentError
from adpy.sparse.coloring import (
    Coloring,
    Direct,
    Substitution,
    choose,
    color_acyclic,
    color_bidirectional,
    color_columns,
    color_rows,
    color_star,
    drop_needless,
    recover,
)
from adpy.sparse.pattern import Pattern
from tests.sparse.coloring import matrices

COLORS = [color_columns, color_rows, color_bidirectional, color_star, color_acyclic]


def test_where_entries_are():
    pattern = matrices.arrowhead(4)
    columns = recover(pattern, color_columns(pattern))
    assert isinstance(columns, Direct)
    assert columns.by_row is None
    assert np.array_equal(columns.lines, pattern.rows)
    rows = recover(pattern, color_rows(pattern))
    assert rows.by_row.all()
    assert np.array_equal(rows.lines, pattern.indices)
    both = recover(pattern, color_bidirectional(pattern))
    assert both.by_row.any()
    assert not both.by_row.all()
    star = recover(pattern, color_star(pattern))
    assert star.by_row is None
    assert star.lines.tolist() == [0, 1, 2, 3, 1, 1, 2, 2, 3, 3]
    assert star.colors.tolist() == [0, 0, 0, 0, 0, 1, 0, 1, 0, 1]


def test_star_matrices_come_out_exactly_symmetric():
    """Also when the sums are not: the two entries are one number."""
    pattern = matrices.symmetric(matrices.random(60, 60, 3))
    coloring = color_star(pattern)
    sums = np.random.default_rng(0).standard_normal((60, coloring.count))
    found = pattern.matrix(recover(pattern, coloring).decompress(sums)).toarray()
    assert np.array_equal(found, found.T)


def test_substitution_order():
    """Each value is subtracted before it is needed; a star needs no subtraction, a path up to half its length."""
    assert recover(matrices.arrowhead(9), color_acyclic(matrices.arrowhead(9))).depth == 0
    path = matrices.banded(9, 1)
    found = recover(path, color_acyclic(path))
    assert isinstance(found, Substitution)
    assert found.depth == 3
    assert sorted([*found.positions, *found.mirrors[found.mirrors != found.positions]]) == list(range(path.nnz))
    assert np.array_equal(path.rows[found.positions], path.indices[found.mirrors])


def test_substitution_leaves_the_sums_alone():
    pattern = matrices.banded(9, 1)
    coloring = color_acyclic(pattern)
    sums = pattern.matrix().toarray() @ coloring.column_seeds()
    before = sums.copy()
    assert (recover(pattern, coloring).decompress(sums) == 1.0).all()
    assert np.array_equal(sums, before)


def test_neutral_vertices_are_not_read():
    pattern = matrices.symmetric(Pattern.from_entries((5, 5), np.arange(1, 5), np.zeros(4, int)), diagonal=False)
    for color in (color_star, color_acyclic):
        coloring = drop_needless(pattern, color(pattern))
        sums = np.arange(5.0)[:, None] * 10
        found = pattern.matrix(recover(pattern, coloring).decompress(sums)).toarray()
        assert np.array_equal(found[0], [0, 10, 20, 30, 40])
        assert np.array_equal(found, found.T)


@pytest.mark.parametrize("color", COLORS)
def test_colorings_that_do_not_determine_the_matrix(color):
    pattern = matrices.grid(4, 4)
    coloring = color(pattern)
    wrong = np.zeros(16, np.int32)
    neutral = np.full(16, -1, np.int32)
    for broken in (wrong, neutral):
        sides = {}
        if coloring.column_colors is not None:
            sides["column_colors"] = broken
        if coloring.row_colors is not None:
            sides["row_colors"] = broken
        with pytest.raises(ArgumentError, match="coloring.*determine"):
            recover(pattern, replace(coloring, **sides))


def test_two_colored_cycle_is_refused():
    pattern = matrices.grid(6, periodic=True)
    colors = np.array([0, 1, 0, 1, 0, 1], np.int32)
    with pytest.raises(ArgumentError, match="determine"):
        recover(pattern, Coloring("acyclic", (6, 6), colors, None, 2, 0))


def test_other_shapes_are_refused():
    with pytest.raises(ArgumentError, match="shape"):
        recover(matrices.banded(5, 1), color_star(matrices.banded(6, 1)))


@pytest.mark.parametrize("entry", [(0, 3), (3, 0), (4, 2), (2, 4)])
@pytest.mark.parametrize("what", [color_star, color_acyclic, lambda pattern: choose(pattern, symmetric=True)])
def test_patterns_that_are_not_symmetric(entry, what):
    dense = np.eye(5) + np.eye(5, k=1) + np.eye(5, k=-1)
    dense[entry] = 1.0
    with pytest.raises(ArgumentError) as caught:
        what(Pattern.of(dense))
    assert caught.value.argument == "pattern"
    assert caught.value.got == f"entry {entry} without {entry[::-1]}"


@pytest.mark.parametrize("what", [color_star, color_acyclic, lambda pattern: choose(pattern, symmetric=True)])
def test_patterns_that_are_not_square(what):
    with pytest.raises(ArgumentError, match=r"symmetric.*\(2, 3\)"):
        what(Pattern.of(np.ones((2, 3))))


@pytest.mark.parametrize("shape", [(0, 0), (0, 4), (4, 0), (3, 5), (4, 4)])
def test_empty(shape):
    pattern = Pattern.of(np.zeros(shape))
    colors = [*COLORS, choose] if shape[0] == shape[1] else [*COLORS[:3], choose]
    for color in colors:
        coloring = drop_needless(pattern, color(pattern))
        assert coloring.count == 0
        found = recover(pattern, coloring)
        data = found.decompress(np.zeros((shape[0], 0)), np.zeros((0, shape[1])))
        assert data.shape == (0,)
