"""Post-processing: colors that no nonzero is read with are dropped, and the others renumbered."""

from __future__ import annotations

from dataclasses import replace

from adpy.plain import np
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.graphs import mirrors, transposed
from adpy.sparse.pattern import Pattern

__all__ = ["drop_needless"]


def drop_needless(pattern: Pattern, coloring: Coloring) -> Coloring:
    """The coloring without the colors that are not needed; their columns and rows become neutral (-1).

    A color is needed if some entry can be read with it alone.  Where an entry can be read with either of two colors,
    those are kept first that serve most other such pairs.

    Parameters
    ----------
    pattern : Pattern
    coloring : Coloring
        A right one of this pattern.

    Examples
    --------
    The Hessian of ``x[0] * (x[1] + x[2] + x[3])`` is its first column.

    >>> import numpy as np
    >>> from adpy.sparse.coloring import Coloring, drop_needless
    >>> from adpy.sparse.pattern import Pattern
    >>> A = np.zeros((4, 4))
    >>> A[0, 1:] = A[1:, 0] = 1.0
    >>> colored = Coloring("star", (4, 4), np.array([0, 1, 1, 1], np.int32), None, 2, 0)
    >>> drop_needless(Pattern.of(A), colored).column_colors
    array([ 0, -1, -1, -1], dtype=int32)

    References
    ----------
    Gebremedhin, Manne and Pothen, "What color is your Jacobian?", SIAM Review 47 (2005), sections 5 and 6, on neutral
    vertices; Montoison, Dalle and Gebremedhin, "Revisiting sparse matrix coloring and bicoloring" (2025).
    """
    from adpy.sparse.coloring import postprocessing_kernels as kernels

    if coloring.kind == "bidirectional":
        rows, columns = coloring.row_colors, coloring.column_colors
        parts = (pattern.indptr, pattern.indices, rows, columns, *transposed(pattern))
        needed, pairs = kernels.needed_sides(*parts, coloring.row_count, coloring.column_count)
    elif coloring.kind in ("star", "acyclic"):
        search = kernels.needed_star if coloring.kind == "star" else kernels.needed_acyclic
        needed, pairs = search(
            pattern.indptr, pattern.indices, mirrors(pattern), coloring.column_colors, coloring.column_count
        )
    else:
        return coloring
    _cover(needed, pairs)
    row_part, column_part = needed[: coloring.row_count], needed[coloring.row_count :]
    return replace(
        coloring,
        column_colors=_renumbered(coloring.column_colors, column_part),
        row_colors=None if coloring.row_colors is None else _renumbered(coloring.row_colors, row_part),
        column_count=int(column_part.sum()),
        row_count=int(row_part.sum()),
    )


def _cover(needed: np.ndarray, pairs: np.ndarray) -> None:
    """Mark one color of each pair as needed, those in most pairs first."""
    size = max(len(needed), 1)
    keys = np.unique(pairs[:, 0].astype(np.int64) * size + pairs[:, 1])
    one, other = keys // size, keys % size
    while True:
        open_ = ~(needed[one] | needed[other])
        one, other = one[open_], other[open_]
        if not len(one):
            return
        served = np.bincount(one, minlength=size) + np.bincount(other, minlength=size)
        needed[np.argmax(served)] = True


def _renumbered(colors: np.ndarray, needed: np.ndarray) -> np.ndarray:
    names = np.full(len(needed) + 1, -1, np.int32)
    names[:-1][needed] = np.arange(needed.sum(), dtype=np.int32)
    return names[colors]
