"""Rules of ``numpy.linalg`` for solving, inverting and determinants; importing this registers the others too."""

from __future__ import annotations

import numpy as np

from adpy.errors import NonDifferentiableError
from adpy.rules import linalg_factor, linalg_norms, linalg_products, linalg_spectral  # noqa: F401
from adpy.rules._shapes import unbroadcast
from adpy.rules.linalg_tools import (
    as_array,
    as_matrix,
    diagonal_matrix,
    eps_of,
    filled,
    fold,
    hermitian_from,
    identity,
    inner,
    is_traced,
    mH,
    mT,
    zeros_of,
)
from adpy.rules.table import block

__all__ = ["cofactors", "pinv_cotangent", "pinv_tangent"]


# solve

solve = block(np.linalg.solve, "a", "b")(np.linalg.solve)


@solve.defjvp
def solve_jvp(dots, y, a, b):
    a_dot, b_dot = dots
    # A vector b beside stacked matrices gives stacked vectors: column form keeps the products unambiguous.
    column = np.ndim(b) == 1
    if column:
        y, b_dot = y[..., None], None if b_dot is None else b_dot[:, None]
    right = 0 if b_dot is None else b_dot
    if a_dot is not None:
        right = right - a_dot @ y
    x_dot = np.linalg.solve(a, right)
    return x_dot[..., 0] if column else x_dot


@solve.defvjp
def solve_vjp(bar, y, needs, a, b):
    column = np.ndim(b) == 1
    x, x_bar = (y[..., None], bar[..., None]) if column else (y, bar)
    z = np.linalg.solve(mH(a), x_bar)
    a_bar = unbroadcast(-z @ mH(x), np.shape(a)) if needs[0] else None
    b_bar = unbroadcast(z[..., 0] if column else z, np.shape(b)) if needs[1] else None
    return a_bar, b_bar


# inv

inv = block(np.linalg.inv, "a")(np.linalg.inv)


@inv.defjvp
def inv_jvp(dots, y, a):
    return -y @ dots[0] @ y


@inv.defvjp
def inv_vjp(bar, y, needs, a):
    h = mH(y)
    return (-h @ bar @ h,)


# pinv


@block(np.linalg.pinv, "a")
def pinv(a, rcond=None, hermitian=False, *, rtol=np._NoValue):
    return np.linalg.pinv(a, rcond, hermitian, rtol=rtol)


def pinv_tangent(p, a, a_dot):
    """Tangent of the pseudoinverse ``p`` of ``a`` at constant rank (Golub and Pereyra).

    Singular values that the cut-off dropped although they are not zero take the exact route by the
    singular vectors.
    """
    if truncates(p, a):
        return _pinv_map(p, a, a_dot, adjoint=False)
    h = mH(a_dot)
    left, right = h - h @ a @ p, h - p @ a @ h
    return -p @ a_dot @ p + p @ mH(p) @ left + right @ mH(p) @ p


def pinv_cotangent(p, a, p_bar):
    """Transpose of :func:`pinv_tangent`."""
    if truncates(p, a):
        return _pinv_map(p, a, p_bar, adjoint=True)
    q, h = mH(p), mH(p_bar)
    left = h @ p @ q
    right = q @ p @ h
    return -q @ p_bar @ q + left - a @ p @ left + right - right @ p @ a


def truncates(p, a) -> bool:
    """Whether ``p`` inverts only a part of ``a``: singular values above rounding were cut off."""
    rest = np.abs(a - a @ p @ a)
    return bool(np.any(np.max(rest, initial=0) > 1e4 * eps_of(a) * np.max(np.abs(a), initial=0)))


