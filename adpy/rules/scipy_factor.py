"""Rules of the matrix factorizations and eigenvalue problems in ``scipy.linalg``."""

from __future__ import annotations

import functools

import numpy as np
import scipy.linalg as sl

from adpy.errors import MissingRuleError
from adpy.rules import linalg_factor, linalg_spectral
from adpy.rules.linalg_tools import call, filled, mH, zeros_of
from adpy.rules.scipy_rows import scipy_block
from adpy.rules.table import composite, refused

__all__ = ["permutation"]

# cholesky and cho_factor

sl_cholesky = scipy_block(sl.cholesky, "a")


@sl_cholesky.defjvp
def cholesky_jvp(dots, y, a, lower=False, **static):
    return linalg_factor.cholesky_jvp(dots, y, a, upper=not lower)


@sl_cholesky.defvjp
def cholesky_vjp(bar, y, needs, a, lower=False, **static):
    return linalg_factor.cholesky_vjp(bar, y, needs, a, upper=not lower)


def cholesky_with_rest(a, lower=False, check_finite=True):
    """The matrix of ``scipy.linalg.cho_factor``; in the other triangle ``a`` itself, or zeros from SciPy 1.18 on."""
    return sl.cho_factor(a, lower, False, check_finite)[0]


with_rest = scipy_block(cholesky_with_rest, "a")


@composite(sl.cho_factor)
def cho_factor(a, lower=False, overwrite_a=False, check_finite=True):
    return call(cholesky_with_rest, a, lower=lower, check_finite=check_finite), lower


def _own(c, lower):
    return np.tril(c) if lower else np.triu(c)


@functools.cache
def _keeps_rest() -> bool:
    return bool(cholesky_with_rest(np.array([[2.0, 1.0], [1.0, 2.0]]))[1, 0])


def _rest(c, lower):
    if not _keeps_rest():
        return zeros_of(c)
    return np.triu(c, 1) if lower else np.tril(c, -1)


@with_rest.defjvp
def with_rest_jvp(dots, y, a, lower=False, check_finite=True):
    return cholesky_jvp(dots, _own(y, lower), a, lower) + _rest(dots[0], lower)


@with_rest.defvjp
def with_rest_vjp(bar, y, needs, a, lower=False, check_finite=True):
    (a_bar,) = cholesky_vjp(_own(bar, lower), _own(y, lower), needs, a, lower)
    return (a_bar + _rest(bar, lower),)


# lu and lu_factor

sl_lu = scipy_block(sl.lu, "a")
sl_lu_factor = scipy_block(sl.lu_factor, "a")


def permutation(piv):
    """Row order ``p`` with ``a[p] = l @ u`` that LAPACK's sequence of row exchanges amounts to."""
    piv = np.asarray(piv)
    order = np.broadcast_to(np.arange(piv.shape[-1]), piv.shape).copy()
    for i in range(piv.shape[-1]):
        other = piv[..., i : i + 1]
        moved = np.take_along_axis(order, other, axis=-1)
        np.put_along_axis(order, other, order[..., i : i + 1].copy(), axis=-1)
        order[..., i : i + 1] = moved
    return order


def _lu_tangent(lower, upper, a_dot):
    """Tangents of the factors of a matrix, its rows already in pivot order."""
    m, n = np.shape(a_dot)[-2:]
    k = min(m, n)
    square_l, square_u = lower[..., :k, :], upper[..., :, :k]
    inverse_l, inverse_u = np.linalg.inv(square_l), np.linalg.inv(square_u)
    f = inverse_l @ a_dot[..., :k, :k] @ inverse_u
    l_dot, u_dot = square_l @ np.tril(f, -1), np.triu(f) @ square_u
    if m > k:
        rest = (a_dot[..., k:, :] - lower[..., k:, :] @ u_dot) @ inverse_u
        return np.concatenate([l_dot, rest], axis=-2), u_dot
    if n > k:
        rest = inverse_l @ (a_dot[..., :, k:] - l_dot @ upper[..., :, k:])
        return l_dot, np.concatenate([u_dot, rest], axis=-1)
    return l_dot, u_dot


def _lu_cotangent(lower, upper, l_bar, u_bar):
    """Cotangent of the matrix with its rows in pivot order."""
    m, n = np.shape(lower)[-2], np.shape(upper)[-1]
    k = min(m, n)
    inverse_l, inverse_u = np.linalg.inv(lower[..., :k, :]), np.linalg.inv(upper[..., :, :k])
    square_l_bar, square_u_bar = l_bar[..., :k, :], u_bar[..., :, :k]
    if m > k:
        rest = l_bar[..., k:, :] @ mH(inverse_u)
        square_u_bar = square_u_bar - mH(lower[..., k:, :]) @ rest
    elif n > k:
        rest = mH(inverse_l) @ u_bar[..., :, k:]
        square_l_bar = square_l_bar - rest @ mH(upper[..., :, k:])
    f_bar = np.tril(mH(lower[..., :k, :]) @ square_l_bar, -1) + np.triu(square_u_bar @ mH(upper[..., :, :k]))
    a_bar = mH(inverse_l) @ f_bar @ mH(inverse_u)
    if m == n:
        return a_bar
    return np.concatenate([a_bar, rest], axis=-2 if m > k else -1)


