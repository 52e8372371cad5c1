"""Star colorings: four vertices on a path have three colors, so that entries of a symmetric matrix can be read."""

from __future__ import annotations

from adpy.plain import np
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.graphs import adjacency, edge_numbers, mirrors
from adpy.sparse.coloring.orderings import name_of, ordered
from adpy.sparse.pattern import Pattern

__all__ = ["color_star"]


def color_star(pattern: Pattern, order: str | np.ndarray = "natural", seed: int = 0) -> Coloring:
    """Color the columns of a symmetric matrix so that each entry, or the mirrored one, stands by itself.

    Neighbours have different colors, and no path of four vertices has only two.

    Parameters
    ----------
    pattern : Pattern
        Shape (n, n), symmetric.
    order : str or array_like of int, shape (n,), optional
        One of :data:`~adpy.sparse.coloring.ORDERINGS`, or a permutation of the columns.
    seed : int, optional
        Of the ordering ``"random"``.

    Returns
    -------
    Coloring

    Raises
    ------
    ArgumentError
        For a pattern that is not symmetric, and for an unknown ordering.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.coloring import color_star
    >>> from adpy.sparse.pattern import Pattern
    >>> tridiagonal = Pattern.of(np.eye(6) + np.eye(6, k=1) + np.eye(6, k=-1))
    >>> color_star(tridiagonal).column_colors
    array([0, 1, 0, 2, 0, 1], dtype=int32)

    References
    ----------
    Gebremedhin, Tarafdar, Manne and Pothen, "New acyclic and star coloring algorithms with application to computing
    Hessians", SIAM Journal on Scientific Computing 29 (2007), Algorithm 4.1.
    """
    from adpy.sparse.coloring import star_kernels

    edges = edge_numbers(pattern, mirrors(pattern))
    places = ordered(adjacency(pattern), order, seed)
    neutral = np.zeros(len(places), np.bool_)
    colors, _ = star_kernels.star(pattern.indptr, pattern.indices, edges, places, 0, neutral, len(places) + 1)
    return Coloring("star", pattern.shape, colors, None, int(colors.max(initial=-1)) + 1, 0, name_of(order))
