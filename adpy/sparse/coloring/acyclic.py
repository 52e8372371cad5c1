"""Acyclic colorings: no cycle has only two colors, so that a symmetric matrix is found by substitution."""

from __future__ import annotations

from adpy.plain import np
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.graphs import adjacency, edge_numbers, mirrors
from adpy.sparse.coloring.orderings import name_of, ordered
from adpy.sparse.pattern import Pattern

__all__ = ["color_acyclic"]


def color_acyclic(pattern: Pattern, order: str | np.ndarray = "natural", seed: int = 0) -> Coloring:
    """Color the columns of a symmetric matrix so that any two colors induce a forest.

    That takes fewer colors than :func:`~adpy.sparse.coloring.color_star`, but the entries are differences of others,
    along the trees: rounding errors add up, and those of large entries show in small ones.

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
    >>> from adpy.sparse.coloring import color_acyclic
    >>> from adpy.sparse.pattern import Pattern
    >>> tridiagonal = Pattern.of(np.eye(6) + np.eye(6, k=1) + np.eye(6, k=-1))
    >>> color_acyclic(tridiagonal).column_colors
    array([0, 1, 0, 1, 0, 1], dtype=int32)

    References
    ----------
    Gebremedhin, Tarafdar, Manne and Pothen, "New acyclic and star coloring algorithms with application to computing
    Hessians", SIAM Journal on Scientific Computing 29 (2007), Algorithm 3.1.
    """
    from adpy.sparse.coloring import acyclic_kernels

    edges = edge_numbers(pattern, mirrors(pattern))
    places = ordered(adjacency(pattern), order, seed)
    colors = acyclic_kernels.acyclic(pattern.indptr, pattern.indices, edges, places)
    return Coloring("acyclic", pattern.shape, colors, None, int(colors.max(initial=-1)) + 1, 0, name_of(order))
