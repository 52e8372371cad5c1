"""Rules of the Cholesky and QR factorizations and of the symmetric eigenvalue problem.

The functions read one triangle of a symmetric matrix, and so do their derivatives: the cotangent lies in
that triangle, as differences of the function itself would find.
"""

from __future__ import annotations

import numpy as np

from adpy.errors import MissingRuleError, NonDifferentiableError
from adpy.rules.linalg_tools import (
    diagonal_matrix,
    filled,
    fold,
    half_triangle,
    hermitian_from,
    inverse_gaps,
    mH,
    phase_row,
    require,
    zeros_of,
)
from adpy.rules.table import block

__all__ = [
    "REPEATED",
    "cholesky_cotangent",
    "cholesky_tangent",
    "eigh_cotangent",
    "eigh_tangent",
    "qr_cotangent",
    "qr_tangent",
]

REPEATED = (
    "the vectors that belong to a repeated value are not unique, so they have no derivative; "
    "use the values alone, or write the function without the decomposition (inv, solve, matrix functions)"
)


# cholesky


@block(np.linalg.cholesky, "a")
def cholesky(a, /, *, upper=False):
    return np.linalg.cholesky(a, upper=upper)


def cholesky_tangent(factor, h_dot):
    """Tangent of the lower factor of a Hermitian matrix with tangent ``h_dot``."""
    inverse = np.linalg.inv(factor)
    return factor @ half_triangle(inverse @ h_dot @ mH(inverse))


def cholesky_cotangent(factor, bar):
    """Cotangent of the Hermitian matrix, still to be folded to a triangle."""
    inverse = np.linalg.inv(factor)
    return mH(inverse) @ half_triangle(mH(factor) @ bar) @ inverse


@cholesky.defjvp
def cholesky_jvp(dots, y, a, upper=False):
    h_dot = hermitian_from(dots[0], not upper)
    return mH(cholesky_tangent(mH(y), h_dot)) if upper else cholesky_tangent(y, h_dot)


@cholesky.defvjp
def cholesky_vjp(bar, y, needs, a, upper=False):
    if upper:
        y, bar = mH(y), mH(bar)
    return (fold(cholesky_cotangent(y, bar), not upper),)


# qr


@block(np.linalg.qr, "a")
def qr(a, mode="reduced"):
    return np.linalg.qr(a, mode)


def _invert(r):
    """Inverse of the leading square of a triangular factor."""
    try:
        return np.linalg.inv(r)
    except np.linalg.LinAlgError as error:
        raise NonDifferentiableError("the QR factors of a rank-deficient matrix have no derivative") from error


def _imaginary_diagonal(x):
    """The imaginary part of the diagonal of a matrix, as a matrix."""
    return 1j * np.imag(x) * np.eye(np.shape(x)[-1]) if np.iscomplexobj(x) else 0


def qr_tangent(q, r, a_dot):
    """Tangents of ``q`` (reduced or complete) and ``r``; the diagonal of ``r`` stays real."""
    m, n = np.shape(a_dot)[-2:]
    k = min(m, n)
    thin, square = q[..., :, :k], r[..., :k, :k]
    scaled = a_dot[..., :, :k] @ _invert(square)
    c = mH(thin) @ scaled
    strict = np.tril(c, -1)
    omega = strict - mH(strict) + _imaginary_diagonal(c)
    q_dot = scaled - thin @ (c - omega)
    r_dot = (c - omega) @ square
    if n > k:
        r_dot = np.concatenate([r_dot, mH(thin) @ a_dot[..., :, k:] - omega @ r[..., :k, k:]], axis=-1)
    if np.shape(q)[-1] > k:
        rest = q[..., :, k:]
        q_dot = np.concatenate([q_dot, -thin @ mH(q_dot) @ rest], axis=-1)
        r_dot = np.concatenate([r_dot, zeros_of(r[..., k:, :])], axis=-2)
    return q_dot, r_dot


def qr_cotangent(q, r, q_bar, r_bar):
    """Cotangent of the matrix whose factors ``q`` (reduced or complete) and ``r`` are."""
    m, n = np.shape(q)[-2], np.shape(r)[-1]
    k = min(m, n)
    thin, square = q[..., :, :k], r[..., :k, :k]
    thin_bar, square_bar = q_bar[..., :, :k], r_bar[..., :k, :k]
    if np.shape(q)[-1] > k:
        rest, rest_bar = q[..., :, k:], q_bar[..., :, k:]
        turned = mH(rest) @ rest_bar
        _require_invariance(turned - mH(turned), rest_bar)
        thin_bar = thin_bar - rest @ mH(rest_bar) @ thin
    if n > k:
        wide_bar = r_bar[..., :k, k:]
        thin_bar = thin_bar + thin @ r[..., :k, k:] @ mH(wide_bar)
    own = square_bar @ mH(square)
    inner = mH(thin) @ thin_bar
    moment = inner - own
    c_bar = own + np.tril(moment - mH(moment), -1) + _imaginary_diagonal(moment)
    a_bar = (thin @ (c_bar - inner) + thin_bar) @ mH(_invert(square))
    return np.concatenate([a_bar, thin @ wide_bar], axis=-1) if n > k else a_bar


