"""Rules of ``scipy.linalg`` for triangular systems and for systems whose matrix is already factored."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl

from adpy.rules._shapes import unbroadcast
from adpy.rules.linalg_tools import call, mH, mT, zeros_of
from adpy.rules.scipy_factor import permutation
from adpy.rules.scipy_rows import scipy_block
from adpy.rules.table import composite

__all__ = ["solve_with_cholesky", "solve_with_lu"]

# solve_triangular

sl_solve_triangular = scipy_block(sl.solve_triangular, "a", "b")
_TRANSPOSES = {"N": 0, "T": 1, "C": 2}


def _transposed(a, trans: int):
    return (a, mT(a), mH(a))[trans] if trans else a


def _triangle(a, lower: bool, unit_diagonal: bool):
    """The part of ``a`` that a triangular solver reads."""
    return np.tril(a, -unit_diagonal) if lower else np.triu(a, int(unit_diagonal))


def _columns(x, is_vector: bool):
    return x[..., None] if is_vector else x


@sl_solve_triangular.defjvp
def solve_triangular_jvp(dots, y, a, b, trans=0, lower=False, unit_diagonal=False, **static):
    a_dot, b_dot = dots
    trans = _TRANSPOSES.get(trans, trans)
    column = np.ndim(b) == 1
    right = zeros_of(y) if b_dot is None else b_dot + zeros_of(y)
    if a_dot is not None:
        change = _transposed(_triangle(a_dot, lower, unit_diagonal), trans) @ _columns(y, column)
        right = right - (change[..., 0] if column else change)
    return call(sl.solve_triangular, a, right, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


@sl_solve_triangular.defvjp
def solve_triangular_vjp(bar, y, needs, a, b, trans=0, lower=False, unit_diagonal=False, **static):
    trans = _TRANSPOSES.get(trans, trans)
    column = np.ndim(b) == 1
    options = {"lower": lower, "unit_diagonal": unit_diagonal}
    if trans == 1:
        z = np.conj(call(sl.solve_triangular, a, np.conj(bar), trans=0, **options))
    else:
        z = call(sl.solve_triangular, a, bar, trans=0 if trans else 2, **options)
    a_bar = None
    if needs[0]:
        full = _transposed(-_columns(z, column) @ mH(_columns(y, column)), trans)
        a_bar = unbroadcast(_triangle(full, lower, unit_diagonal), np.shape(a))
    return a_bar, unbroadcast(z, np.shape(b)) if needs[1] else None


# cho_solve and lu_solve: private primitives, because the factorization comes inside a tuple


def solve_with_cholesky(c, b, lower=False, check_finite=True):
    """``scipy.linalg.cho_solve((c, lower), b)`` with the factor as an operand."""
    return sl.cho_solve((c, lower), b, check_finite=check_finite)


def solve_with_lu(lu, b, piv, trans=0, check_finite=True):
    """``scipy.linalg.lu_solve((lu, piv), b)`` with the factors as an operand."""
    return sl.lu_solve((lu, piv), b, trans=trans, check_finite=check_finite)


with_cholesky = scipy_block(solve_with_cholesky, "c", "b")
with_lu = scipy_block(solve_with_lu, "lu", "b")


@composite(sl.cho_solve)
def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    c, lower = c_and_lower
    return call(solve_with_cholesky, c, b, lower=lower, check_finite=check_finite)


@composite(sl.lu_solve)
def lu_solve(lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    lu, piv = lu_and_piv
    return call(solve_with_lu, lu, b, piv=piv, trans=trans, check_finite=check_finite)


@with_cholesky.defjvp
def with_cholesky_jvp(dots, y, c, b, lower=False, check_finite=True):
    c_dot, b_dot = dots
    column = np.ndim(b) == 1
    right = zeros_of(y) if b_dot is None else b_dot + zeros_of(y)
    if c_dot is not None:
        # A = L L^H from a lower factor, U^H U from an upper one.
        factor, change = (np.tril(c), np.tril(c_dot)) if lower else (mH(np.triu(c)), mH(np.triu(c_dot)))
        half = change @ mH(factor)
        moved = (half + mH(half)) @ _columns(y, column)
        right = right - (moved[..., 0] if column else moved)
    return call(solve_with_cholesky, c, right, lower=lower)


@with_cholesky.defvjp
def with_cholesky_vjp(bar, y, needs, c, b, lower=False, check_finite=True):
    column = np.ndim(b) == 1
    z = call(solve_with_cholesky, c, bar, lower=lower)
    c_bar = None
    if needs[0]:
        outer = -_columns(z, column) @ mH(_columns(y, column))
        both = outer + mH(outer)
        c_bar = np.tril(both @ np.tril(c)) if lower else np.triu(np.triu(c) @ both)
        c_bar = unbroadcast(c_bar, np.shape(c))
    return c_bar, unbroadcast(z, np.shape(b)) if needs[1] else None


def _unit_lower(lu):
    return np.tril(lu, -1) + np.eye(np.shape(lu)[-1], dtype=lu.dtype)


@with_lu.defjvp
def with_lu_jvp(dots, y, lu, b, piv=None, trans=0, check_finite=True):
    lu_dot, b_dot = dots
    column = np.ndim(b) == 1
    right = zeros_of(y) if b_dot is None else b_dot + zeros_of(y)
    if lu_dot is not None:
        change = np.tril(lu_dot, -1) @ np.triu(lu) + _unit_lower(lu) @ np.triu(lu_dot)
        back = np.argsort(permutation(piv), axis=-1)[..., None]
        moved = _transposed(np.take_along_axis(change, back, axis=-2), trans) @ _columns(y, column)
        right = right - (moved[..., 0] if column else moved)
    return call(solve_with_lu, lu, right, piv=piv, trans=trans)


@with_lu.defvjp
def with_lu_vjp(bar, y, needs, lu, b, piv=None, trans=0, check_finite=True):
    column = np.ndim(b) == 1
    if trans == 1:
        z = np.conj(call(solve_with_lu, lu, np.conj(bar), piv=piv, trans=0))
    else:
        z = call(solve_with_lu, lu, bar, piv=piv, trans=0 if trans else 2)
    lu_bar = None
    if needs[0]:
        outer = _transposed(-_columns(z, column) @ mH(_columns(y, column)), trans)
        outer = np.take_along_axis(outer, permutation(piv)[..., None], axis=-2)
        lu_bar = np.tril(outer @ mH(np.triu(lu)), -1) + np.triu(mH(_unit_lower(lu)) @ outer)
        lu_bar = unbroadcast(lu_bar, np.shape(lu))
    return lu_bar, unbroadcast(z, np.shape(b)) if needs[1] else None
