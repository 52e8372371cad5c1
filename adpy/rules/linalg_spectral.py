"""Rules of the singular value decomposition and of the general eigenvalue problem."""

from __future__ import annotations

import numpy as np

from adpy.errors import NonDifferentiableError
from adpy.rules.linalg_factor import REPEATED, pin_phase
from adpy.rules.linalg_tools import (
    diagonal_matrix,
    eps_of,
    filled,
    fold,
    hermitian_from,
    inverse_gaps,
    mH,
    mT,
    phase_row,
    real_to_rounding,
    require,
)
from adpy.rules.table import block

__all__ = ["eig_cotangent", "eig_tangent", "svd_cotangent", "svd_tangent"]


# svd


@block(np.linalg.svd, "a")
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    return np.linalg.svd(a, full_matrices, compute_uv, hermitian)


@block(np.linalg.svdvals, "x")
def svdvals(x, /):
    return np.linalg.svdvals(x)


def _reciprocal(s):
    return np.where(s == 0, 0, 1 / np.where(s == 0, 1, s))


def _svd_phase(u, v):
    """Which of the complex factors has a real first row, and so fixes the phases: ``"v"``, ``"u"`` or neither."""
    for name, vectors in (("v", v), ("u", u)):
        if np.all(real_to_rounding(vectors[..., 0, :])):
            return name
    return None


def svd_tangent(u, s, vh, a_dot):
    """Tangents of the factors.

    The tangents of vectors that are not unique (repeated singular values) are NaN; the vectors that
    complete a full basis move orthogonally to each other.
    """
    k = np.shape(s)[-1]
    left, right = u[..., :, :k], mH(vh[..., :k, :])
    e = mH(left) @ a_dot @ right
    gaps, close = _svd_gaps(s)
    inverse = _reciprocal(s)
    es, se = e * s[..., None, :], s[..., :, None] * e
    undefined = close & (e != 0)
    u_dot = left @ np.where(undefined, np.nan, gaps * (es + mH(es)))
    v_dot = right @ np.where(undefined, np.nan, gaps * (se + mH(se)))
    u_dot = u_dot + _outside(left, a_dot @ right) * inverse[..., None, :]
    v_dot = v_dot + _outside(right, mH(a_dot) @ left) * inverse[..., None, :]
    if np.iscomplexobj(u):
        turn = 0.5j * (np.imag(np.einsum("...ii->...i", e)) * inverse)[..., None, :]
        u_dot, v_dot = u_dot + left * turn, v_dot - right * turn
        pinned = _svd_phase(left, right)
        if pinned:
            vectors, dot = (right, v_dot) if pinned == "v" else (left, u_dot)
            theta = 1j * (np.imag(dot[..., 0, :]) * phase_row(vectors, 0))[..., None, :]
            u_dot, v_dot = u_dot - left * theta, v_dot - right * theta
    s_dot = np.real(np.einsum("...ii->...i", e))
    return _complete(u_dot, left, u), np.where(s == 0, 0, s_dot), mH(_complete(v_dot, right, mH(vh)))


def _svd_gaps(s):
    """``1 / (s_j**2 - s_i**2)`` and the mask of the repeated pairs."""
    gaps, close = inverse_gaps(s)
    sums = s[..., None, :] + s[..., :, None]
    return gaps * _reciprocal(sums), close


def _outside(basis, x):
    """The part of ``x`` orthogonal to ``basis``; exactly 0 where the basis is complete."""
    return x - basis @ (mH(basis) @ x) if np.shape(basis)[-2] > np.shape(basis)[-1] else 0 * x


def _complete(dot, thin, full):
    """Tangent of a completed basis, given that of its leading columns."""
    rest = full[..., :, np.shape(thin)[-1] :]
    return np.concatenate([dot, -thin @ mH(dot) @ rest], axis=-1) if np.shape(rest)[-1] else dot


def _reduce(bar, full, k: int):
    """Cotangent of the leading ``k`` columns of a completed basis."""
    if np.shape(full)[-1] == k:
        return bar
    thin, rest, rest_bar = full[..., :, :k], full[..., :, k:], bar[..., :, k:]
    turned = mH(rest) @ rest_bar
    require(
        np.abs(turned - mH(turned)) <= 1e-8 * np.max(np.abs(rest_bar), initial=0),
        "the vectors that complete an orthonormal basis are not unique; only functions of the subspace "
        "they span have a derivative",
    )
    return bar[..., :, :k] - rest @ mH(rest_bar) @ thin