def _pinv_map(p, a, direction, adjoint: bool):
    """The derivative of a truncated pseudoinverse, or its transpose, by divided differences of ``1/s``."""
    u, s, vh = np.linalg.svd(a, full_matrices=True)
    m, n = np.shape(a)[-2:]
    k = min(m, n)
    kept = np.real(np.einsum("...ik,...kj,...ji->...i", vh[..., :k, :], p, u[..., :, :k])) * s > 0.5
    pad = [(0, 0)] * (np.ndim(s) - 1)
    sizes = np.where(kept, s, 1)
    rows, columns = np.pad(s, [*pad, (0, m - k)])[..., :, None], np.pad(s, [*pad, (0, n - k)])[..., None, :]
    inverse = np.where(kept, 1 / sizes, 0)
    g_rows = np.pad(inverse, [*pad, (0, m - k)])[..., :, None]
    g_columns = np.pad(inverse, [*pad, (0, n - k)])[..., None, :]
    gap, both = rows - columns, rows + columns
    alike = (g_rows != 0) & (g_columns != 0)
    # Two kept values: the difference quotient of 1/s is -1/(s t), without a division by the gap.
    even = np.where(alike, -g_rows * g_columns, (g_rows - g_columns) / np.where(alike | (gap == 0), 1, gap))
    odd = (g_rows + g_columns) / np.where(both == 0, 1, both)
    own, crossed = (even + odd) / 2, (even - odd) / 2
    if adjoint:
        e = mH(vh @ direction @ u)
        return u @ _mix(own, crossed, e, k) @ vh
    e = mH(u) @ direction @ mH(vh)
    return mH(vh) @ mH(_mix(own, crossed, e, k)) @ mH(u)


def _mix(own, crossed, e, k: int):
    """``own * e`` plus ``crossed`` times the conjugate transpose of the leading square of ``e``."""
    square = mH(e[..., :k, :k])
    m, n = np.shape(e)[-2:]
    widths = [(0, 0)] * (np.ndim(e) - 2) + [(0, m - k), (0, n - k)]
    return own * e + crossed * np.pad(square, widths)


@pinv.defjvp
def pinv_jvp(dots, y, a, rcond=None, hermitian=False, rtol=None):
    if hermitian:
        return pinv_tangent(y, hermitian_from(a), hermitian_from(dots[0]))
    return pinv_tangent(y, a, dots[0])


@pinv.defvjp
def pinv_vjp(bar, y, needs, a, rcond=None, hermitian=False, rtol=None):
    if hermitian:
        return (fold(pinv_cotangent(y, hermitian_from(a), bar)),)
    return (pinv_cotangent(y, a, bar),)


# det and slogdet

det = block(np.linalg.det, "a")(np.linalg.det)
slogdet = block(np.linalg.slogdet, "a")(np.linalg.slogdet)


