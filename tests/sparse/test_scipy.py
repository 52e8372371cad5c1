"""Sparse derivatives where SciPy takes them: the same solutions with few evaluations of the function."""

import numpy as np
import pytest
import scipy.sparse
from scipy.integrate import solve_ivp
from scipy.optimize import LinearConstraint, NonlinearConstraint, least_squares, minimize, root
from scipy.sparse.linalg import spsolve

import adpy


def broyden(x):
    """Broyden's tridiagonal function, which has one zero near -1 everywhere."""
    y = (3 - 2 * x) * x + 1
    y[1:] -= x[:-1]
    y[:-1] -= 2 * x[1:]
    return y


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def residuals(x):
    return np.concatenate([10 * (x[1:] - x[:-1] ** 2), 1 - x[:-1]])


def brusselator(t, y):
    n = len(y) // 2
    u, v = y[:n], y[n:]
    f = np.empty_like(y)
    f[:n] = 1 + u**2 * v - 4 * u
    f[n:] = 3 * u - u**2 * v
    alpha = 0.02 * (n + 1) ** 2
    for part, values, edge in ((f[:n], u, 1.0), (f[n:], v, 3.0)):
        part -= 2 * alpha * values
        part[1:] += alpha * values[:-1]
        part[:-1] += alpha * values[1:]
        part[0] += alpha * edge
        part[-1] += alpha * edge
    return f


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


def test_newton():
    x, J = -np.ones(200), adpy.sparse.jacobian(broyden)
    for _ in range(10):
        step = spsolve(J(x), broyden(x))
        x = x - step
        if np.linalg.norm(step) < 1e-10:
            break
    assert np.linalg.norm(broyden(x)) < 1e-10
    assert J.stats()["misses"] == 1


def test_gauss_newton():
    x, J = np.full(50, 0.9), adpy.sparse.jacobian(residuals, format="csc")
    for _ in range(30):
        A = J(x)
        x = x - spsolve(A.T @ A, A.T @ residuals(x))
    assert np.allclose(x, 1.0)


def test_newton_with_hessian():
    x, H, gradient = np.full(60, 1.05), adpy.sparse.hessian(rosenbrock, format="csc"), adpy.grad(rosenbrock)
    for _ in range(20):
        x = x - spsolve(H(x), gradient(x))
    assert np.allclose(x, 1.0)


def test_least_squares():
    x = np.full(100, 1.2)
    J = adpy.sparse.prepare_jacobian(residuals, x)
    counted = Counted(residuals)
    found = least_squares(counted, x, jac=J)
    assert np.allclose(found.x, 1.0) and scipy.sparse.issparse(found.jac)
    assert counted.calls == found.nfev
    grouped = least_squares(residuals, x, jac_sparsity=J.pattern.matrix())
    assert np.allclose(grouped.x, 1.0)


def test_root():
    x = -np.ones(60)
    counted = Counted(broyden)
    found = root(counted, x, jac=adpy.sparse.jacobian(broyden, format="dense"), method="hybr")
    assert found.success and np.linalg.norm(broyden(found.x)) < 1e-6
    assert counted.calls < 30


def test_krylov():
    found = root(broyden, -np.ones(60), method="krylov")
    J = adpy.sparse.jacobian_operator(broyden, found.x)
    assert np.linalg.norm(J.T @ broyden(found.x)) < 1e-3


def test_trust_constr():
    n = 20
    x = np.full(n, 0.5)
    H = adpy.sparse.hessian(rosenbrock)

    def circle(x):
        return np.array([np.sum(x[: n // 2] ** 2), x[0] * x[-1]])

    def lagrangian(x, v):
        return v @ circle(x)

    constraint = NonlinearConstraint(
        circle,
        [-np.inf, -np.inf],
        [5.0, 2.0],
        jac=adpy.sparse.jacobian(circle),
        hess=adpy.sparse.hessian(lagrangian),
    )
    line = LinearConstraint(scipy.sparse.csr_array(np.ones((1, n))), -np.inf, 30.0)
    found = minimize(
        rosenbrock, x, method="trust-constr", jac=adpy.grad(rosenbrock), hess=H, constraints=[constraint, line]
    )
    assert found.success and np.sum(found.x[: n // 2] ** 2) < 5.0 + 1e-6
    derivatives = {"jac": adpy.jacobian(circle), "hess": adpy.hessian(lagrangian)}
    dense = minimize(
        rosenbrock,
        x,
        method="trust-constr",
        jac=adpy.grad(rosenbrock),
        hess=adpy.hessian(rosenbrock),
        constraints=[
            NonlinearConstraint(circle, [-np.inf, -np.inf], [5.0, 2.0], **derivatives),
            LinearConstraint(np.ones((1, n)), -np.inf, 30.0),
        ],
    )
    assert np.allclose(found.x, dense.x, atol=1e-4)


def test_minimize_with_products():
    found = minimize(
        rosenbrock,
        np.full(40, 0.8),
        method="trust-constr",
        jac=adpy.grad(rosenbrock),
        hess=lambda x: adpy.sparse.hessian_operator(rosenbrock, x),
    )
    assert np.allclose(found.x, 1.0, atol=1e-4)


@pytest.mark.parametrize("method", ["BDF", "Radau"])
def test_stiff_equations(method):
    n = 20
    y = np.concatenate([1 + np.sin(np.linspace(0, np.pi, n)), np.full(n, 3.0)])
    J = adpy.sparse.jacobian(brusselator, argnum=1)
    counted = Counted(brusselator)
    found = solve_ivp(counted, (0.0, 2.0), y, method=method, jac=J, rtol=1e-6, atol=1e-8)
    reference = solve_ivp(brusselator, (0.0, 2.0), y, method=method, rtol=1e-6, atol=1e-8)
    assert found.success and np.allclose(found.y[:, -1], reference.y[:, -1], rtol=1e-4)
    assert counted.calls == found.nfev
    assert J.stats()["patterns"] == 1 and J.stats()["nnz"] == 2 * (3 * n - 2) + 2 * n