def svd_cotangent(u, s, vh, u_bar, s_bar, vh_bar):
    """Cotangent of the matrix with these factors, thin or full; an absent bar is ``None``."""
    k = np.shape(s)[-1]
    if u_bar is None and vh_bar is None:
        return (u[..., :, :k] * np.where(s == 0, 0, s_bar)[..., None, :]) @ vh[..., :k, :]
    u_bar, s_bar, vh_bar = filled((u_bar, s_bar, vh_bar), (u, s, vh))
    v, v_bar = mH(vh), mH(vh_bar)
    u_bar, v_bar = _reduce(u_bar, u, k), _reduce(v_bar, v, k)
    u, v = u[..., :, :k], v[..., :, :k]
    gaps, close = _svd_gaps(s)
    used = np.any(u_bar != 0, axis=-2) | np.any(v_bar != 0, axis=-2)
    require(~(np.any(close, axis=-2) & used), REPEATED)
    inverse = _reciprocal(s)[..., None, :]
    diagonal = np.where(s == 0, 0, s_bar)
    if np.iscomplexobj(u):
        u_bar, v_bar, turn = _pin(u, v, u_bar, v_bar)
        diagonal = diagonal + 0.5j * turn * inverse[..., 0, :]
    x, y = gaps * (mH(u) @ u_bar), gaps * (mH(v) @ v_bar)
    core = diagonal_matrix(diagonal) + (x + mH(x)) * s[..., None, :] + s[..., :, None] * (y + mH(y))
    a_bar = u @ core @ mH(v)
    for basis, bar in ((u, u_bar), (v, v_bar)):
        if np.shape(basis)[-2] > k:
            outside = _outside(basis, bar)
            require((s != 0)[..., None, :] | (np.abs(outside) == 0), "singular vectors of a zero singular value")
            a_bar = a_bar + (outside * inverse @ mH(v) if basis is u else u @ mH(outside * inverse))
    return a_bar


def _pin(u, v, u_bar, v_bar):
    """Take the common phase out of the cotangents; the rest of the phase derivative comes third."""
    u_turn = np.imag(np.sum(np.conj(u) * u_bar, axis=-2))
    v_turn = np.imag(np.sum(np.conj(v) * v_bar, axis=-2))
    if _svd_phase(u, v) == "u":
        u_bar = pin_phase(u, u_bar, u_turn + v_turn, 0)
        return u_bar, v_bar, np.imag(np.sum(np.conj(u) * u_bar, axis=-2)) - v_turn
    v_bar = pin_phase(v, v_bar, u_turn + v_turn, 0)
    return u_bar, v_bar, u_turn - np.imag(np.sum(np.conj(v) * v_bar, axis=-2))


def svdvals_tangent(a, a_dot):
    """Tangent of the singular values."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    s_dot = np.real(np.sum(np.conj(u) * (a_dot @ mH(vh)), axis=-2))
    return np.where(s == 0, 0, s_dot)


def svdvals_cotangent(a, bar):
    """Transpose of :func:`svdvals_tangent`."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return (u * np.where(s == 0, 0, bar)[..., None, :]) @ vh


@svd.defjvp
def svd_jvp(dots, y, a, full_matrices=True, compute_uv=True, hermitian=False):
    a, a_dot = (hermitian_from(a), hermitian_from(dots[0])) if hermitian else (a, dots[0])
    return svd_tangent(*y, a_dot) if compute_uv else svdvals_tangent(a, a_dot)


@svd.defvjp
def svd_vjp(bar, y, needs, a, full_matrices=True, compute_uv=True, hermitian=False):
    a = hermitian_from(a) if hermitian else a
    a_bar = svd_cotangent(*y, *bar) if compute_uv else svdvals_cotangent(a, bar)
    return (fold(a_bar) if hermitian else a_bar,)


@svdvals.defjvp
def svdvals_jvp(dots, y, x):
    return svdvals_tangent(x, dots[0])


@svdvals.defvjp
def svdvals_vjp(bar, y, needs, x):
    return (svdvals_cotangent(x, bar),)


# eig and eigvals

