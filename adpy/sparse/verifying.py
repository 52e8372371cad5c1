"""Verifying: nonzeros against exact directional derivatives, so that an entry that a pattern misses is found."""

from __future__ import annotations

from collections.abc import Callable

from numpy.random import default_rng

from adpy.errors import ArgumentError, PatternError
from adpy.plain import np
from adpy.sparse.pattern import Pattern

__all__ = ["check", "refuse_missing"]

DIRECTIONS = 2
"""Random directions: an entry that is missing shows in each, unless rounding hides it."""

TOLERANCE = 1e-7
"""Relative to the sum of the magnitudes in a row."""


def check(pattern: Pattern, data: np.ndarray, product: Callable, row: Callable) -> None:
    """Compare a matrix with what it should be.

    Parameters
    ----------
    pattern : Pattern
    data : ndarray of float64, shape (nnz,)
    product : callable
        ``product(V)`` is the exact matrix times directions, shape ``(columns, directions)``.
    row : callable
        ``row(i)`` is a row of the exact matrix, dense.

    Raises
    ------
    PatternError
        Names the first entry that is missing.
    ArgumentError
        If a coloring does not determine an entry.
    """
    rng = default_rng(0)
    directions = rng.uniform(0.5, 1.5, (pattern.shape[1], DIRECTIONS))
    directions *= rng.choice([-1.0, 1.0], directions.shape)
    with np.errstate(all="ignore"):
        exact = product(directions)
        found = pattern.matrix(data) @ directions
        size = pattern.matrix(np.abs(data)) @ np.abs(directions) + np.abs(exact)
        finite = np.isfinite(exact) & np.isfinite(found)
        wrong = np.flatnonzero((finite & (np.abs(exact - found) > TOLERANCE * size)).any(axis=1))
    for i in wrong:
        _check_row(pattern, data, int(i), row(int(i)))


def _check_row(pattern: Pattern, data: np.ndarray, i: int, exact: np.ndarray) -> None:
    inside = slice(pattern.indptr[i], pattern.indptr[i + 1])
    columns = pattern.indices[inside]
    rest = exact.copy()
    rest[columns] = 0.0
    missing = np.flatnonzero(rest)
    if missing.size:
        raise PatternError(i, int(missing[0]), missing.size)
    size = np.abs(exact).max(initial=0.0)
    differ = np.flatnonzero(np.abs(data[inside] - exact[columns]) > TOLERANCE * size)
    if differ.size:
        k = int(differ[0])
        expected = f"one that determines row {i}, column {columns[k]}: {exact[columns[k]]:.6g} is there"
        raise ArgumentError("coloring", expected, f"one that gives {data[inside][k]:.6g}")


def refuse_missing(missing: np.ndarray) -> None:
    """Raise PatternError if anything is ``missing``."""
    if missing.any():
        i, j = (int(k) for k in np.argwhere(missing)[0])
        raise PatternError(i, j, int(np.count_nonzero(missing)))
