"""Recoloring: a coloring made once more, class by class, with as many colors or fewer."""

from __future__ import annotations

from dataclasses import replace

from adpy.plain import np
from adpy.sparse.coloring.acyclic import color_acyclic
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.distance2 import color_columns, color_rows
from adpy.sparse.coloring.star import color_star
from adpy.sparse.pattern import Pattern

__all__ = ["recolored"]

_COLOR = {"column": color_columns, "row": color_rows, "star": color_star, "acyclic": color_acyclic}


def recolored(pattern: Pattern, coloring: Coloring, rounds: int = 3) -> Coloring:
    """Color greedily again and again, where vertices that have the same color follow each other.

    However the classes are ordered, no vertex of a column or row coloring needs a later color than the number of its
    class.  Star and acyclic colorings may take more, and the best one counts.  Rounds in which the last color goes
    first take turns with rounds in which the commonest does.

    Parameters
    ----------
    pattern : Pattern
    coloring : Coloring
        Bidirectional ones are returned as they are.
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
    color = _COLOR.get(coloring.kind)
    if color is None:
        return coloring
    best = last = coloring
    for turn in range(rounds):
        last = color(pattern, _by_classes(last, by_size=turn % 2 == 1))
        if last.count < best.count:
            best = last
    return best if best is coloring else replace(best, order=f"{coloring.order}, recolored")


def _by_classes(coloring: Coloring, by_size: bool) -> np.ndarray:
    """The vertices, those of the last or of the commonest color first."""
    from adpy.sparse.coloring import ordering_kernels

    colors, count = coloring.colors, coloring.count
    ranks = np.arange(-1, count, dtype=np.int32)  # shifted by one: the first is that of the color -1
    if by_size:
        sizes = np.bincount(colors[colors >= 0], minlength=count)
        ranks[1 + np.argsort(sizes, kind="stable")] = np.arange(count)
    return ordering_kernels.by_degree(ranks[colors + 1] + np.int32(1))
