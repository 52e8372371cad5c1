"""Rules of banded and Toeplitz systems in ``scipy.linalg``, and of its structured matrices."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl

from adpy.rules._shapes import unbroadcast
from adpy.rules.linalg_tools import as_array, call, mT, zeros_of
from adpy.rules.scipy_rows import scipy_block
from adpy.rules.table import composite

__all__ = []

# banded systems: everything is done on diagonals, row by row of the banded form


def _shift(x, d: int):
    """``x[..., j - d]`` at ``j`` along the last axis, with zeros outside."""
    n = np.shape(x)[-1]
    if d == 0:
        return x
    gap = zeros_of(x[..., : min(abs(d), n)])
    return np.concatenate([gap, x[..., :-d]] if d > 0 else [x[..., -d:], gap], axis=-1)


def _as_rows(x, is_vector: bool):
    """Columns of a solution as rows."""
    return x[..., None, :] if is_vector else mT(x)


def _as_columns(x, is_vector: bool):
    return x[..., 0, :] if is_vector else mT(x)


sl_solve_banded = scipy_block(sl.solve_banded, "ab", "b")


@sl_solve_banded.defjvp
def solve_banded_jvp(dots, y, ab, b, l_and_u=None, **static):
    ab, (ab_dot, b_dot) = as_array(ab), dots
    _, upper = l_and_u
    vector = np.ndim(b) == 1
    right = zeros_of(y) if b_dot is None else b_dot + zeros_of(y)
    if ab_dot is not None:
        x = _as_rows(y, vector)
        moved = sum(_shift(ab_dot[..., r, None, :] * x, r - upper) for r in range(np.shape(ab)[-2]))
        right = right - _as_columns(moved, vector)
    return call(sl.solve_banded, l_and_u, ab, right)


@sl_solve_banded.defvjp
def solve_banded_vjp(bar, y, needs, ab, b, l_and_u=None, **static):
    ab = as_array(ab)
    lower, upper = l_and_u
    vector = np.ndim(b) == 1
    rows = range(np.shape(ab)[-2])
    turned = np.stack([_shift(np.conj(ab[..., upper + lower - r, :]), lower - r) for r in rows], axis=-2)
    z = call(sl.solve_banded, (upper, lower), turned, bar)
    ab_bar = None
    if needs[0]:
        zs, xs = _as_rows(z, vector), np.conj(_as_rows(y, vector))
        ab_bar = -np.stack([np.sum(_shift(zs, upper - r) * xs, axis=-2) for r in rows], axis=-2)
        ab_bar = unbroadcast(ab_bar, np.shape(ab))
    return ab_bar, unbroadcast(z, np.shape(b)) if needs[1] else None


sl_solveh_banded = scipy_block(sl.solveh_banded, "ab", "b")


def _diagonals(ab, lower: bool):
    """The stored diagonals as pairs of their row in ``ab`` and their signed distance from the main one."""
    count = np.shape(ab)[-2]
    return [(d, d) for d in range(count)] if lower else [(r, r - count + 1) for r in range(count)]


@sl_solveh_banded.defjvp
def solveh_banded_jvp(dots, y, ab, b, lower=False, **static):
    ab, (ab_dot, b_dot) = as_array(ab), dots
    vector = np.ndim(b) == 1
    right = zeros_of(y) if b_dot is None else b_dot + zeros_of(y)
    if ab_dot is not None:
        x = _as_rows(y, vector)
        moved = 0
        for r, d in _diagonals(ab, lower):
            row = ab_dot[..., r, None, :]
            moved = moved + (_shift(row * x, d) + np.conj(row) * _shift(x, -d) if d else np.real(row) * x)
        right = right - _as_columns(moved, vector)
    return call(sl.solveh_banded, ab, right, lower=lower)


@sl_solveh_banded.defvjp
def solveh_banded_vjp(bar, y, needs, ab, b, lower=False, **static):
    ab, vector = as_array(ab), np.ndim(b) == 1
    z = call(sl.solveh_banded, ab, bar, lower=lower)
    ab_bar = None
    if needs[0]:
        zs, xs = _as_rows(z, vector), _as_rows(y, vector)
        rows = []
        for _, d in _diagonals(ab, lower):
            one = _shift(zs, -d) * np.conj(xs)
            both = one + np.conj(zs) * _shift(xs, -d) if d else np.real(one)
            rows.append(-np.sum(both, axis=-2))
        ab_bar = unbroadcast(np.stack(rows, axis=-2), np.shape(ab))
    return ab_bar, unbroadcast(z, np.shape(b)) if needs[1] else None


# Toeplitz systems and products: private primitives, because column and row may come inside a tuple


def solve_with_toeplitz(c, r, b, check_finite=True):
    """``scipy.linalg.solve_toeplitz((c, r), b)`` with column and row as operands."""
    return sl.solve_toeplitz((c, r), b, check_finite)


def multiply_toeplitz(c, r, x, check_finite=False, workers=None):
    """``scipy.linalg.matmul_toeplitz((c, r), x)`` with column and row as operands."""
    return sl.matmul_toeplitz((c, r), x, check_finite, workers)


toeplitz_solve = scipy_block(solve_with_toeplitz, "c", "r", "b")
toeplitz_product = scipy_block(multiply_toeplitz, "c", "r", "x")


def _column_and_row(c_or_cr):
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, np.conj(c_or_cr))
    return as_array(c), as_array(r)


@composite(sl.solve_toeplitz)
def solve_toeplitz(c_or_cr, b, check_finite=True):
    return call(solve_with_toeplitz, *_column_and_row(c_or_cr), b, check_finite=check_finite)


@composite(sl.matmul_toeplitz)
def matmul_toeplitz(c_or_cr, x, check_finite=False, workers=None):
    return call(multiply_toeplitz, *_column_and_row(c_or_cr), x, check_finite=check_finite, workers=workers)


def _adjoint(c, r):
    """Column and row of the conjugate transpose."""
    return np.conj(np.concatenate([c[:1], r[1:]])), np.conj(c)


def _change(c, r, c_dot, r_dot, x):
    """The tangent of the matrix times ``x``."""
    c_dot = zeros_of(c) if c_dot is None else c_dot
    r_dot = zeros_of(r) if r_dot is None else r_dot
    return call(multiply_toeplitz, c_dot, r_dot, x)


def _diagonal_sums(z, x):
    """Cotangents of column and row where the cotangent of the matrix is ``z x^H``."""
    if np.ndim(z) == 1:
        z, x = z[:, None], x[:, None]
    sums = sum(np.correlate(z[:, k], x[:, k], "full") for k in range(np.shape(z)[1]))
    n = np.shape(x)[0]
    return sums[n - 1 :], np.concatenate([zeros_of(sums[:1]), np.flip(sums[: n - 1])])


@toeplitz_solve.defjvp
def toeplitz_solve_jvp(dots, y, c, r, b, check_finite=True):
    c_dot, r_dot, b_dot = dots
    right = zeros_of(y) if b_dot is None else b_dot
    if c_dot is not None or r_dot is not None:
        right = right - _change(c, r, c_dot, r_dot, y)
    return call(solve_with_toeplitz, c, r, right)


@toeplitz_solve.defvjp
def toeplitz_solve_vjp(bar, y, needs, c, r, b, check_finite=True):
    z = call(solve_with_toeplitz, *_adjoint(c, r), bar)
    return (*_diagonal_sums(-z, y), z)


@toeplitz_product.defjvp
def toeplitz_product_jvp(dots, y, c, r, x, check_finite=False, workers=None):
    c_dot, r_dot, x_dot = dots
    moved = zeros_of(y) if x_dot is None else call(multiply_toeplitz, c, r, x_dot)
    if c_dot is None and r_dot is None:
        return moved
    return moved + _change(c, r, c_dot, r_dot, x)


@toeplitz_product.defvjp
def toeplitz_product_vjp(bar, y, needs, c, r, x, check_finite=False, workers=None):
    return (*_diagonal_sums(bar, as_array(x)), call(multiply_toeplitz, *_adjoint(c, r), bar))


# structured matrices: index movement


@composite(sl.toeplitz)
def toeplitz(c, r=None):
    c = as_array(c)
    r = np.conj(c) if r is None else as_array(r)
    m, n = np.shape(c)[-1], np.shape(r)[-1]
    values = np.concatenate([np.flip(c, -1), r[..., 1:]], axis=-1)
    return np.take(values, m - 1 - np.arange(m)[:, None] + np.arange(n), axis=-1)


@composite(sl.circulant)
def circulant(c):
    n = np.shape(c)[-1]
    return np.take(c, (np.arange(n)[:, None] - np.arange(n)) % n, axis=-1)


@composite(sl.hankel)
def hankel(c, r=None):
    c = as_array(c)
    r = np.zeros_like(c) if r is None else as_array(r)
    m, n = np.shape(c)[-1], np.shape(r)[-1]
    values = np.concatenate([c, r[..., 1:]], axis=-1)
    return np.take(values, np.arange(m)[:, None] + np.arange(n), axis=-1)


@composite(sl.block_diag)
def block_diag(*arrs):
    blocks = [np.atleast_2d(a) for a in arrs]
    width = sum(np.shape(a)[-1] for a in blocks)
    strips, start = [], 0
    for a in blocks:
        end = start + np.shape(a)[-1]
        strips.append(np.pad(a, [(0, 0)] * (np.ndim(a) - 1) + [(start, width - end)]))
        start = end
    return np.concatenate(strips, axis=-2)


@composite(sl.companion)
def companion(a):
    first = -a[..., 1:] / a[..., :1]
    n = np.shape(first)[-1]
    below = np.broadcast_to(np.eye(n - 1, n), (*np.shape(first)[:-1], n - 1, n))
    return np.concatenate([first[..., None, :], below], axis=-2)
