"""Operators multiply as the dense matrices do, from both sides, by one vector or many."""

import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, cg, gmres, lsqr

import adpy
from adpy.errors import ArgumentError

X = np.array([0.3, 0.7, -0.4, 1.1, 0.9])
V = np.random.default_rng(0).standard_normal((5, 7))


def chain(x):
    return x[1:] * np.sin(x[:-1])


def branching(x):
    return chain(x) if x[0] > 0 else x[:3] ** 2


def solved(x):
    return np.linalg.solve(np.diag(x + 3.0) + np.ones((5, 5)), x)


def parts(x):
    return [np.ones(2), x[:2] * x[3], 4, x.sum()]


def energy(x):
    return np.sum(x[1:] ** 2 * x[:-1]) + np.exp(x[0])


@pytest.mark.parametrize("function", [chain, branching, solved])
def test_jacobian(function):
    J = adpy.sparse.jacobian_operator(function, X)
    dense = adpy.jacobian(function)(X)
    W = V[: len(dense)]
    assert isinstance(J, LinearOperator) and J.shape == dense.shape
    for found, expected in (
        (J @ V[:, 0], dense @ V[:, 0]),
        (J @ V, dense @ V),
        (J.T @ W[:, 0], dense.T @ W[:, 0]),
        (J.T @ W, dense.T @ W),
        (J.H @ W, dense.T @ W),
        (J @ (1j * V[:, 0]), dense @ (1j * V[:, 0])),
        (J @ np.ones(5, int), dense @ np.ones(5)),
        (J.matvec(V[:, :1]), dense @ V[:, :1]),
    ):
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_many_directions_at_once():
    J = adpy.sparse.jacobian_operator(chain, X)
    assert np.allclose(J @ np.tile(V, 30), adpy.jacobian(chain)(X) @ np.tile(V, 30))


def test_the_point_is_copied():
    x = X.copy()
    J, H = adpy.sparse.jacobian_operator(chain, x), adpy.sparse.hessian_operator(energy, x)
    x[:] = 0.0
    assert np.allclose(J @ V, adpy.jacobian(chain)(X) @ V)
    assert np.allclose(H @ V, adpy.hessian(energy)(X) @ V)


def test_results_that_are_constant_have_rows():
    J = adpy.sparse.jacobian_operator(parts, X)
    dense = adpy.sparse.jacobian(parts)(X).toarray()
    assert J.shape == (6, 5)
    assert np.allclose(J @ V, dense @ V) and np.allclose(J.T @ np.eye(6), dense.T)
    nothing = adpy.sparse.jacobian_operator(lambda x: np.ones(3), X)
    assert np.array_equal(nothing @ V, np.zeros((3, 7))) and np.array_equal(nothing.T @ np.ones(3), np.zeros(5))


def test_other_arguments():
    def f(a, b, c):
        return a * b[::-1] + c

    J = adpy.sparse.jacobian_operator(f, X, 2 * X, 3.0, argnum=(1, 0))
    dense = np.hstack([adpy.jacobian(f, 1)(X, 2 * X, 3.0), adpy.jacobian(f, 0)(X, 2 * X, 3.0)])
    assert np.allclose(J @ np.eye(10), dense)


@pytest.mark.parametrize("function", [energy, lambda x: np.linalg.slogdet(np.diag(x + 3) + np.ones((5, 5)))[1]])
def test_hessian(function):
    H = adpy.sparse.hessian_operator(function, X)
    dense = adpy.hessian(function)(X)
    for found, expected in ((H @ V, dense @ V), (H.T @ V, dense @ V), (H @ V[:, 0], dense @ V[:, 0])):
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)


def test_functions_that_are_not_recorded():
    x = X.astype(np.float32)
    J = adpy.sparse.jacobian_operator(chain, x)
    dense = adpy.jacobian(chain)(X)
    assert np.allclose(J @ V, dense @ V, rtol=1e-5) and np.allclose(J.T @ V[:4], dense.T @ V[:4], rtol=1e-5)
    H = adpy.sparse.hessian_operator(energy, x)
    assert np.allclose(H @ V, adpy.hessian(energy)(X) @ V, rtol=1e-4)


def test_krylov_methods():
    def f(x):
        return x**3 + 2 * x - np.roll(x, 1)

    J = adpy.sparse.jacobian_operator(f, X)
    step, info = gmres(J, f(X), rtol=1e-12)
    assert info == 0 and np.allclose(step, np.linalg.solve(adpy.jacobian(f)(X), f(X)))
    least = lsqr(adpy.sparse.jacobian_operator(chain, X), np.ones(4), atol=1e-14, btol=1e-14)[0]
    assert np.allclose(least, np.linalg.lstsq(adpy.jacobian(chain)(X), np.ones(4))[0])
    H = adpy.sparse.hessian_operator(lambda x: np.sum(x**4) + np.sum((x[1:] - x[:-1]) ** 2), X)
    assert cg(H, np.ones(5), rtol=1e-12)[1] == 0


def test_bad_input():
    with pytest.raises(ArgumentError, match="one real number"):
        adpy.sparse.hessian_operator(chain, X)
    with pytest.raises(ArgumentError, match="floating-point"):
        adpy.sparse.jacobian_operator(chain, np.arange(3))
    with pytest.raises(ArgumentError, match="argnum"):
        adpy.sparse.jacobian_operator(chain, X, argnum=2)
    with pytest.raises(ArgumentError, match="function"):
        adpy.sparse.jacobian_operator(3, X)
    with pytest.raises(ValueError, match="dimension mismatch"):
        adpy.sparse.jacobian_operator(chain, X) @ np.ones(4)
