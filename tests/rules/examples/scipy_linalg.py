"""Calls of the linear algebra in ``scipy.linalg``."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl

import adpy.rules.scipy_linalg  # noqa: F401  (registers the rows)
from adpy.rules import scipy_factor, scipy_structured, scipy_triangular
from tests.rules.examples.linalg import (
    MATRIX_ORDERS,
    NONSYMMETRIC,
    ORDERS,
    POSITIVE,
    SQUARE,
    TALL,
    WIDE,
    fine,
    near,
    positive,
)
from tests.rules.harness import EXAMPLES, call, complexes, real

R, C = near(real(3, 3)), near(complexes(3, 3))
STRUCTURES = ("gen", "pos", "her", "sym", "diagonal", "tridiagonal", "upper triangular", "lower triangular")

EXAMPLES[sl.solve] = [
    *(call(a, b) for a in (R, C) for b in (real(3), real(3, 2), complexes(3))),
    call(near(real(2, 3, 3)), real(2, 3, 2)),
    call(R, real(3), transposed=True),
    *(fine(positive(real(3, 3)), real(3), assume_a=s, lower=low) for s in STRUCTURES for low in (False, True)),
    *(
        fine(positive(complexes(3, 3)), complexes(3, 2), assume_a=s, lower=low)
        for s in STRUCTURES
        for low in (False, True)
    ),
]
EXAMPLES[sl.inv] = [
    *(call(a) for a in SQUARE),
    *(fine(POSITIVE[1], assume_a=s, lower=low) for s in ("pos", "her", "sym") for low in (False, True)),
]
EXAMPLES[sl.det] = [call(a) for a in SQUARE] + [call(np.zeros((2, 2)))]
EXAMPLES[sl.solve_triangular] = [
    *(
        call(a, b, trans=t, lower=low, unit_diagonal=unit)
        for a, b in ((R, real(3)), (C, complexes(3, 2)))
        for t in (0, 1, 2)
        for low in (False, True)
        for unit in (False, True)
    ),
    call(C, real(3), "C"),
    call(near(real(2, 3, 3)), real(2, 3, 2)),
]
EXAMPLES[scipy_triangular.solve_with_cholesky] = [
    call(a, b, lower=low) for a, b in ((R, real(3)), (C, complexes(3, 2))) for low in (False, True)
]
EXAMPLES[scipy_triangular.solve_with_lu] = [
    call(sl.lu_factor(a)[0], b, piv=sl.lu_factor(a)[1], trans=t)
    for a, b in ((real(3, 3), real(3)), (complexes(4, 4), complexes(4, 2)))
    for t in (0, 1, 2)
]
EXAMPLES[sl.pinv] = [fine(a) for a in [*SQUARE[:2], *TALL, *WIDE]] + [
    fine(real(4, 3), return_rank=True),
    fine(real(3, 3)),
]
EXAMPLES[sl.pinvh] = [fine(a, lower=low) for a in POSITIVE[:2] for low in (True, False)] + [
    fine(POSITIVE[0], return_rank=True)
]
EXAMPLES[sl.lstsq] = [
    fine(real(5, 3), real(5)),
    fine(complexes(4, 2), complexes(4, 2)),
    fine(real(3, 5), real(3, 2)),
    fine(real(5, 3), real(5), lapack_driver="gelss"),
    fine(np.diag([3.0, 1.0, 0.1]) + 0.01 * real(3, 3), real(3, 2), cond=0.2),
]
EXAMPLES[sl.norm] = [
    *(fine(real(4), p) for p in ORDERS),
    *(fine(complexes(3, 4), p) for p in MATRIX_ORDERS),
    fine(real(2, 3), axis=1, keepdims=True),
]

EXAMPLES[sl.cholesky] = [fine(a, lower=low) for a in POSITIVE for low in (True, False)]
EXAMPLES[scipy_factor.cholesky_with_rest] = [fine(a, lower=low) for a in POSITIVE[:2] for low in (True, False)]
EXAMPLES[sl.lu] = [
    fine(a, **options)
    for a in (real(3, 3), complexes(3, 3), real(5, 3), real(3, 5), real(2, 4, 4))
    for options in ({}, {"permute_l": True}, {"p_indices": True})
]
EXAMPLES[sl.lu_factor] = [fine(a) for a in (real(3, 3), complexes(3, 3), real(5, 3), real(3, 5), real(2, 3, 3))]
EXAMPLES[sl.qr] = [
    *(fine(a, mode="economic") for a in [*SQUARE[:2], *TALL, *WIDE]),
    *(fine(a) for a in [*SQUARE[:2], *WIDE]),
    *(fine(a, mode="r") for a in [*SQUARE[:2], *TALL[:2], *WIDE[:2]]),
    fine(real(4, 3), mode="economic", pivoting=True),
    fine(complexes(3, 3), mode="r", pivoting=True),
]
EXAMPLES[sl.svd] = [fine(a, full_matrices=False) for a in [*SQUARE[:3], *TALL, *WIDE]] + [
    fine(real(3, 4), compute_uv=False),
    fine(C),
]
EXAMPLES[sl.svdvals] = [fine(a) for a in [*SQUARE[:3], *TALL]]
EXAMPLES[sl.eig] = [fine(a) for a in NONSYMMETRIC] + [fine(NONSYMMETRIC[1], right=False)]
EXAMPLES[sl.eigvals] = [fine(a) for a in NONSYMMETRIC]

EXAMPLES[sl.eigh] = [
    *(fine(a, lower=low, driver="evd") for a in POSITIVE[:3] for low in (True, False)),
    fine(near(real(4, 4)), positive(real(4, 4, seed=5))),
    fine(near(real(4, 4)), positive(real(4, 4, seed=5)), lower=False),
    fine(positive(complexes(3, 3)), positive(complexes(3, 3, seed=5)), lower=False),
    fine(positive(complexes(3, 3)), positive(complexes(3, 3, seed=5)), eigvals_only=True),
    fine(POSITIVE[0], subset_by_index=[1, 2]),
    fine(POSITIVE[0], eigvals_only=True, subset_by_index=[0, 1]),
    fine(np.diag([1.0, 2.0, 4.0, 7.0]) + 0.1 * real(4, 4), subset_by_value=[1.5, 5.0]),
]
EXAMPLES[sl.eigvalsh] = [
    *(fine(a, lower=low) for a in POSITIVE[:3] for low in (True, False)),
    fine(near(real(4, 4)), positive(real(4, 4, seed=5))),
]
EXAMPLES[sl.eigh_tridiagonal] = [
    fine(real(5), real(4)),
    fine(real(4), real(3), eigvals_only=True),
]
EXAMPLES[sl.eigvalsh_tridiagonal] = [fine(real(5), real(4))]

for function in (sl.expm, sl.logm, sl.sqrtm, sl.cosm, sl.sinm, sl.tanm, sl.coshm, sl.sinhm, sl.tanhm):
    EXAMPLES[function] = [fine(near(0.2 * real(3, 3), 0.8)), fine(near(0.2 * complexes(3, 3), 0.8))]
EXAMPLES[sl.expm] += [fine(real(2, 3, 3)), fine(np.array([[0.0, 1.0], [0.0, 0.0]])), fine(np.zeros((2, 2)))]
INDEFINITE = np.array([[-1.0, 0.3, 0.1], [0.2, -2.5, 0.1], [0.1, -0.2, 1.5]])
EXAMPLES[sl.sqrtm] += [fine(np.eye(3)), fine(INDEFINITE)]
EXAMPLES[sl.logm] += [fine(np.eye(3)), fine(INDEFINITE)]
EXAMPLES[sl.fractional_matrix_power] = [fine(near(0.2 * real(3, 3), 0.8), t) for t in (0.3, 2, -1.5)]

BAND = real(4, 6) + np.array([[0], [0], [5.0], [0]])
COMPLEX_BAND = complexes(3, 5) + np.array([[0], [5.0], [0]])
EXAMPLES[sl.solve_banded] = [
    call((1, 2), BAND, real(6)),
    call((1, 2), BAND, complexes(6, 2)),
    call((1, 1), COMPLEX_BAND, complexes(5)),
    call((2, 0), np.flip(COMPLEX_BAND, 0)[[1, 0, 2]], real(5)),
    call((0, 0), 3 + real(1, 4), real(4)),
]
UPPER = np.concatenate([complexes(2, 5), np.full((1, 5), 9.0)])
EXAMPLES[sl.solveh_banded] = [
    call(np.real(UPPER), real(5)),
    call(UPPER, complexes(5, 2)),
    call(UPPER[::-1], complexes(5), lower=True),
    call(UPPER[1:], complexes(5)),
    call(UPPER[:0:-1], complexes(5), lower=True),
    call(np.real(UPPER[:0:-1]), real(5, 2), lower=True),
]
EXAMPLES[scipy_structured.solve_with_toeplitz] = [
    call(np.array([5.0, 1, 2, 0.5]), real(4), real(4)),
    call(np.array([5.0, 1, 2j, 0.5]), complexes(4), complexes(4, 2)),
]
EXAMPLES[scipy_structured.multiply_toeplitz] = [
    call(real(4), real(4), real(4)),
    call(real(3), real(5), real(5, 2)),
    call(complexes(5), complexes(3), complexes(3, 2)),
]

STABLE = near(0.3 * real(3, 3), -2.0)
COMPLEX_STABLE = near(0.3 * complexes(3, 3), -2.0)
EXAMPLES[sl.solve_sylvester] = [
    call(near(real(3, 3)), near(real(2, 2)), real(3, 2)),
    call(near(complexes(3, 3)), near(complexes(2, 2)), complexes(3, 2)),
]
EXAMPLES[sl.solve_continuous_are] = [
    fine(real(3, 3), real(3, 2), np.eye(3, dtype=int), np.eye(2, dtype=int)),
    fine(complexes(3, 3), complexes(3, 2), np.eye(3, dtype=int), np.eye(2, dtype=int)),
]
EXAMPLES[sl.solve_continuous_lyapunov] = [call(STABLE, real(3, 3)), call(COMPLEX_STABLE, complexes(3, 3))]
EXAMPLES[sl.solve_discrete_lyapunov] = [
    call(0.2 * real(3, 3), real(3, 3)),
    call(0.2 * complexes(3, 3), complexes(3, 3)),
    call(0.2 * complexes(3, 3), complexes(3, 3), method="bilinear"),
]
