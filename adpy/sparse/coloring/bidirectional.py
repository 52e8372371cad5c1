"""Bidirectional colorings: of columns and rows at once, where each has a few long ones."""

from __future__ import annotations

from adpy.plain import np
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.graphs import Graph, bipartite
from adpy.sparse.coloring.orderings import name_of, ordered
from adpy.sparse.coloring.postprocessing import drop_needless
from adpy.sparse.pattern import Pattern

__all__ = ["color_bidirectional"]


def color_bidirectional(
    pattern: Pattern,
    order: str | np.ndarray = "natural",
    seed: int = 0,
    *,
    forward: float = 1.0,
    reverse: float = 1.0,
) -> Coloring:
    """Color columns and rows so that each entry stands by itself among the columns, or among the rows, of a color.

    A star bicoloring of the bipartite graph: once with all vertices, once only with those of a cover, long rows
    and columns and one of the sides, and the rest neutral.  What is not needed is dropped, and the cheaper one is the
    result.

    Parameters
    ----------
    pattern : Pattern
        Shape (m, n).
    order : str or array_like of int, shape (m + n,), optional
        One of :data:`~adpy.sparse.coloring.ORDERINGS`, or a permutation of rows (``0 … m - 1``) and columns
        (``m … m + n - 1``).
    seed : int, optional
        Of the ordering ``"random"``.
    forward, reverse : float, optional
        Cost of a color of columns, and of one of rows.

    Returns
    -------
    Coloring

    Raises
    ------
    ArgumentError
        For an unknown ordering.

    Examples
    --------
    A full row, a full column and a diagonal take three colors, where columns or rows alone take as many as there are:

    >>> import numpy as np
    >>> from adpy.sparse.coloring import color_bidirectional
    >>> from adpy.sparse.pattern import Pattern
    >>> A = np.eye(100)
    >>> A[0, :] = A[:, 0] = 1.0
    >>> color_bidirectional(Pattern.of(A))
    Coloring(bidirectional, 3 colors, 2 of columns + 1 of rows, 100x100, natural)

    References
    ----------
    Coleman and Verma, "The efficient computation of sparse Jacobian matrices using automatic differentiation", SIAM
    Journal on Scientific Computing 19 (1998); Gebremedhin, Manne and Pothen, "What color is your Jacobian?", SIAM
    Review 47 (2005), section 6.
    """
    from adpy.sparse.coloring import covering_kernels

    m, n = pattern.shape
    graph, entries = bipartite(pattern)
    places = ordered(graph, order, seed)
    covered, _ = covering_kernels.cover(graph.indptr, graph.indices, m, float(forward), float(reverse))
    best = _color(pattern, graph, entries, places, covered, m + n + 1, name_of(order))
    # Far more colors than this, and they would mostly be needless, but the search for them takes quadratic time.
    limit = 4 * best.count + 16
    whole = _color(pattern, graph, entries, places, np.zeros(m + n, np.bool_), limit, name_of(order))
    return whole if whole is not None and whole.cost(forward, reverse) < best.cost(forward, reverse) else best


def _color(
    pattern: Pattern,
    graph: Graph,
    entries: np.ndarray,
    places: np.ndarray,
    neutral: np.ndarray,
    limit: int,
    order: str,
) -> Coloring | None:
    from adpy.sparse.coloring import star_kernels

    m = pattern.shape[0]
    colors, enough = star_kernels.star(graph.indptr, graph.indices, entries, places, m, neutral, limit)
    if not enough:
        return None
    rows, columns = colors[:m] // 2, colors[m:] // 2
    counts = int(columns.max(initial=-1)) + 1, int(rows.max(initial=-1)) + 1
    return drop_needless(pattern, Coloring("bidirectional", pattern.shape, columns, rows, *counts, order))