def _lu_parts(y, a, permute_l, p_indices):
    """Row order, unit lower and upper factor, whatever form ``lu`` was asked for."""
    if permute_l:
        permuted, upper = y
        order = np.argsort(call(sl.lu, a, p_indices=True)[0], axis=-1)
        return order, np.take_along_axis(permuted, order[..., None], axis=-2), upper
    p, lower, upper = y
    order = np.argsort(p, axis=-1) if p_indices else np.argmax(p, axis=-2)
    return order, lower, upper


@sl_lu.defjvp
def lu_jvp(dots, y, a, permute_l=False, p_indices=False, **static):
    order, lower, upper = _lu_parts(y, a, permute_l, p_indices)
    l_dot, u_dot = _lu_tangent(lower, upper, np.take_along_axis(dots[0], order[..., None], axis=-2))
    if permute_l:
        return np.take_along_axis(l_dot, np.argsort(order, axis=-1)[..., None], axis=-2), u_dot
    return np.zeros(np.shape(y[0])), l_dot, u_dot


@sl_lu.defvjp
def lu_vjp(bar, y, needs, a, permute_l=False, p_indices=False, **static):
    order, lower, upper = _lu_parts(y, a, permute_l, p_indices)
    *_, l_bar, u_bar = filled(bar, y)
    if permute_l:
        l_bar = np.take_along_axis(l_bar, order[..., None], axis=-2)
    a_bar = _lu_cotangent(lower, upper, l_bar, u_bar)
    return (np.take_along_axis(a_bar, np.argsort(order, axis=-1)[..., None], axis=-2),)


def _unpack(lu):
    """The two factors that LAPACK keeps in one matrix."""
    m, n = np.shape(lu)[-2:]
    k = min(m, n)
    return np.tril(lu[..., :, :k], -1) + np.eye(m, k, dtype=lu.dtype), np.triu(lu[..., :k, :])


def _pack(lower, upper):
    """Transpose, and for tangents inverse, of :func:`_unpack`."""
    m, n, k = np.shape(lower)[-2], np.shape(upper)[-1], np.shape(lower)[-1]
    below, above = np.tril(lower, -1), np.triu(upper)
    widths = [(0, 0)] * (np.ndim(lower) - 2)
    return np.pad(below, [*widths, (0, 0), (0, n - k)]) + np.pad(above, [*widths, (0, m - k), (0, 0)])


def _full_order(piv, m: int):
    """The permutation of all ``m`` rows; a wide or tall matrix has fewer exchanges than rows."""
    extra = np.broadcast_to(np.arange(piv.shape[-1], m, dtype=piv.dtype), (*piv.shape[:-1], m - piv.shape[-1]))
    return permutation(np.concatenate([piv, extra], axis=-1))


@sl_lu_factor.defjvp
def lu_factor_jvp(dots, y, a, **static):
    lu, piv = y
    order = _full_order(piv, np.shape(a)[-2])[..., None]
    tangents = _lu_tangent(*_unpack(lu), np.take_along_axis(dots[0], order, axis=-2))
    return _pack(*tangents), np.zeros(np.shape(piv))


@sl_lu_factor.defvjp
def lu_factor_vjp(bar, y, needs, a, **static):
    lu, piv = y
    order = _full_order(piv, np.shape(a)[-2])
    lower, upper = _unpack(lu)
    lu_bar = filled(bar, y)[0]
    k = np.shape(lower)[-1]
    a_bar = _lu_cotangent(lower, upper, np.tril(lu_bar[..., :, :k], -1), np.triu(lu_bar[..., :k, :]))
    return (np.take_along_axis(a_bar, np.argsort(order, axis=-1)[..., None], axis=-2),)


# qr

sl_qr = scipy_block(sl.qr, "a")
_QR_MODES = {"full": "complete", "qr": "complete", "economic": "reduced", "r": "r"}


def _qr_mode(mode):
    if mode not in _QR_MODES:
        raise MissingRuleError(f"scipy.linalg.qr(mode={mode!r})", advice="Use mode='full', 'economic' or 'r'.")
    return _QR_MODES[mode]


def _qr_factors(y, a, mode, pivoting):
    """``q``, ``r`` and the matrix with its columns in pivot order."""
    order = y[-1] if pivoting else None
    a = a if order is None else np.take_along_axis(a, np.asarray(order)[..., None, :], axis=-1)
    if _qr_mode(mode) != "r":
        return y[0], y[1], a
    # LAPACK without pivoting repeats the reflections, so these columns belong to this r.
    return np.linalg.qr(a, mode="complete")[0], y[0], a


