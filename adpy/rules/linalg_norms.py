"""Rules of the norms and of the condition number in ``numpy.linalg``.

Conventions: a norm has derivative zero at the origin, entries that tie for a maximum or minimum share its
derivative equally, and an entry that is zero gets no derivative where that of ``|x|**p`` jumps.
"""

from __future__ import annotations

import numpy as np

from adpy.rules._shapes import tuple_of_axes, unreduce
from adpy.rules.linalg_tools import inner, mH, require, zeros_of
from adpy.rules.table import Block, block

__all__ = ["norm_jvp", "norm_vjp"]


def direction(x):
    """``x / |x|``, with 0 at 0."""
    if not np.iscomplexobj(x):
        return np.sign(x)
    zero = x == 0
    return np.where(zero, 0, x / np.where(zero, 1, np.abs(np.where(zero, 1, x))))


def _divide(x, y):
    """``x / y`` with 0 where ``y`` is 0."""
    return np.where(y == 0, 0, x / np.where(y == 0, 1, y))


def _share(values, extremum, axes):
    """Weights that share one derivative among the entries equal to ``extremum``."""
    hit = values == extremum
    return hit / np.sum(hit, axis=axes, keepdims=True)


def vector_gradient(x, y, ord, axes):
    """Gradient of the vector norm over ``axes``; ``y`` has these axes kept."""
    if ord is None or ord == 2:
        return _divide(x, y)
    if ord == 0:
        return 0 * x
    if ord == 1:
        return direction(x)
    if abs(ord) == np.inf:
        return direction(x) * _share(np.abs(x), y, axes)
    flat = (x == 0) | (y == 0)
    ratio = np.abs(np.where(flat, 1, x)) / np.where(y == 0, 1, y)
    return np.where(flat, 0, direction(x) * ratio ** (ord - 1))


def matrix_gradient(x, y, ord, axes):
    """Gradient of the matrix norm over the two ``axes``; ``y`` has them kept."""
    row, column = axes
    if ord in (None, "fro", "f"):
        return _divide(x, y)
    if ord in (1, -1, np.inf, -np.inf):
        summed, chosen = (row, column) if abs(ord) == 1 else (column, row)
        sums = np.sum(np.abs(x), axis=summed, keepdims=True)
        extremum = np.max if ord > 0 else np.min
        return direction(x) * _share(sums, extremum(sums, axis=chosen, keepdims=True), chosen)
    u, s, vh = np.linalg.svd(np.moveaxis(x, (row, column), (-2, -1)), full_matrices=False)
    if ord == "nuc":
        weights = s != 0
    else:
        extremum = np.max if ord == 2 else np.min
        weights = np.where(s == 0, 0, _share(s, extremum(s, axis=-1, keepdims=True), -1))
    return np.moveaxis((u * weights[..., None, :]) @ vh, (-2, -1), (row, column))


def norm_gradient(x, y, ord, axis):
    """Gradient of ``numpy.linalg.norm(x, ord, axis, keepdims=True)``, whose value is ``y``."""
    ndim = np.ndim(x)
    axes = tuple_of_axes(axis, ndim)
    if len(axes) == 2 and not (ord is None and axis is None):
        return matrix_gradient(x, y, ord, axes)
    return vector_gradient(x, y, ord, axes)


def _gradient_row(row: Block, gradient, axis_of) -> None:
    """Give ``row`` the jvp and vjp of a real function with a known gradient."""

    @row.defjvp
    def jvp(dots, y, x, **static):
        axis, keepdims = axis_of(static)
        g = gradient(x, unreduce(y, np.ndim(x), axis, keepdims), **static)
        return inner(g, dots[0], axis=axis, keepdims=keepdims)

    @row.defvjp
    def vjp(bar, y, needs, x, **static):
        axis, keepdims = axis_of(static)
        ndim = np.ndim(x)
        return (unreduce(bar, ndim, axis, keepdims) * gradient(x, unreduce(y, ndim, axis, keepdims), **static),)


def _axis_none(static):
    return static.get("axis"), static.get("keepdims", False)


def _axis_last_two(static):
    return (-2, -1), static.get("keepdims", False)


def _norm(x, y, ord=None, axis=None, keepdims=False):
    return norm_gradient(x, y, ord, axis)


def _vector_norm(x, y, axis=None, keepdims=False, ord=2):
    return vector_gradient(x, y, ord, tuple_of_axes(axis, np.ndim(x)))


def _matrix_norm(x, y, keepdims=False, ord="fro"):
    ndim = np.ndim(x)
    return matrix_gradient(x, y, ord, (ndim - 2, ndim - 1))


def _cond(x, y, p=None):
    ndim = np.ndim(x)
    axes = (ndim - 2, ndim - 1)
    if p is None or p in (2, -2):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        require((p == -2) | (s[..., -1] != 0), "the condition number of a singular matrix has no derivative")
        largest, smallest = s[..., :1], s[..., -1:]
        top, bottom = u[..., :1] @ vh[..., :1, :], u[..., -1:] @ vh[..., -1:, :]
        if p == -2:
            return (bottom - (smallest / largest)[..., None] * top) / largest[..., None]
        return (top - (largest / smallest)[..., None] * bottom) / smallest[..., None]
    inverse = np.linalg.inv(x)
    size = np.linalg.norm(x, p, axes, keepdims=True)
    inverse_size = np.linalg.norm(inverse, p, axes, keepdims=True)
    h = mH(inverse)
    return (
        matrix_gradient(x, size, p, axes) * inverse_size
        - h @ matrix_gradient(inverse, inverse_size, p, axes) @ h * size
    )


norm = block(np.linalg.norm, "x")(np.linalg.norm)
_gradient_row(norm, _norm, _axis_none)
_general_vjp = norm.vjp


@norm.defvjp
def norm_vjp(bar, y, needs, x, **static):
    if not static and type(x) is np.ndarray:
        return (x / y * bar if y else zeros_of(x),)  # the plain norm of one vector is what most code calls
    return _general_vjp(bar, y, needs, x, **static)


norm_jvp = norm.jvp
_gradient_row(block(np.linalg.vector_norm, "x")(np.linalg.vector_norm), _vector_norm, _axis_none)
_gradient_row(block(np.linalg.matrix_norm, "x")(np.linalg.matrix_norm), _matrix_norm, _axis_last_two)
_gradient_row(block(np.linalg.cond, "x")(np.linalg.cond), _cond, _axis_last_two)