def cofactors(a, y):
    """Cofactor matrix of ``a`` with determinant ``y``: the gradient of ``det``, also where ``a`` is singular."""
    if not np.any(y == 0):
        return as_matrix(y) * mT(np.linalg.inv(a))
    if is_traced(a):
        return _minors(a)
    u, s, vh = np.linalg.svd(a)
    ones = np.ones_like(s[..., :1])
    below = np.concatenate([ones, np.cumprod(s, axis=-1)[..., :-1]], axis=-1)
    above = np.flip(np.concatenate([ones, np.cumprod(np.flip(s, -1), axis=-1)[..., :-1]], axis=-1), -1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return as_matrix(sign) * (np.conj(u) * (below * above)[..., None, :]) @ np.conj(vh)


def _minors(a):
    """Cofactors by their definition: slow, but with derivatives of every order at a singular matrix."""
    n = np.shape(a)[-1]
    others = np.array([[k for k in range(n) if k != i] for i in range(n)], dtype=int).reshape(n, n - 1)
    minors = np.linalg.det(a[..., others[:, None, :, None], others[None, :, None, :]])
    return minors * (1.0 - 2.0 * (np.add.outer(np.arange(n), np.arange(n)) % 2)).astype(a.dtype)


@det.defjvp
def det_jvp(dots, y, a):
    return np.sum(cofactors(a, y) * dots[0], axis=(-2, -1))


@det.defvjp
def det_vjp(bar, y, needs, a):
    gradient = cofactors(a, y)
    return (as_matrix(bar) * (np.conj(gradient) if np.iscomplexobj(a) else gradient),)


def _regular(sign, a, active):
    """Inverse of ``a`` with 0 for singular members that nothing asks about."""
    if not np.any(sign == 0):
        return np.linalg.inv(a)
    singular = as_matrix(sign == 0)
    if np.any(singular & active):
        raise NonDifferentiableError("slogdet of a singular matrix has no derivative")
    return np.where(singular, 0, np.linalg.inv(np.where(singular, identity(np.shape(a)[-1], a.dtype), a)))


@slogdet.defjvp
def slogdet_jvp(dots, y, a):
    sign, _ = y
    trace = np.sum(mT(_regular(sign, a, dots[0] != 0)) * dots[0], axis=(-2, -1))
    if np.iscomplexobj(trace):
        return sign * (1j * np.imag(trace)), np.real(trace)
    return 0 * sign, trace


@slogdet.defvjp
def slogdet_vjp(bar, y, needs, a):
    sign, _ = y
    sign_bar, log_bar = bar
    weight = 0 * y[1] if log_bar is None else log_bar
    if sign_bar is not None and np.iscomplexobj(a):
        weight = weight + 1j * np.imag(np.conj(sign) * sign_bar)
    weight = as_matrix(weight)
    return (weight * mH(_regular(sign, a, weight != 0)),)


# lstsq


@block(np.linalg.lstsq, "a", "b")
def lstsq(a, b, rcond=None):
    return np.linalg.lstsq(a, b, rcond)


def _lstsq_parts(a, b, x, rcond):
    """The matrix, its pseudoinverse, and the right-hand sides, solutions and residuals as matrices."""
    a, b = as_array(a), as_array(b)
    if rcond is None:
        rcond = max(np.shape(a)) * eps_of(a)
    column = np.ndim(b) == 1
    b, x = (b[:, None], x[:, None]) if column else (b, x)
    return a, np.linalg.pinv(a, rcond=rcond if rcond >= 0 else eps_of(a)), b, x, b - a @ x


@lstsq.defjvp
def lstsq_jvp(dots, y, a, b, rcond=None):
    a_dot, b_dot = dots
    x, residuals, _, s = y
    a, p, columns, solutions, rest = _lstsq_parts(a, b, x, rcond)
    a_dot = zeros_of(a) if a_dot is None else a_dot
    b_dot = zeros_of(columns) if b_dot is None else np.reshape(b_dot, np.shape(columns))
    x_dot = np.reshape(pinv_tangent(p, a, a_dot) @ columns + p @ b_dot, np.shape(x))
    residuals_dot = 2 * inner(rest, b_dot - a_dot @ solutions, axis=0) if np.size(residuals) else 0 * residuals
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    s_dot = np.real(np.einsum("ik,ij,kj->k", np.conj(u), a_dot, np.conj(vh)))
    return x_dot, residuals_dot, np.zeros(()), s_dot


@lstsq.defvjp
def lstsq_vjp(bar, y, needs, a, b, rcond=None):
    x, residuals, _, _ = y
    x_bar, residuals_bar, _, s_bar = filled(bar, y)
    a, p, columns, solutions, rest = _lstsq_parts(a, b, x, rcond)
    x_bar = np.reshape(x_bar, np.shape(solutions))
    # SciPy from 1.18 on gives the real residuals a complex dtype.
    rest_bar = 2 * rest * np.real(residuals_bar) if np.size(residuals) else 0 * columns
    b_bar = np.reshape(mH(p) @ x_bar + rest_bar, np.shape(b))
    if not needs[0]:
        return None, b_bar
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    a_bar = pinv_cotangent(p, a, x_bar @ mH(columns)) - rest_bar @ mH(solutions) + u @ diagonal_matrix(s_bar) @ vh
    return a_bar, b_bar
