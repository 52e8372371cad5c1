"""Norms a small step along a direction, and functions of matrices that are smooth only off ties.

The rules are as in :mod:`adpy.forward.lexicographic.blocks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.forward.lexicographic.elementwise import norm_tangents
from adpy.forward.lexicographic.results import merged, result
from adpy.plain import np
from adpy.rules._shapes import count, given, tuple_of_axes

__all__ = ["MATRICES"]


def _norm(trace, row, operands, values, static, y):
    x = operands[0]
    ndim = np.ndim(values[0])
    axis, ord = static.get("axis"), static.get("ord")
    if row.name == "numpy.linalg.matrix_norm":
        axis, ord = (-2, -1), static.get("ord", "fro")
    if row.name == "numpy.linalg.vector_norm":
        ord = static.get("ord", 2)
        matrix = False
    else:
        matrix = len(tuple_of_axes(axis, ndim)) == 2 and not (ord is None and axis is None)
    if ord in (None, "fro", "f") or (ord == 2 and not matrix):
        line = merged(trace.line(x).arrayed(), axis)
        dots = norm_tangents(line.value, line.dots, np.reshape(y, np.shape(line.value)[:-1]))
        return result(trace, row, operands, static, y, np.reshape(dots, (*np.shape(y), -1)))
    if ord in (1, -1, np.inf, -np.inf) and (matrix or ord != -1):
        with capture.lowered(trace):
            tangent = _sums_of_sizes(x, ord, tuple_of_axes(axis, ndim), matrix)
        line = trace.line(tangent).arrayed()
        dots, curved = np.reshape(line.dots, (*np.shape(y), -1)), np.reshape(line.curved, np.shape(y))
        return result(trace, row, operands, static, y, dots, curved=curved)
    if not matrix and np.any(values[0] == 0):
        _doubt(trace, row, "of entries that are zero")
        return result(trace, row, operands, static, y, np.nan)
    if matrix:
        return _separate(trace, row, operands, values, static, y)
    return trace.pushed_block(row, operands, values, static, y)


def _sums_of_sizes(x, ord, axes, matrix):
    """The norm written with absolute values, sums and extrema."""
    size = np.abs(x)  # (traced, like what follows)
    extremum = np.max if ord > 0 else np.min
    if not matrix:
        return np.sum(size, axis=axes) if ord == 1 else extremum(size, axis=axes)
    summed, chosen = axes if abs(ord) == 1 else axes[::-1]
    return extremum(np.sum(size, axis=summed, keepdims=True), axis=chosen, keepdims=True)


def _doubt(trace, row, why):
    trace.doubts(f"{row.name} {why}")


# ---- standard deviation


def _std(trace, row, operands, values, static, y):
    a = operands[0]
    if not np.any(np.asarray(y) == 0) or not trace.is_active(a):
        return trace.pushed_block(row, operands, values, static, y)
    if given(operands[1]) or given(static.get("where", None)):
        _doubt(trace, row, "with mean= or where= at zero")
        return result(trace, row, operands, static, y, np.nan)
    axis = static.get("axis")
    correction = static.get("correction")
    freedom = count(np.shape(values[0]), axis) - (correction if given(correction) else static.get("ddof", 0))
    with capture.lowered(trace):
        deviation = a - np.mean(a, axis=axis, keepdims=True)
    line = merged(trace.line(deviation).arrayed(), axis)
    size = np.reshape(np.asarray(y), np.shape(line.value)[:-1])
    exact = np.where(size[..., None] == 0, 0.0, line.value)  # rounding of the mean must not hide the tie
    dots = norm_tangents(exact, line.dots, size * np.sqrt(freedom)) / np.sqrt(freedom)
    return result(trace, row, operands, static, y, np.reshape(dots, (*np.shape(y), -1)))


# ---- smooth only off ties


def _spectral(values_of: Callable) -> Callable:
    """Rows that are smooth only where no two of these numbers tie."""

    def rule(trace, row, operands, values, static, y):
        numbers = values_of(values, y)
        if numbers is not None and _close(numbers):
            _doubt(trace, row, "of a matrix with repeated (or zero) singular values or eigenvalues")
            result = trace.pushed_block(row, operands, values, static, y)
            for part in result if isinstance(result, list | tuple) else (result,):
                if trace.is_active(part):
                    part.carried()[..., :-2] = np.nan
            return result
        return trace.pushed_block(row, operands, values, static, y)

    return rule


def _close(numbers: Any) -> bool:
    """Do two numbers of a row tie within rounding?"""
    numbers = np.asarray(numbers)
    gaps = np.abs(numbers[..., :, None] - numbers[..., None, :])
    n = numbers.shape[-1]
    gaps[..., np.arange(n), np.arange(n)] = np.inf
    scale = np.max(np.abs(numbers), axis=-1, initial=0.0)[..., None, None]
    return bool(np.any(gaps <= 1e-12 * scale)) or bool(np.any(scale == 0) and n > 0)


def _eigenvalues(values, y):
    return y[0] if isinstance(y, tuple) else y


def _singular_values(values, y):
    s = y[1] if isinstance(y, tuple) else y
    return np.concatenate([s, np.zeros((*s.shape[:-1], 1))], -1)


def _of_argument(values, y):
    s = np.linalg.svd(values[0], compute_uv=False)
    return np.concatenate([s, np.zeros((*s.shape[:-1], 1))], -1)


_separate = _spectral(_of_argument)


def _full_rank(trace, row, operands, values, static, y):
    a = values[0]
    if trace.is_active(operands[0]) and np.any(np.linalg.matrix_rank(a) < min(np.shape(a)[-2:])):
        trace.refuse(f"{row.name} of a matrix without full rank")
    return trace.pushed_block(row, operands, values, static, y)


def _pivoted(trace, row, operands, values, static, y):
    """Factors by pivoting, which another row may win where it ties."""
    lower = y[0] if row.name.endswith("lu_factor") else y[-2]
    if np.any(np.abs(np.tril(lower, -1)) == 1) and trace.is_active(operands[0]):
        trace.refuse(f"{row.name} has a tie of pivots")
    return trace.pushed_block(row, operands, values, static, y)


_EIGEN = ("eigvalsh", "eigh", "eigvals", "eig")

MATRICES: dict[str, Callable] = {
    **dict.fromkeys(("numpy.linalg.norm", "numpy.linalg.vector_norm", "numpy.linalg.matrix_norm"), _norm),
    "scipy.linalg.norm": _norm,
    "numpy.std": _std,
    **{f"{module}.linalg.{name}": _spectral(_eigenvalues) for module in ("numpy", "scipy") for name in _EIGEN},
    "scipy.linalg.eigh_tridiagonal": _spectral(_eigenvalues),
    "scipy.linalg.eigvalsh_tridiagonal": _spectral(_eigenvalues),
    **{
        f"{module}.linalg.{name}": _spectral(_singular_values)
        for module in ("numpy", "scipy")
        for name in ("svd", "svdvals")
    },
    "numpy.linalg.cond": _separate,
    **{f"{module}.linalg.{name}": _full_rank for module in ("numpy", "scipy") for name in ("pinv", "lstsq")},
    "scipy.linalg.pinvh": _full_rank,
    "scipy.linalg.lu": _pivoted,
    "scipy.linalg.lu_factor": _pivoted,
}