@sl_qr.defjvp
def qr_jvp(dots, y, a, mode="full", pivoting=False, **static):
    a_dot = dots[0]
    q, r, _ = _qr_factors(y, a, mode, pivoting)
    tail = ()
    if pivoting:
        a_dot = np.take_along_axis(a_dot, np.asarray(y[-1])[..., None, :], axis=-1)
        tail = (np.zeros(np.shape(y[-1])),)
    q_dot, r_dot = linalg_factor.qr_tangent(q, r, a_dot)
    return (r_dot, *tail) if mode == "r" else (q_dot, r_dot, *tail)


@sl_qr.defvjp
def qr_vjp(bar, y, needs, a, mode="full", pivoting=False, **static):
    bar = filled(bar, y)
    q, r, _ = _qr_factors(y, a, mode, pivoting)
    q_bar, r_bar = (zeros_of(q), bar[0]) if mode == "r" else bar[:2]
    a_bar = linalg_factor.qr_cotangent(q, r, q_bar, r_bar)
    if pivoting:
        a_bar = np.take_along_axis(a_bar, np.argsort(y[-1], axis=-1)[..., None, :], axis=-1)
    return (a_bar,)


# svd and eig

sl_svd = scipy_block(sl.svd, "a")
sl_svdvals = scipy_block(sl.svdvals, "a")
sl_eig = scipy_block(sl.eig, "a", "b")
sl_eigvals = scipy_block(sl.eigvals, "a", "b")


@sl_svd.defjvp
def svd_jvp(dots, y, a, full_matrices=True, compute_uv=True, **static):
    return linalg_spectral.svd_jvp(dots, y, a, full_matrices, compute_uv)


@sl_svd.defvjp
def svd_vjp(bar, y, needs, a, full_matrices=True, compute_uv=True, **static):
    return linalg_spectral.svd_vjp(bar, y, needs, a, full_matrices, compute_uv)


@sl_svdvals.defjvp
def svdvals_jvp(dots, y, a, **static):
    return linalg_spectral.svdvals_tangent(a, dots[0])


@sl_svdvals.defvjp
def svdvals_vjp(bar, y, needs, a, **static):
    return (linalg_spectral.svdvals_cotangent(a, bar),)


def _standard_only(name, b, left=False, homogeneous_eigvals=False):
    if b is not None or left or homogeneous_eigvals:
        raise MissingRuleError(
            f"scipy.linalg.{name} with b, left or homogeneous_eigvals",
            advice="Solve the standard problem: scipy.linalg.eig(scipy.linalg.solve(b, a)).",
        )


@sl_eig.defjvp
def eig_jvp(dots, y, a, b=None, left=False, right=True, homogeneous_eigvals=False, **static):
    _standard_only("eig", b, left, homogeneous_eigvals)
    if not right:
        return linalg_spectral.eigvals_jvp(dots[:1], y, a)
    return linalg_spectral.eig_tangent(*y, dots[0])


@sl_eig.defvjp
def eig_vjp(bar, y, needs, a, b=None, left=False, right=True, homogeneous_eigvals=False, **static):
    _standard_only("eig", b, left, homogeneous_eigvals)
    if not right:
        return *linalg_spectral.eigvals_vjp(bar, y, needs, a), None
    return linalg_spectral.eig_cotangent(*y, *bar), None


@sl_eigvals.defjvp
def eigvals_jvp(dots, y, a, b=None, homogeneous_eigvals=False, **static):
    _standard_only("eigvals", b, False, homogeneous_eigvals)
    return linalg_spectral.eigvals_jvp(dots[:1], y, a)


@sl_eigvals.defvjp
def eigvals_vjp(bar, y, needs, a, b=None, homogeneous_eigvals=False, **static):
    _standard_only("eigvals", b, False, homogeneous_eigvals)
    return *linalg_spectral.eigvals_vjp(bar, y, needs, a), None


for _function, _advice in (
    (sl.null_space, "A basis of a null space is not unique; use the projector: eye(n) - pinv(A) @ A."),
    (sl.orth, "A basis of a range is not unique; use the projector A @ pinv(A), or scipy.linalg.qr."),
    (sl.schur, "Use scipy.linalg.eig, or the matrix function itself (expm, sqrtm, logm)."),
    (sl.ldl, "Use scipy.linalg.cholesky, scipy.linalg.lu or scipy.linalg.solve(..., assume_a='sym')."),
    (sl.funm, "Use expm, logm, sqrtm or fractional_matrix_power."),
    (sl.expm_frechet, "Differentiate scipy.linalg.expm instead."),
):
    refused(_function, _advice)
