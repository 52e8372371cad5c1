"""Rules of the symmetric eigenvalue problems in ``scipy.linalg``: standard, generalized, tridiagonal, subsets."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl

from adpy.errors import MissingRuleError
from adpy.rules.linalg_factor import REPEATED, pin_phase
from adpy.rules.linalg_tools import (
    call,
    diagonal_matrix,
    filled,
    fold,
    hermitian_from,
    inverse_gaps,
    mH,
    phase_row,
    require,
    zeros_of,
)
from adpy.rules.scipy_rows import scipy_block

__all__ = []

sl_eigh = scipy_block(sl.eigh, "a", "b")
sl_eigvalsh = scipy_block(sl.eigvalsh, "a", "b")


def _check(type):
    if type != 1:
        raise MissingRuleError(f"scipy.linalg.eigh(type={type})", advice="Use type=1, which is A v = w B v.")


def _spectrum(a, b, lower, w, v, subset_by_value, subset_by_index):
    """All eigenvalues and vectors, the wanted ones as LAPACK returned them, and where those start."""
    if subset_by_index is None and subset_by_value is None and v is not None:
        return w, v, 0
    every, vectors = call(sl.eigh, a, b, lower=lower)
    count = np.shape(w)[-1]
    if subset_by_index is not None:
        start = int(subset_by_index[0])
    elif subset_by_value is not None:
        start = int(np.sum(every <= subset_by_value[0]))  # SciPy refuses subsets of stacked matrices
    else:
        start = 0
    if v is not None:
        vectors = np.concatenate([vectors[..., :start], v, vectors[..., start + count :]], axis=-1)
    return np.concatenate([every[..., :start], w, every[..., start + count :]], axis=-1), vectors, start


def _tangent(w, v, a_dot, b_dot, lower):
    """Tangents of ``w`` and ``v`` with ``a v = b v w`` and ``v^H b v = 1``."""
    e = 0 if a_dot is None else mH(v) @ hermitian_from(a_dot, lower) @ v
    mass = 0
    if b_dot is not None:
        mass = mH(v) @ hermitian_from(b_dot, lower) @ v
        e = e - mass * w[..., None, :]
    gaps, close = inverse_gaps(w)
    c = np.where(close & (e != 0), np.nan, gaps * e) - 0.5 * mass * np.eye(np.shape(w)[-1])
    v_dot = v @ c
    if np.iscomplexobj(v):
        row = 0 if lower else -1
        v_dot = v_dot - 1j * v * (np.imag(v_dot[..., row, :]) * phase_row(v, row))[..., None, :]
    return np.real(np.einsum("...ii->...i", e)), v_dot


def _cotangent(w, v, w_bar, v_bar, lower):
    """Cotangents of ``a`` and ``b``, still to be folded to a triangle."""
    if v_bar is None:
        core, mass = diagonal_matrix(w_bar), 0
    else:
        gaps, close = inverse_gaps(w)
        require(~np.any(close, axis=-2)[..., None, :] | (v_bar == 0), REPEATED)
        if np.iscomplexobj(v):
            v_bar = pin_phase(v, v_bar, np.imag(np.sum(np.conj(v) * v_bar, axis=-2)), 0 if lower else -1)
        c_bar = mH(v) @ v_bar
        core = diagonal_matrix(w_bar) + gaps * c_bar
        mass = 0.5 * c_bar * np.eye(np.shape(w)[-1])
    return v @ core @ mH(v), -v @ (core * w[..., None, :] + mass) @ mH(v)


def _placed(bar, start: int, n: int):
    """The cotangent of a subset among zeros for the others."""
    widths = [(0, 0)] * (np.ndim(bar) - 1) + [(start, n - start - np.shape(bar)[-1])]
    return np.pad(bar, widths)


def _jvp(dots, w, v, a, b, lower, subset_by_value, subset_by_index):
    every, vectors, start = _spectrum(a, b, lower, w, v, subset_by_value, subset_by_index)
    w_dot, v_dot = _tangent(every, vectors, *dots, lower)
    wanted = slice(start, start + np.shape(w)[-1])
    return w_dot[..., wanted], v_dot[..., wanted]


def _vjp(w_bar, v_bar, needs, w, v, a, b, lower, subset_by_value, subset_by_index):
    every, vectors, start = _spectrum(a, b, lower, w, v, subset_by_value, subset_by_index)
    n = np.shape(every)[-1]
    w_bar = _placed(w_bar, start, n)
    v_bar = None if v_bar is None else _placed(v_bar, start, n)
    a_bar, b_bar = _cotangent(every, vectors, w_bar, v_bar, lower)
    return fold(a_bar, lower) if needs[0] else None, fold(b_bar, lower) if needs[1] else None


@sl_eigh.defjvp
def eigh_jvp(
    dots, y, a, b=None, lower=True, eigvals_only=False, type=1, subset_by_index=None, subset_by_value=None, **static
):
    _check(type)
    w, v = (y, None) if eigvals_only else y
    tangents = _jvp(dots, w, v, a, b, lower, subset_by_value, subset_by_index)
    return tangents[0] if eigvals_only else tangents


@sl_eigh.defvjp
def eigh_vjp(
    bar,
    y,
    needs,
    a,
    b=None,
    lower=True,
    eigvals_only=False,
    type=1,
    subset_by_index=None,
    subset_by_value=None,
    **static,
):
    _check(type)
    (w, v), (w_bar, v_bar) = ((y, None), (bar, None)) if eigvals_only else (y, bar)
    w_bar = filled((w_bar,), (w,))[0]
    return _vjp(w_bar, v_bar, needs, w, v, a, b, lower, subset_by_value, subset_by_index)


@sl_eigvalsh.defjvp
def eigvalsh_jvp(dots, y, a, b=None, lower=True, type=1, subset_by_index=None, subset_by_value=None, **static):
    _check(type)
    return _jvp(dots, y, None, a, b, lower, subset_by_value, subset_by_index)[0]


@sl_eigvalsh.defvjp
def eigvalsh_vjp(bar, y, needs, a, b=None, lower=True, type=1, subset_by_index=None, subset_by_value=None, **static):
    _check(type)
    return _vjp(bar, None, needs, y, None, a, b, lower, subset_by_value, subset_by_index)


sl_eigh_tridiagonal = scipy_block(sl.eigh_tridiagonal, "d", "e")
sl_eigvalsh_tridiagonal = scipy_block(sl.eigvalsh_tridiagonal, "d", "e")


def _whole(select):
    if select not in ("a", "all", 0):
        raise MissingRuleError("scipy.linalg.eigh_tridiagonal with select", advice="Use select='a' and slice.")


def _dense(d, e):
    """The lower triangle of the tridiagonal matrix."""
    return np.diag(d) + np.diag(e, -1)


def _tridiagonal_jvp(dots, d, e, w, v):
    d_dot, e_dot = (zeros_of(x) if dot is None else dot for dot, x in zip(dots, (d, e), strict=True))
    return _tangent(w, v, _dense(d_dot, e_dot), None, True)


def _tridiagonal_vjp(w_bar, v_bar, w, v):
    bar = fold(_cotangent(w, v, w_bar, v_bar, True)[0], True)
    return np.diagonal(bar), np.diagonal(bar, -1)


@sl_eigh_tridiagonal.defjvp
def eigh_tridiagonal_jvp(dots, y, d, e, eigvals_only=False, select="a", **static):
    _whole(select)
    w, v = call(sl.eigh_tridiagonal, d, e) if eigvals_only else y
    tangents = _tridiagonal_jvp(dots, d, e, w, v)
    return tangents[0] if eigvals_only else tangents


@sl_eigh_tridiagonal.defvjp
def eigh_tridiagonal_vjp(bar, y, needs, d, e, eigvals_only=False, select="a", **static):
    _whole(select)
    if eigvals_only:
        return _tridiagonal_vjp(bar, None, *call(sl.eigh_tridiagonal, d, e))
    w_bar, v_bar = bar
    return _tridiagonal_vjp(filled((w_bar,), y[:1])[0], v_bar, *y)


@sl_eigvalsh_tridiagonal.defjvp
def eigvalsh_tridiagonal_jvp(dots, y, d, e, select="a", **static):
    return eigh_tridiagonal_jvp(dots, y, d, e, True, select)


@sl_eigvalsh_tridiagonal.defvjp
def eigvalsh_tridiagonal_vjp(bar, y, needs, d, e, select="a", **static):
    return eigh_tridiagonal_vjp(bar, y, needs, d, e, True, select)
