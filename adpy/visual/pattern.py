"""Patterns of sparse derivatives with the colors of their columns and rows."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.coloring import Coloring
from adpy.sparse.pattern import Pattern
from adpy.sparse.prepared import Prepared
from adpy.visual.figures import axes

__all__ = ["spy"]

UNCOLORED = "0.35"
"""A gray for entries without a color."""

CELLS = 200
"""Rows and columns up to which entries are drawn as cells that fill the picture; above, as dots."""


def spy(prepared: Any, coloring: Any = None, ax: Any = None) -> Any:
    """Draw the entries of a pattern, each in the color of its column or row.

    Parameters
    ----------
    prepared : SparseJacobian, SparseHessian, Pattern, or matrix
    coloring : Coloring or bool, optional
        Its colors; by default those of ``prepared``, which are computed where it has none; False: no colors.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionalDependencyError
        If matplotlib is not installed.
    ArgumentError
        If a coloring is not of the pattern's shape.

    Notes
    -----
    In a bidirectional coloring an entry has the color of its column, or that of its row where its column has none or
    shares it with another entry of the row.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> prepared = adpy.sparse.prepare_jacobian(lambda x: x[1:] * x[:-1], np.ones(5))
    >>> ax = adpy.visual.spy(prepared)  # doctest: +SKIP
    """
    pattern = prepared.pattern if isinstance(prepared, Prepared) else Pattern.of(prepared)
    if coloring is None and isinstance(prepared, Prepared):
        coloring = prepared.coloring
    if isinstance(coloring, bool) or coloring is None:
        coloring = None
    elif not isinstance(coloring, Coloring) or coloring.shape != pattern.shape:
        got = f"shape {coloring.shape}" if isinstance(coloring, Coloring) else type(coloring).__name__
        raise ArgumentError("coloring", f"a Coloring of shape {pattern.shape}", got)
    m, n = pattern.shape
    wide = max(m, n, 1)
    ax = axes(ax, (max(1.5, 4.5 * n / wide), max(1.5, 4.5 * m / wide)))
    colors, count = (np.full(pattern.nnz, -1), 0) if coloring is None else colors_of(pattern, coloring)
    _draw(ax, pattern, colors, count)
    found = "" if coloring is None else f", {coloring.count} colors"
    ax.set_title(f"{m}×{n}, {pattern.nnz} entries{found}", fontsize="medium")
    return ax


def colors_of(pattern: Pattern, coloring: Coloring) -> tuple[np.ndarray, int]:
    """Number of the color that every entry is found by, -1 for none, and how many there are."""
    by_column = np.full(pattern.nnz, -1) if coloring.column_colors is None else coloring.column_colors[pattern.indices]
    if coloring.row_colors is None:
        return by_column, coloring.count
    by_row = coloring.row_colors[pattern.rows]
    keys = pattern.rows.astype(np.int64) * max(coloring.column_count, 1) + by_column
    _, which, times = np.unique(keys, return_inverse=True, return_counts=True)
    alone = (by_column >= 0) & (times[which.reshape(-1)] == 1)
    shifted = np.where(by_row >= 0, by_row + coloring.column_count, -1)
    return np.where(alone, by_column, shifted), coloring.count


def _draw(ax: Any, pattern: Pattern, colors: np.ndarray, count: int) -> None:
    from matplotlib import colormaps
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    m, n = pattern.shape
    palette = colormaps["tab10" if count <= 10 else "tab20" if count <= 20 else "turbo"]
    wheel = np.linspace(0.0, 1.0, max(count, 1)) if count > 20 else np.arange(max(count, 1))
    for color in range(-1, count):
        chosen = np.flatnonzero(colors == color)
        if not chosen.size:
            continue
        shade = UNCOLORED if color < 0 else palette(wheel[color])
        rows, columns = pattern.rows[chosen], pattern.indices[chosen]
        if max(m, n) <= CELLS:
            cells = [Rectangle((j - 0.5, i - 0.5), 1, 1) for i, j in zip(rows, columns, strict=True)]
            ax.add_collection(PatchCollection(cells, facecolor=shade, edgecolor="white", linewidth=0.3))
        else:
            ax.plot(columns, rows, ",", color=shade, rasterized=True)
    ax.locator_params(integer=True, nbins=6)
    ax.set(xlim=(-0.5, n - 0.5), ylim=(m - 0.5, -0.5), aspect="equal", xlabel="column", ylabel="row")
