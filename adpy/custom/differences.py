"""Extrapolated differences: the derivative of a black box along a line, with an estimate of its error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.custom.structures import dtype_of, shape_of
from adpy.plain import np

__all__ = ["along", "derivative_at_zero", "length_of", "vector"]


def derivative_at_zero(
    function: Callable[[float], np.ndarray], middle: np.ndarray, size: float, levels: int = 6, order: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The derivative of a function of one number at 0, by central differences, extrapolated.

    Parameters
    ----------
    function : callable
        From a number to an array of shape (m,).
    middle : ndarray of shape (m,)
        ``function(0.0)``.
    size : float
        The largest step; the others are ``size / 2**k`` for k below ``levels``.
    levels : int
        Number of steps, at least two; each takes two calls.
    order : int, optional
        The error goes with at most this power of the step: even, 2 without extrapolation, by default ``2 * levels``.

    Returns
    -------
    derivative, error : ndarray of shape (m,)
        For every entry the value of the tableau with the smallest estimate of its error, and that estimate; it is
        infinite where the slopes on the two sides differ however small the step.

    References
    ----------
    C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982).
    """
    columns = levels if order is None else order // 2
    tableau: list[list[np.ndarray]] = []
    bends = []
    best = error = None
    with np.errstate(all="ignore"):
        for k in range(levels):
            h = size / 2**k
            above, below = function(h), function(-h)
            bends.append(abs(above - 2 * middle + below) / h)
            row = [(above - below) / (2 * h)]
            for j in range(min(k, columns - 1)):
                row.append(row[j] + (row[j] - tableau[-1][j]) / (4.0 ** (j + 1) - 1))
            if k:
                for j in range(min(1, columns - 1), len(row)):
                    value, lower = row[j], max(j - 1, 0)
                    estimate = np.maximum(abs(value - row[lower]), abs(value - tableau[-1][lower]))
                    estimate = np.where(np.isfinite(estimate), estimate, np.inf)
                    if best is None:
                        best, error = value.copy(), estimate
                    better = estimate < error
                    best, error = np.where(better, value, best), np.where(better, estimate, error)
            tableau.append(row)
        kink = (bends[-1] > 0.5 * bends[0]) & (bends[-1] > 1e-5 * np.maximum(abs(best), _slope(middle, size)))
    return best, np.where(kink, np.inf, error)


def _slope(y: np.ndarray, size: float) -> float:
    """The slope that changes the largest entry by a thousandth of itself within the step."""
    return 1e-3 * float(np.max(abs(y), initial=0.0)) / size


def length_of(leaves: Sequence, dots: Sequence) -> float:
    """How far along ``dots`` the entry that gets furthest, in units of its own magnitude, moves by that magnitude.

    The magnitude of an entry is that of the largest entry of its array; 1 where all are zero.  Zero if nothing moves.
    """
    rate = 0.0
    for x, dot in zip(leaves, dots, strict=True):
        furthest = float(np.max(abs(np.asarray(dot)), initial=0.0))
        rate = max(rate, furthest / (float(np.max(abs(np.asarray(x)), initial=0.0)) or 1.0))
    return 1.0 / rate if rate else 0.0


def along(function: Callable, leaves: Sequence, dots: Sequence) -> Callable[[float], np.ndarray]:
    """``h -> vector(function(leaves + h * dots))``; numbers stay numbers and dtypes what they are."""

    def moved(h: float) -> np.ndarray:
        points = []
        for x, dot in zip(leaves, dots, strict=True):
            point = (np.asarray(x) + h * np.asarray(dot)).astype(dtype_of(x))
            points.append(point if isinstance(x, np.ndarray) else type(x)(point[()]))
        return vector(function(*points))

    return moved


def vector(leaves: Sequence[Any]) -> np.ndarray:
    """All numbers of some leaves in one array."""
    parts = [np.asarray(x).reshape(int(np.prod(shape_of(x)))) for x in leaves]
    return np.concatenate(parts) if parts else np.zeros(0)
