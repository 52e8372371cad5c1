"""Linear algebra and transforms through the whole package: constants as lists, composites, second derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft as sf
import scipy.linalg as sl

import adpy
from tests.rules.harness import differences, real

A = np.array([[2.0, 1.0], [0.5, 3.0]])
B = np.array([1.0, 2.0])
TALL = np.array([[2.0, 1.0], [0.5, 3.0], [1.0, 1.0]])
BAND = np.array([[0.0, 1.0, 1.0, 1.0], [5.0, 6.0, 7.0, 8.0], [1.0, 1.0, 2.0, 0.0]])
X = np.arange(1.0, 5.0)
LIST, SHORT, LONG = A.tolist(), B.tolist(), X.tolist()


def check(function, x, rtol=1e-7):
    """Compare the gradient, in both modes, with differences along one direction."""
    dot = real(*x.shape, seed=3)
    expected = differences(lambda t: [function(x + t * dot)], 1e-3)[0]
    np.testing.assert_allclose(np.sum(adpy.grad(function)(x) * dot), expected, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(adpy.jvp(function, (x,), (dot,))[1], expected, rtol=rtol, atol=rtol)


LISTS = {
    "solve list": (lambda b: np.sum(np.linalg.solve(LIST, b) ** 2), B),
    "solve of list": (lambda a: np.sum(np.linalg.solve(a, SHORT) ** 2), A),
    "lstsq list": (lambda b: np.sum(np.linalg.lstsq(TALL.tolist(), b)[0] ** 2), X[:3]),
    "lstsq of list": (lambda a: np.sum(np.linalg.lstsq(a, [1.0, 2.0, 4.0])[0] ** 2), TALL),
    "det of numbers": (lambda x: np.linalg.det([[x[0], 2.0], [1.0, x[1]]]), B),
    "norm of numbers": (lambda x: np.linalg.norm([x[0], 2.0, x[1]]), B),
    "scipy solve list": (lambda b: np.sum(sl.solve(LIST, b, assume_a="her") ** 2), B),
    "scipy solve of list": (lambda a: np.sum(sl.solve(a, SHORT, assume_a="pos") ** 2), A),
    "triangular list": (lambda b: np.sum(sl.solve_triangular(LIST, b) ** 2), B),
    "triangular of list": (lambda a: np.sum(sl.solve_triangular(a, SHORT, lower=True) ** 2), A),
    "banded list": (lambda b: np.sum(sl.solve_banded((1, 1), BAND.tolist(), b) ** 2), X),
    "banded of list": (lambda a: np.sum(sl.solve_banded((1, 1), a, LONG) ** 2), BAND),
    "hermitian banded list": (lambda b: np.sum(sl.solveh_banded(BAND[:2].tolist(), b) ** 2), X),
    "toeplitz list": (lambda b: np.sum(sl.solve_toeplitz([9.0, 1.0, 2.0, 1.0], b) ** 2), X),
    "toeplitz of list": (lambda c: np.sum(sl.solve_toeplitz(c, LONG) ** 2 + sl.matmul_toeplitz(c, LONG)), X + 9),
    "sylvester list": (lambda b: np.sum(sl.solve_sylvester(LIST, LIST, np.outer(b, b)) ** 2), B),
    "generalized list": (lambda b: sl.eigh(np.outer(b, b), [[2.0, 0.0], [0.0, 3.0]])[0][0], B),
}

COMPOSITES = {
    "cho_solve": (lambda a: np.sum(sl.cho_solve(sl.cho_factor(a @ a.T + np.eye(2)), B) ** 2), A),
    "lu_solve": (lambda a: np.sum(sl.lu_solve(sl.lu_factor(a), B) ** 2), A),
    "lu_solve with a constant": (lambda b: np.sum(sl.lu_solve(sl.lu_factor(A), b) ** 2), B),
    "solve_toeplitz": (lambda a: np.sum(sl.solve_toeplitz((a[0], a[1]), B) ** 2), A + 3 * np.eye(2)),
    "structured": (
        lambda a: sl.toeplitz(a[0])[0, 1] * sl.toeplitz(a[0], a[1]).sum() + sl.circulant(a[0])[1] @ sl.hankel(a[1])[0],
        A,
    ),
    "block_diag": (lambda a: np.sum(sl.block_diag(a, a[0], 2.0) ** 2), A),
    "matrix_power": (lambda a: np.sum(np.linalg.matrix_power(a, 5) * A) + np.linalg.matrix_power(a, -2)[0, 1], A),
    "multi_dot": (lambda a: np.linalg.multi_dot([B, a, a.T, a, B]), A),
    "tensorsolve": (lambda a: np.linalg.tensorsolve(a.reshape(2, 1, 2), B.reshape(2, 1)) @ B, A),
    "tensorinv": (lambda a: np.sum(np.linalg.tensorinv(a.reshape(2, 2, 1), 1) ** 2), A),
    "namespace": (
        lambda x: (
            np.sum(np.linalg.outer(x, B))
            + np.linalg.vecdot(x, B)
            + np.linalg.trace(np.linalg.matmul(np.diag(x), A))
            + np.linalg.diagonal(np.linalg.matrix_transpose(np.outer(x, x))) @ B
        ),
        B,
    ),
    "named results": (lambda a: np.linalg.slogdet(a).logabsdet + np.linalg.eigh(a + a.T).eigenvalues[0], A),
}

TWICE = {
    "det singular": (np.linalg.det, np.outer([1.0, 2.0, 3.0], [1.0, 0.0, -1.0])),
    "det zero": (np.linalg.det, np.zeros((2, 2))),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], A),
    "inv": (lambda a: np.sum(np.linalg.inv(a) ** 2), A),
    "cholesky": (lambda a: np.sum(np.linalg.cholesky(a @ a.T + np.eye(2)) ** 3), A),
    "eigh": (lambda a: np.sum(np.linalg.eigh(a)[1] ** 3 * np.linalg.eigh(a)[0]), A),
    "eig": (lambda a: np.sum(np.abs(np.linalg.eig(a)[1]) * np.abs(np.linalg.eig(a)[0])), A),
    "svd": (lambda a: np.sum(np.linalg.svd(a, full_matrices=False)[0] ** 3), TALL),
    "qr": (lambda a: np.sum(np.linalg.qr(a)[0] ** 3), TALL),
    "pinv": (lambda a: np.sum(np.linalg.pinv(a) ** 3), TALL),
    "lstsq": (lambda a: np.sum(np.linalg.lstsq(a, X[:3])[0] ** 2), TALL),
    "norm": (lambda a: np.linalg.norm(a) + np.linalg.norm(a, 3, axis=0)[0] + np.linalg.norm(a, "nuc"), TALL),
    "cond": (np.linalg.cond, A),
    "expm": (lambda a: np.sum(sl.expm(a) ** 2), A),
    "cho_solve": (lambda a: np.sum(sl.cho_solve(sl.cho_factor(a @ a.T + np.eye(2)), B) ** 2), A),
    "lu": (lambda a: np.sum(sl.lu(a)[1] * sl.lu(a)[2]), A),
    "solve_triangular": (lambda a: np.sum(sl.solve_triangular(a, B) ** 2), A),
    "dct": (lambda x: np.sum(sf.dct(x, 2) ** 3), X),
    "fft": (lambda x: np.sum(np.abs(np.fft.rfft(x)) ** 4), X),
}


@pytest.mark.parametrize("name", LISTS)
def test_constants_as_lists(name):
    check(*LISTS[name])


@pytest.mark.parametrize("name", COMPOSITES)
def test_composites(name):
    check(*COMPOSITES[name])


@pytest.mark.parametrize("name", TWICE)
def test_second_derivatives(name):
    function, x = TWICE[name]
    dot = real(*x.shape, seed=3)
    check(lambda z: np.sum(adpy.grad(function)(z) * dot), x, rtol=1e-6)


def test_single_precision_stays():
    a = A.astype(np.float32)
    assert adpy.grad(lambda x: np.linalg.norm(x))(a).dtype == np.float32
    assert adpy.grad(lambda x: np.sum(np.linalg.cholesky(x @ x.T)))(a).dtype == np.float32
