"""Recoloring: a column or row coloring again, class by class, with as many colors or fewer."""

from __future__ import annotations

from adpy.plain import np
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.graphs import Graph, intersection
from adpy.sparse.pattern import Pattern

__all__ = ["recolored"]


def recolored(pattern: Pattern, coloring: Coloring, rounds: int = 3) -> Coloring:
    """Color greedily once more, where vertices that have the same color follow each other.

    However the classes are ordered, no vertex needs a later color than the number of its class.  Rounds in which the
    last color goes first take turns with rounds in which the commonest does.

    Parameters
    ----------
    pattern : Pattern
    coloring : Coloring
        Of kind ``"column"`` or ``"row"``; others, for which this does not hold, are returned as they are.
    rounds : int, optional

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.coloring import color_columns, recolored
    >>> from adpy.sparse.pattern import Pattern
    >>> pattern = Pattern.of(np.eye(4) + np.eye(4, k=1))
    >>> poor = color_columns(pattern, order=[0, 3, 1, 2])
    >>> poor.count, recolored(pattern, poor).count
    (3, 2)

    References
    ----------
    Culberson, "Iterated greedy graph coloring and the difficulty landscape", University of Alberta, TR 92-07 (1992).
    """
    if coloring.kind not in ("column", "row"):
        return coloring
    graph = intersection(pattern, rows=coloring.kind == "row")
    colors, count = coloring.colors, coloring.count
    for turn in range(rounds):
        colors, count = _again(graph, colors, count, turn)
    if count == coloring.count:
        return coloring
    order = f"{coloring.order}, recolored"
    if coloring.kind == "row":
        return Coloring("row", pattern.shape, None, colors, 0, count, order)
    return Coloring("column", pattern.shape, colors, None, count, 0, order)


def _again(graph: Graph, colors: np.ndarray, count: int, turn: int) -> tuple[np.ndarray, int]:
    from adpy.sparse.coloring import distance2_kernels, ordering_kernels

    ranks = np.arange(count + 1, dtype=np.int32)  # the last is that of the color -1
    if turn % 2:
        sizes = np.bincount(colors[colors >= 0], minlength=count)
        ranks[np.argsort(sizes, kind="stable")] = np.arange(count)
    places = ordering_kernels.by_degree(ranks[colors])
    found, fewer = distance2_kernels.partial_distance2(
        graph.indptr, graph.indices, graph.group_indptr, graph.members, places
    )
    return found, int(fewer)
