"""Column and row colorings: columns (rows) of one color have no row (column) in common."""

from __future__ import annotations

from adpy.plain import np
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.graphs import Graph, intersection
from adpy.sparse.coloring.orderings import name_of, ordered
from adpy.sparse.pattern import Pattern

__all__ = ["color_columns", "color_rows"]


def color_columns(pattern: Pattern, order: str | np.ndarray = "natural", seed: int = 0) -> Coloring:
    """Color the columns so that each row has at most one entry in the columns of a color.

    A partial distance-2 coloring of the bipartite graph of rows and columns.

    Parameters
    ----------
    pattern : Pattern
        Shape (m, n).
    order : str or array_like of int, shape (n,), optional
        One of :data:`~adpy.sparse.coloring.ORDERINGS`, or a permutation of the columns.
    seed : int, optional
        Of the ordering ``"random"``.

    Returns
    -------
    Coloring
        Columns without entries have the color -1.

    Raises
    ------
    ArgumentError
        For an unknown ordering.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.coloring import color_columns
    >>> from adpy.sparse.pattern import Pattern
    >>> color_columns(Pattern.of(np.eye(5) + np.eye(5, k=1))).column_colors
    array([0, 1, 0, 1, 0], dtype=int32)

    References
    ----------
    Gebremedhin, Manne and Pothen, "What color is your Jacobian? Graph coloring for computing derivatives", SIAM Review
    47 (2005), Algorithm 3.2 (GreedyPartialD2Coloring).
    """
    colors, count = _color(intersection(pattern), order, seed)
    return Coloring("column", pattern.shape, colors, None, count, 0, name_of(order))


def color_rows(pattern: Pattern, order: str | np.ndarray = "natural", seed: int = 0) -> Coloring:
    """Color the rows so that each column has at most one entry in the rows of a color.

    Parameters, results and errors are those of :func:`color_columns` with the transpose.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.coloring import color_rows
    >>> from adpy.sparse.pattern import Pattern
    >>> color_rows(Pattern.of(np.array([[1, 1, 1, 0], [0, 0, 0, 1]])))
    Coloring(row, 1 colors, 2x4, natural)
    """
    colors, count = _color(intersection(pattern, rows=True), order, seed)
    return Coloring("row", pattern.shape, None, colors, 0, count, name_of(order))


def _color(graph: Graph, order: str | np.ndarray, seed: int) -> tuple[np.ndarray, int]:
    from adpy.sparse.coloring import distance2_kernels

    places = ordered(graph, order, seed)
    colors, count = distance2_kernels.partial_distance2(
        graph.indptr, graph.indices, graph.group_indptr, graph.members, places
    )
    return colors, int(count)