eig = block(np.linalg.eig, "a")(np.linalg.eig)
eigvals = block(np.linalg.eigvals, "a")(np.linalg.eigvals)


def _left(v):
    """Inverse of the eigenvector matrix; refuses a matrix without a full set of eigenvectors."""
    try:
        inverse = np.linalg.inv(v)
    except np.linalg.LinAlgError as error:
        raise NonDifferentiableError("a defective matrix: its eigenvalues have no derivative") from error
    require(np.abs(inverse) < 1e-2 / eps_of(v), "a defective matrix: its eigenvalues have no derivative")
    return inverse


def _pivot(v):
    """The component of each eigenvector that LAPACK makes real, as a mask: the largest one."""
    size = np.where(np.imag(v) == 0, np.abs(v), -1.0)
    rows = np.arange(np.shape(v)[-2])[:, None]
    return rows == np.argmax(size, axis=-2)[..., None, :]


def eig_tangent(w, v, a_dot):
    """Tangents of eigenvalues and eigenvectors.

    The eigenvectors keep LAPACK's normalisation: length one, the largest component real.  The tangent
    of an eigenvector that is not unique is NaN.
    """
    e = _left(v) @ a_dot @ v
    gaps, close = inverse_gaps(w)
    g = v @ np.where(close & (e != 0), np.nan, gaps * e)
    change = -np.real(np.sum(np.conj(v) * g, axis=-2))
    if np.iscomplexobj(v):
        pivot = _pivot(v)
        sizes = np.sum(np.where(pivot, np.real(v), 0), axis=-2)
        change = change - 1j * np.sum(np.where(pivot, np.imag(g), 0), axis=-2) / sizes
    return np.einsum("...ii->...i", e), g + v * change[..., None, :]


def eig_cotangent(w, v, w_bar, v_bar):
    """Cotangent of the matrix with these eigenvalues and eigenvectors (LAPACK's normalisation)."""
    inverse = _left(v)
    if v_bar is None:
        return mH(inverse) @ (w_bar[..., :, None] * mH(v))
    w_bar = 0 * w if w_bar is None else w_bar
    gaps, close = inverse_gaps(w)
    require(~np.any(close, axis=-2)[..., None, :] | (v_bar == 0), REPEATED)
    along = np.sum(np.conj(v) * v_bar, axis=-2)[..., None, :]
    g_bar = v_bar - v * np.real(along)
    if np.iscomplexobj(v):
        pivot = _pivot(v)
        g_bar = g_bar - 1j * np.where(pivot, np.imag(along) / np.where(pivot, np.real(v), 1), 0)
    core = diagonal_matrix(w_bar) + np.conj(gaps) * (mH(v) @ g_bar)
    return mH(inverse) @ core @ mH(v)


@eig.defjvp
def eig_jvp(dots, y, a):
    return eig_tangent(*y, dots[0])


@eig.defvjp
def eig_vjp(bar, y, needs, a):
    return (eig_cotangent(*y, *bar),)


def _matched(y, a):
    """Eigenvectors of ``a`` in the order in which ``y`` lists its eigenvalues, and their inverse.

    LAPACK may find the eigenvalues in another order when it is not asked for vectors.
    """
    w, v = np.linalg.eig(a)
    order = _order(y, w)
    v = np.take_along_axis(v, order[..., None, :], axis=-1)
    return v, _left(v)


def _order(y, w):
    """Indices that bring ``w`` to the order of ``y``, the nearest unused value for each."""
    distance = np.abs(y[..., :, None] - w[..., None, :])
    order = np.argmin(distance, axis=-1)
    n = np.shape(order)[-1]
    if np.all(np.sort(order, axis=-1) == np.arange(n)):
        return order
    flat = np.reshape(distance, (-1, n, n))
    result = []
    for table in flat:
        free = list(range(n))
        result.append([free.pop(int(np.argmin(table[i, free]))) for i in range(n)])
    return np.reshape(np.array(result), np.shape(order))


@eigvals.defjvp
def eigvals_jvp(dots, y, a):
    v, inverse = _matched(y, a)
    return np.sum(mT(inverse) * (dots[0] @ v), axis=-2)


@eigvals.defvjp
def eigvals_vjp(bar, y, needs, a):
    v, inverse = _matched(y, a)
    return (mH(inverse) @ (bar[..., None] * mH(v)),)