def _require_invariance(excess, bar) -> None:
    """Refuse a cotangent that depends on which basis of a subspace was returned."""
    scale = np.max(np.abs(bar), initial=0)
    require(
        np.abs(excess) <= 1e-8 * scale,
        "the vectors that complete an orthonormal basis are not unique; only functions of the subspace "
        "they span have a derivative",
    )


def _mode(mode):
    if mode == "raw":
        raise MissingRuleError("numpy.linalg.qr(mode='raw')", advice="Use mode='reduced', 'complete' or 'r'.")
    return mode


@qr.defjvp
def qr_jvp(dots, y, a, mode="reduced"):
    if _mode(mode) == "r":
        return qr_tangent(np.linalg.qr(a)[0], y, dots[0])[1]
    return qr_tangent(*y, dots[0])


@qr.defvjp
def qr_vjp(bar, y, needs, a, mode="reduced"):
    if _mode(mode) == "r":
        q = np.linalg.qr(a)[0]
        return (qr_cotangent(q, y, zeros_of(q), bar),)
    return (qr_cotangent(*y, *filled(bar, y)),)


# eigh and eigvalsh


@block(np.linalg.eigh, "a")
def eigh(a, UPLO="L"):
    return np.linalg.eigh(a, UPLO)


@block(np.linalg.eigvalsh, "a")
def eigvalsh(a, UPLO="L"):
    return np.linalg.eigvalsh(a, UPLO)


def _pinned_row(lower: bool) -> int:
    """The row of complex eigenvectors that LAPACK leaves real."""
    return 0 if lower else -1


def eigh_tangent(w, v, h_dot, lower=True):
    """Tangents of the eigenvalues and eigenvectors of a Hermitian matrix with tangent ``h_dot``.

    The tangent of an eigenvector that is not unique is NaN.
    """
    e = mH(v) @ h_dot @ v
    gaps, close = inverse_gaps(w)
    v_dot = v @ np.where(close & (e != 0), np.nan, gaps * e)
    if np.iscomplexobj(v):
        row = _pinned_row(lower)
        v_dot = v_dot - 1j * v * (np.imag(v_dot[..., row, :]) * phase_row(v, row))[..., None, :]
    return np.real(np.einsum("...ii->...i", e)), v_dot


def eigh_cotangent(w, v, w_bar, v_bar, lower=True):
    """Cotangent of the Hermitian matrix, still to be folded to a triangle; an absent bar is ``None``."""
    if v_bar is None:
        return (v * w_bar[..., None, :]) @ mH(v)
    w_bar = 0 * w if w_bar is None else w_bar
    gaps, close = inverse_gaps(w)
    require(~np.any(close, axis=-2)[..., None, :] | (v_bar == 0), REPEATED)
    if np.iscomplexobj(v):
        v_bar = pin_phase(v, v_bar, np.imag(np.sum(np.conj(v) * v_bar, axis=-2)), _pinned_row(lower))
    return v @ (diagonal_matrix(w_bar) + gaps * (mH(v) @ v_bar)) @ mH(v)


def pin_phase(v, v_bar, turn, row: int):
    """Take the phase out of ``v_bar``: ``turn`` is its derivative along ``v -> exp(i t) v``."""
    weight = phase_row(v, row)
    scale = np.max(np.abs(v_bar), axis=-2, initial=0)
    require(
        (weight != 0) | (np.abs(turn) <= 1e-8 * scale),
        "the phase of these complex vectors is not determined; only functions that do not depend on it "
        "have a derivative",
    )
    position = np.arange(np.shape(v)[-2]) == row % np.shape(v)[-2]
    return v_bar - 1j * position[:, None] * (turn * weight)[..., None, :]


@eigh.defjvp
def eigh_jvp(dots, y, a, UPLO="L"):
    lower = UPLO.upper() == "L"
    return eigh_tangent(*y, hermitian_from(dots[0], lower), lower)


@eigh.defvjp
def eigh_vjp(bar, y, needs, a, UPLO="L"):
    lower = UPLO.upper() == "L"
    return (fold(eigh_cotangent(*y, *bar, lower), lower),)


@eigvalsh.defjvp
def eigvalsh_jvp(dots, y, a, UPLO="L"):
    _, v = np.linalg.eigh(a, UPLO)
    h_dot = hermitian_from(dots[0], UPLO.upper() == "L")
    return np.real(np.sum(np.conj(v) * (h_dot @ v), axis=-2))


@eigvalsh.defvjp
def eigvalsh_vjp(bar, y, needs, a, UPLO="L"):
    _, v = np.linalg.eigh(a, UPLO)
    return (fold((v * bar[..., None, :]) @ mH(v), UPLO.upper() == "L"),)
