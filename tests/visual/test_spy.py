"""Pictures of patterns: every entry in the color it is found by, and a clear message without matplotlib."""

import io
import sys

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, OptionalDependencyError
from adpy.sparse import Pattern
from adpy.visual.pattern import colors_of

X = np.linspace(0.5, 1.5, 6)


def tridiagonal(x):
    y = x**2
    y[1:] += x[:-1]
    y[:-1] -= 2 * x[1:]
    return y


def arrow():
    A = np.eye(6)
    A[0] = A[:, 0] = 1.0
    return Pattern.of(A)


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OptionalDependencyError, match=r"adpy\[plot\]"):
        adpy.visual.spy(arrow())


def test_colors_of_columns_and_rows():
    pattern = arrow()
    for color in (adpy.sparse.color_columns, adpy.sparse.color_rows, adpy.sparse.color_star):
        coloring = color(pattern)
        colors, count = colors_of(pattern, coloring)
        assert count == coloring.count and set(colors.tolist()) == set(range(count))
    coloring = adpy.sparse.color_bidirectional(pattern)
    colors, count = colors_of(pattern, coloring)
    assert colors.min() >= 0 and colors.max() < count == coloring.count


def test_every_entry_is_found_by_its_color():
    pattern = arrow()
    coloring = adpy.sparse.color_bidirectional(pattern)
    colors, _ = colors_of(pattern, coloring)
    for row, column, color in zip(pattern.rows, pattern.indices, colors, strict=True):
        if color < coloring.column_count:
            same = (pattern.rows == row) & (coloring.column_colors[pattern.indices] == color)
        else:
            same = (pattern.indices == column) & (coloring.row_colors[pattern.rows] == color - coloring.column_count)
        assert np.count_nonzero(same) == 1


class TestDrawn:
    """With matplotlib."""

    @pytest.fixture(autouse=True)
    def figures(self):
        matplotlib = pytest.importorskip("matplotlib")
        matplotlib.use("agg")
        yield
        matplotlib.pyplot.close("all")

    def shades(self, ax):
        return [tuple(c.get_facecolor()[0]) for c in ax.collections]

    def test_prepared(self):
        prepared = adpy.sparse.prepare_jacobian(tridiagonal, X, mode="forward")
        ax = adpy.visual.spy(prepared)
        assert len(set(self.shades(ax))) == prepared.coloring.count == 3
        assert sum(len(c.get_paths()) for c in ax.collections) == prepared.pattern.nnz
        assert "16" in ax.get_title() and "3 colors" in ax.get_title()
        ax.figure.savefig(io.BytesIO(), format="png")

    def test_without_colors(self):
        prepared = adpy.sparse.prepare_jacobian(tridiagonal, X, mode="forward")
        assert len(self.shades(adpy.visual.spy(prepared, coloring=False))) == 1
        assert len(self.shades(adpy.visual.spy(prepared.pattern))) == 1
        assert len(self.shades(adpy.visual.spy(np.eye(4)))) == 1

    def test_given_axes_and_coloring(self):
        from matplotlib import pyplot

        _, ax = pyplot.subplots()
        pattern = arrow()
        assert adpy.visual.spy(pattern, adpy.sparse.color_rows(pattern), ax=ax) is ax
        with pytest.raises(ArgumentError, match="coloring"):
            adpy.visual.spy(np.eye(4), adpy.sparse.color_rows(pattern), ax=ax)
        with pytest.raises(ArgumentError, match="coloring"):
            adpy.visual.spy(np.eye(4), "red", ax=ax)

    def test_large_patterns_are_dots(self):
        ax = adpy.visual.spy(Pattern.of(np.eye(500)))
        assert len(ax.lines) == 1 and not ax.collections

    def test_empty_pattern(self):
        ax = adpy.visual.spy(np.zeros((3, 4)))
        assert not ax.collections and ax.get_xlim() == (-0.5, 3.5)
