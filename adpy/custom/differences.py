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
    steps = [size / 2**k for k in range(levels)]
    columns = levels if order is None else order // 2
    with np.errstate(all="ignore"):
        pairs = [(function(h), function(-h)) for h in steps]
        bends = [abs(above - 2 * middle + below) for above, below in pairs]
        noise = _noise(bends, middle)
        tableau: list[list[np.ndarray]] = []
        best, error = np.zeros_like(middle, np.result_type(middle, float)), np.full(middle.shape, np.inf)
        for k, (h, (above, below)) in enumerate(zip(steps, pairs, strict=True)):
            row = [(above - below) / (2 * h)]
            for j in range(min(k, columns - 1)):
                row.append(row[j] + (row[j] - tableau[-1][j]) / (4.0 ** (j + 1) - 1))
            for j in range(min(1, columns - 1), len(row) if k else 0):
                value, lower = row[j], max(j - 1, 0)
                estimate = np.maximum(abs(value - row[lower]), abs(value - tableau[-1][lower])) + noise / h
                better = estimate < error
                best, error = np.where(better, value, best), np.where(better, estimate, error)
            tableau.append(row)
        first, last = bends[0] / steps[0], bends[-1] / steps[-1]
        kink = (last > 0.5 * first) & (last > 1e-5 * np.maximum(abs(best), _slope(middle, size)))
    return best, np.where(kink, np.inf, error)


def _noise(bends: list[np.ndarray], middle: np.ndarray) -> np.ndarray:
    """What a value may be off: rounding, or more where second differences grow as the step shrinks."""
    digits = np.finfo(middle.dtype).eps if middle.dtype.kind in "fc" else np.finfo(float).eps
    noise = 2 * digits * abs(middle)
    for before, after in zip(bends, bends[1:], strict=False):
        noise = np.fmax(noise, after - before)
    return noise


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
