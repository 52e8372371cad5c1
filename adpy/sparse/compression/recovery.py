"""Recovery: from which entry of the compressed matrices every nonzero comes, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.sparse.pattern import Pattern

__all__ = ["Substitution", "direct", "mirrored_direct", "substitution"]


def alone(lines: np.ndarray, colors: np.ndarray, count: int) -> np.ndarray:
    """Which entries are the only ones of their line and color; a color of -1 is none.

    Parameters
    ----------
    lines, colors : ndarray of int32, shape (nnz,)
        Row and color of the column of every entry, or column and color of the row.
    """
    keys = np.where(colors >= 0, lines.astype(np.int64) * count + colors, -1)
    _, where, times = np.unique(keys, return_inverse=True, return_counts=True)
    return (times[where.reshape(-1)] == 1) & (keys >= 0) if keys.size else np.zeros(0, bool)


def direct(pattern: Pattern, coloring: Any) -> np.ndarray:
    """Which entries are read from the compressed columns; all others are read from the compressed rows.

    Raises
    ------
    ArgumentError
        If an entry can be read from neither: the colors are not such a coloring of the pattern.
    """
    i, j = pattern.rows, pattern.indices
    by_column, by_row = np.zeros(pattern.nnz, bool), np.zeros(pattern.nnz, bool)
    if coloring.column_count:
        by_column = alone(i, coloring.column_colors[j], coloring.column_count)
    if coloring.row_count and not by_column.all():
        by_row = alone(j, coloring.row_colors[i], coloring.row_count)
    refuse(coloring.kind, pattern, ~(by_column | by_row))
    return by_column


def mirrored_direct(pattern: Pattern, coloring: Any) -> np.ndarray:
    """Which entries of a symmetric matrix are read from the compressed columns; all others are read as their mirrors.

    Raises
    ------
    ArgumentError
        If the pattern is not symmetric, or the coloring no star coloring.

    References
    ----------
    T. Coleman and J. Moré, Estimation of sparse Hessian matrices and graph coloring problems, Math. Program. 28 (1984).
    """
    mirror = mirrored(pattern)
    found = alone(pattern.rows, coloring.column_colors[pattern.indices], coloring.column_count)
    refuse(coloring.kind, pattern, ~(found | found[mirror]))
    return found & (~found[mirror] | (pattern.rows <= pattern.indices))


@dataclass(frozen=True, eq=False)
class Substitution:
    """How a symmetric matrix is recovered from its compressed columns by substitution.

    Attributes
    ----------
    rows, colors : ndarray
        Where each sum of entries is in the compressed columns.
    taken, entries, mirrors, others : ndarray of int64
        Steps, as :func:`adpy.sparse.compression.kernels.substitute` takes them.
    """

    rows: np.ndarray
    colors: np.ndarray
    taken: np.ndarray
    entries: np.ndarray
    mirrors: np.ndarray
    others: np.ndarray


def substitution(pattern: Pattern, coloring: Any) -> Substitution:
    """From leaves of the two-colored trees to their roots.

    Raises
    ------
    ArgumentError
        If the pattern is not symmetric, or the coloring not acyclic.

    References
    ----------
    A. Gebremedhin, A. Tarafdar, A. Pothen and A. Walther, Efficient computation of sparse Hessians using coloring and
    automatic differentiation, INFORMS J. Comput. 21 (2009), algorithm IndirectRecover.
    """
    from adpy.sparse.compression.kernels import peel

    mirror = mirrored(pattern)
    colors = coloring.column_colors[pattern.indices]
    keys = np.where(colors >= 0, pattern.rows.astype(np.int64) * coloring.column_count + colors, -1)
    sums, pairs = np.unique(keys, return_inverse=True)
    none = int(sums.size > 0 and sums[0] < 0)
    sums = sums[none:]
    taken, entries, rest = peel(pairs.reshape(-1) - none, mirror, sums.size)
    known = np.zeros(pattern.nnz, bool)
    known[entries] = known[mirror[entries]] = True
    refuse("acyclic", pattern, ~known)
    rows, colors = np.divmod(sums, max(coloring.column_count, 1))
    return Substitution(rows, colors, taken, entries, mirror[entries], rest)


def mirrored(pattern: Pattern) -> np.ndarray:
    """For each entry of a symmetric pattern the number of that on the other side of the diagonal.

    Raises
    ------
    ArgumentError
        If the pattern is not symmetric.
    """
    rows = pattern.rows
    order = np.argsort(pattern.indices, kind="stable")
    symmetric = pattern.shape[0] == pattern.shape[1] and np.array_equal(pattern.indices[order], rows)
    if not symmetric or not np.array_equal(rows[order], pattern.indices):
        raise ArgumentError("pattern", "a symmetric pattern", f"another one of shape {pattern.shape}")
    return order


def refuse(kind: str, pattern: Pattern, missing: np.ndarray) -> None:
    """Raise if entries cannot be recovered."""
    if missing.any():
        first = int(missing.argmax())
        place = int(pattern.rows[first]), int(pattern.indices[first])
        raise ArgumentError("coloring", f"a {kind} coloring of the pattern", f"one that does not tell entry {place}")
