"""Recovery: where each nonzero of a matrix is found in the sums of its columns and rows of one color.

With the seeds ``S`` and ``W`` of a :class:`~adpy.sparse.coloring.Coloring`, ``B = A @ S`` are the compressed columns,
shape ``(m, column_count)``, and ``C = W.T @ A`` the compressed rows, shape ``(row_count, n)``.
Nothing but the colors is looked at, so that a coloring from elsewhere is as good, and one that does not determine the
matrix is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.coloring.coloring import Coloring
from adpy.sparse.coloring.graphs import mirrors
from adpy.sparse.pattern import Pattern

__all__ = ["Direct", "Substitution", "recover"]


@dataclass(frozen=True, eq=False)
class Direct:
    """Each nonzero ``k`` (its position in compressed rows) stands somewhere by itself.

    Attributes
    ----------
    lines, colors : ndarray of int32, shape (nnz,)
        ``A.data[k] = B[lines[k], colors[k]]``, or where ``by_row[k]``: ``A.data[k] = C[colors[k], lines[k]]``.
        The entries ``(i, j)`` and ``(j, i)`` of a star coloring are read from the same place, so that the matrix comes
        out exactly symmetric.
    by_row : ndarray of bool, shape (nnz,), or None
        None where nothing is read from ``C``.
    """

    lines: np.ndarray
    colors: np.ndarray
    by_row: np.ndarray | None = None

    def decompress(self, columns: np.ndarray | None, rows: np.ndarray | None = None) -> np.ndarray:
        """The nonzeros, shape ``(nnz,)``, from ``B`` and ``C``."""
        if self.by_row is None:
            return columns[self.lines, self.colors]
        data = np.empty(len(self.lines), (rows if columns is None else columns).dtype)
        for chosen, compressed in ((~self.by_row, columns), (self.by_row, None if rows is None else rows.T)):
            if chosen.any():
                data[chosen] = compressed[self.lines[chosen], self.colors[chosen]]
        return data


@dataclass(frozen=True, eq=False)
class Substitution:
    """The nonzeros of a symmetric matrix are found one after the other, each from a sum whose other terms are known.

    For ``e = 0, 1, …, edges - 1`` in this order::

        value = B[lines[e], colors[e]]
        data[positions[e]] = data[mirrors[e]] = value
        if mirror_colors[e] >= 0:
            B[mirror_lines[e], mirror_colors[e]] -= value

    A two-colored tree is taken apart from its leaves to its root, and the value of each leaf's edge subtracted from the
    sum that the next vertex has; so ``B`` is used up.  Diagonal entries are edges with ``positions[e] == mirrors[e]``.

    Attributes
    ----------
    lines, colors, mirror_lines, mirror_colors : ndarray of int32, shape (edges,)
    positions, mirrors : ndarray of int32, shape (edges,)
        Positions of ``(i, j)`` and ``(j, i)`` in compressed rows.
    depth : int
        Longest chain of subtractions, which rounding errors add up along; 0 if all is read directly.
    """

    lines: np.ndarray
    colors: np.ndarray
    mirror_lines: np.ndarray
    mirror_colors: np.ndarray
    positions: np.ndarray
    mirrors: np.ndarray
    depth: int

    def decompress(self, columns: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """The nonzeros, shape ``(nnz,)``, from ``B``, which stays as it is; there is no ``C``."""
        from adpy.sparse.coloring import recovery_kernels

        left = np.array(columns, order="C")
        data = np.empty(2 * len(self.lines) - np.count_nonzero(self.positions == self.mirrors), left.dtype)
        recovery_kernels.substitute(
            left,
            self.lines,
            self.colors,
            self.mirror_lines,
            self.mirror_colors,
            self.positions,
            self.mirrors,
            data,
        )
        return data


def recover(pattern: Pattern, coloring: Coloring) -> Direct | Substitution:
    """Where each nonzero is found.

    Returns
    -------
    Direct
        For the kinds ``"column"``, ``"row"``, ``"bidirectional"`` and ``"star"``.
    Substitution
        For the kind ``"acyclic"``.

    Raises
    ------
    ArgumentError
        If the coloring is not of this shape, or does not determine every nonzero.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.coloring import color_star, recover
    >>> from adpy.sparse.pattern import Pattern
    >>> A = np.array([[1.0, 2.0, 0.0], [2.0, 3.0, 4.0], [0.0, 4.0, 5.0]])
    >>> pattern = Pattern.of(A)
    >>> coloring = color_star(pattern)
    >>> recover(pattern, coloring).decompress(A @ coloring.column_seeds())
    array([1., 2., 2., 3., 4., 4., 5.])

    References
    ----------
    Gebremedhin, Pothen, Tarafdar and Walther, "Efficient computation of sparse Hessians using coloring and automatic
    differentiation", INFORMS Journal on Computing 21 (2009), the routines DirectRecover2 and IndirectRecover.
    """
    if coloring.shape != pattern.shape:
        raise ArgumentError("coloring", f"one of a matrix of shape {pattern.shape}", f"shape {coloring.shape}")
    if coloring.kind in ("star", "acyclic"):
        return (_star if coloring.kind == "star" else _acyclic)(pattern, coloring.column_colors)
    return _sides(pattern, coloring.column_colors, coloring.row_colors)


def _sides(pattern: Pattern, columns: np.ndarray | None, rows: np.ndarray | None) -> Direct:
    from adpy.sparse.coloring import recovery_kernels

    m, n = pattern.shape
    columns = np.full(n, -1, np.int32) if columns is None else columns
    rows = np.full(m, -1, np.int32) if rows is None else rows
    lines, colors, by_row, lost = recovery_kernels.sides(pattern.indptr, pattern.indices, rows, columns)
    _check_found(pattern, lost)
    return Direct(lines, colors, by_row if by_row.any() else None)


def _star(pattern: Pattern, colors: np.ndarray) -> Direct:
    from adpy.sparse.coloring import recovery_kernels

    lines, found, lost = recovery_kernels.star(pattern.indptr, pattern.indices, mirrors(pattern), colors)
    _check_found(pattern, lost)
    return Direct(lines, found)


def _acyclic(pattern: Pattern, colors: np.ndarray) -> Substitution:
    from adpy.sparse.coloring import recovery_kernels

    *tables, depth, lost = recovery_kernels.acyclic(pattern.indptr, pattern.indices, mirrors(pattern), colors)
    _check_found(pattern, lost)
    return Substitution(*tables, int(depth))


def _check_found(pattern: Pattern, lost: int) -> None:
    if lost >= 0:
        row = int(np.searchsorted(pattern.indptr, lost, side="right")) - 1
        entry = f"({row}, {int(pattern.indices[lost])})"
        raise ArgumentError("coloring", "one that determines every nonzero", f"one that does not determine {entry}")
