"""What results of blocks depend on: nothing is missed, and stacks, axes and entries are kept apart."""

import numpy as np
import pytest
import scipy.special

from tests.sparse.detection.test_hessian import check as check_hessian
from tests.sparse.detection.test_jacobian import check as check_jacobian

RNG = np.random.default_rng(4)
STACK = RNG.random((3, 2, 2)) + 2 * np.eye(2)
SYMMETRIC = STACK + STACK.swapaxes(1, 2)

BLOCKS = [
    (lambda x: np.std(x, axis=1), STACK),
    (lambda x: np.var(x, axis=(0, 2), keepdims=True), STACK),
    (lambda x: np.linalg.norm(x, axis=-1), STACK),
    (lambda x: np.linalg.norm(x, axis=(1, 2)), STACK),
    (lambda x: np.logaddexp.reduce(x, axis=1), STACK),
    (lambda x: scipy.special.logsumexp(x, axis=0), STACK),
    (lambda x: scipy.special.softmax(x, axis=1), STACK),
    (lambda x: np.linalg.inv(x), STACK),
    (lambda x: np.linalg.det(x), STACK),
    (lambda x: np.linalg.slogdet(x)[1], STACK),
    (lambda x: np.linalg.eigvalsh(x + x.swapaxes(1, 2)), SYMMETRIC),
    (lambda x: np.linalg.eigh(x + x.swapaxes(1, 2))[1] * x, SYMMETRIC),
    (lambda x: np.linalg.svd(x)[1], STACK),
    (lambda x: np.linalg.solve(x, x[:, ::-1, :1] ** 2), STACK),
    (lambda x: scipy.special.ellipk(x.ravel() / 5), STACK),
    (lambda x: np.logaddexp2(x[0], x[1, 0]), STACK),
]
PIECES = [
    (lambda x: np.median(x, axis=0), STACK),
    (lambda x: np.percentile(x, [20.0, 70.0], axis=0), STACK),
    (lambda x: np.percentile(x[0, 0], 100 * x[1, 0] / 5), STACK),
    (lambda x: np.interp(x.ravel(), [0.0, 1.0, 4.0], [0.0, 3.0, 5.0]), STACK),
    (lambda x: np.interp(1.3, [0.0, 1.0, 4.0], x[0, 0, 0] * x[:, 1, 0]), STACK),
    (lambda x: np.linalg.cholesky(x), SYMMETRIC + 3 * np.eye(2)),
    (lambda x: np.linalg.qr(x)[1], STACK),
    (lambda x: np.linalg.pinv(x), STACK),
]
LINEAR = [
    (lambda x: np.median(x, axis=0), STACK),
    (lambda x: np.interp(x.ravel(), [0.0, 1.0, 4.0], [0.0, 3.0, 5.0]), STACK),
]


@pytest.mark.parametrize(("function", "x"), BLOCKS)
def test_tight(function, x):
    check_jacobian(function, x)
    check_hessian(function, x, tight=False)


@pytest.mark.parametrize(("function", "x"), PIECES)
def test_nothing_is_missed(function, x):
    check_jacobian(function, x, tight=False)
    check_hessian(function, x, tight=False)


@pytest.mark.parametrize(("function", "x"), LINEAR)
def test_linear(function, x):
    assert check_hessian(function, x).nnz == 0


def test_large_products():
    a, x = RNG.random((1100, 1000)), RNG.random(1000)
    assert check_jacobian(lambda x: a @ x, x).nnz == a.size
    assert check_jacobian(lambda x: x[:2, None] * 0.5 + (a[:, :2].T @ a)[:, :2] * 2.0, x).nnz == 4

    def f(x):
        m = np.zeros((1000, 1100))
        m[:2, :2] += x[:4].reshape(2, 2)
        return (a @ m)[:2, :2]

    check_jacobian(f, x[:4], tight=False)
    check_hessian(f, x[:4])


@pytest.mark.parametrize(
    "function",
    [
        lambda d, x: d @ x[0],
        lambda d, x: d @ x.T,
        lambda d, x: x[0] @ d,
        lambda d, x: x @ d,
        lambda d, x: np.dot(d, x[1]),
    ],
)
def test_constant_matrices_with_zeros(function):
    n = 80
    d = np.diag(np.arange(1.0, n + 1)) - np.diag(np.ones(n - 1), 1)
    x = RNG.random((60, n))
    check_jacobian(lambda x: function(d, x), x)
    check_hessian(lambda x: function(d, x) ** 2, x)
