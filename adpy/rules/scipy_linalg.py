"""Rules of the solvers in ``scipy.linalg``; importing this module registers those of all of ``scipy.linalg``."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl

from adpy.rules import (  # noqa: F401
    linalg,
    linalg_norms,
    scipy_eigh,
    scipy_equations,
    scipy_factor,
    scipy_matfuncs,
    scipy_structured,
    scipy_triangular,
)
from adpy.rules.linalg_tools import eps_of, filled, fold, hermitian_from, mH, mT
from adpy.rules.scipy_rows import scipy_block

__all__ = []

# solve, inv, det: which entries LAPACK reads depends on the structure the caller asserts


def _band(a, below: int, above: int):
    return np.triu(np.tril(a, above), -below)


def effective(a, assume_a, lower: bool):
    """The matrix that is solved with, of which ``a`` holds a part."""
    if assume_a in ("pos", "positive definite", "her", "hermitian"):
        return hermitian_from(a, lower)
    if assume_a in ("sym", "symmetric"):
        half = np.tril(a) if lower else np.triu(a)
        return half + mT(np.tril(a, -1) if lower else np.triu(a, 1))
    return _read(a, assume_a)


def _read(a, assume_a):
    """The part of ``a`` that is read, for structures that do not mirror it."""
    if assume_a == "diagonal":
        return _band(a, 0, 0)
    if assume_a == "tridiagonal":
        return _band(a, 1, 1)
    if assume_a == "upper triangular":
        return np.triu(a)
    if assume_a == "lower triangular":
        return np.tril(a)
    return a


def pull_effective(bar, assume_a, lower: bool):
    """Transpose of :func:`effective`."""
    if assume_a in ("pos", "positive definite", "her", "hermitian"):
        return fold(bar, lower)
    if assume_a in ("sym", "symmetric"):
        both = bar + np.tril(mT(bar), -1) + np.triu(mT(bar), 1)
        return np.tril(both) if lower else np.triu(both)
    return _read(bar, assume_a)


sl_solve = scipy_block(sl.solve, "a", "b")


@sl_solve.defjvp
def solve_jvp(dots, y, a, b, lower=False, assume_a=None, transposed=False, **static):
    a_dot, b_dot = dots
    matrix = effective(a, assume_a, lower)
    a_dot = None if a_dot is None else effective(a_dot, assume_a, lower)
    if transposed:
        matrix, a_dot = mT(matrix), None if a_dot is None else mT(a_dot)
    return linalg.solve_jvp((a_dot, b_dot), y, matrix, b)


@sl_solve.defvjp
def solve_vjp(bar, y, needs, a, b, lower=False, assume_a=None, transposed=False, **static):
    matrix = effective(a, assume_a, lower)
    a_bar, b_bar = linalg.solve_vjp(bar, y, needs, mT(matrix) if transposed else matrix, b)
    if a_bar is not None:
        a_bar = pull_effective(mT(a_bar) if transposed else a_bar, assume_a, lower)
    return a_bar, b_bar


sl_inv = scipy_block(sl.inv, "a")


@sl_inv.defjvp
def inv_jvp(dots, y, a, assume_a=None, lower=False, **static):
    return -y @ effective(dots[0], assume_a, lower) @ y


@sl_inv.defvjp
def inv_vjp(bar, y, needs, a, assume_a=None, lower=False, **static):
    h = mH(y)
    return (pull_effective(-h @ bar @ h, assume_a, lower),)


sl_det = scipy_block(sl.det, "a")


@sl_det.defjvp
def det_jvp(dots, y, a, **static):
    return linalg.det_jvp(dots, y, a)


@sl_det.defvjp
def det_vjp(bar, y, needs, a, **static):
    return linalg.det_vjp(bar, y, needs, a)


# pinv, pinvh, lstsq and norm: the rules of NumPy's functions

sl_pinv = scipy_block(sl.pinv, "a")
sl_pinvh = scipy_block(sl.pinvh, "a")
sl_lstsq = scipy_block(sl.lstsq, "a", "b")
sl_norm = scipy_block(sl.norm, "a")


def _with_rank(p_dot, return_rank):
    return (p_dot, np.zeros(())) if return_rank else p_dot


@sl_pinv.defjvp
def pinv_jvp(dots, y, a, return_rank=False, **static):
    return _with_rank(linalg.pinv_tangent(y[0] if return_rank else y, a, dots[0]), return_rank)


@sl_pinv.defvjp
def pinv_vjp(bar, y, needs, a, return_rank=False, **static):
    p, p_bar = (y[0], filled(bar, y)[0]) if return_rank else (y, bar)
    return (linalg.pinv_cotangent(p, a, p_bar),)


@sl_pinvh.defjvp
def pinvh_jvp(dots, y, a, lower=True, return_rank=False, **static):
    p = y[0] if return_rank else y
    p_dot = linalg.pinv_tangent(p, hermitian_from(a, lower), hermitian_from(dots[0], lower))
    return _with_rank(p_dot, return_rank)


@sl_pinvh.defvjp
def pinvh_vjp(bar, y, needs, a, lower=True, return_rank=False, **static):
    p, p_bar = (y[0], filled(bar, y)[0]) if return_rank else (y, bar)
    return (fold(linalg.pinv_cotangent(p, hermitian_from(a, lower), p_bar), lower),)


def _lstsq_cut(a, cond):
    return eps_of(a) if cond is None else cond


@sl_lstsq.defjvp
def lstsq_jvp(dots, y, a, b, cond=None, **static):
    x_dot, residuals_dot, rank_dot, s_dot = linalg.lstsq_jvp(dots, y, a, b, _lstsq_cut(a, cond))
    return x_dot, np.reshape(residuals_dot, np.shape(y[1])), rank_dot, None if y[3] is None else s_dot


@sl_lstsq.defvjp
def lstsq_vjp(bar, y, needs, a, b, cond=None, **static):
    # The driver "gelsy" returns no singular values.
    bar, y = (bar, y) if y[3] is not None else ((*bar[:3], np.zeros(min(np.shape(a)))), (*y[:3], np.zeros(0)))
    return linalg.lstsq_vjp(bar, y, needs, a, b, _lstsq_cut(a, cond))


@sl_norm.defjvp
def norm_jvp(dots, y, a, ord=None, axis=None, keepdims=False, check_finite=True):
    return linalg_norms.norm_jvp(dots, y, a, ord=ord, axis=axis, keepdims=keepdims)


@sl_norm.defvjp
def norm_vjp(bar, y, needs, a, ord=None, axis=None, keepdims=False, check_finite=True):
    return linalg_norms.norm_vjp(bar, y, needs, a, ord=ord, axis=axis, keepdims=keepdims)
