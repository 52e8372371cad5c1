"""scipy.optimize with exact derivatives: every interface that takes them, to known optima, with fewer evaluations."""

import numpy as np
import pytest
from scipy import optimize
from scipy.optimize import (
    BFGS,
    Bounds,
    LinearConstraint,
    NonlinearConstraint,
    minimize,
)

import adpy
from tests.api.counted import Counted

START = np.array([1.3, 0.7, 0.8, 1.9, 1.2])


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_by_loop(x, steepness, shift):
    """The same, as a loop over a buffer, with its minimum at ``1 + shift``."""
    terms = np.zeros(x.size - 1)
    y = x - shift
    for i in range(x.size - 1):
        terms[i] = steepness * (y[i + 1] - y[i] ** 2) ** 2 + (1.0 - y[i]) ** 2
    return terms.sum()


FIRST_ORDER = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP", "trust-constr", "Newton-CG"]


@pytest.mark.parametrize("method", FIRST_ORDER)
def test_gradient_saves_evaluations(method):
    exact, guessed = Counted(rosenbrock), Counted(rosenbrock)
    options = {"maxfun" if method == "TNC" else "maxiter": 2000}
    found = minimize(exact, START, jac=adpy.grad(rosenbrock), method=method, options=options)
    np.testing.assert_allclose(found.x, 1.0, atol=2e-3)
    if method != "Newton-CG":  # which needs a gradient
        minimize(guessed, START, method=method, options=options)
        assert exact.calls < guessed.calls / 2


def test_value_and_gradient_in_one():
    together = Counted(adpy.value_and_grad(rosenbrock))
    found = minimize(together, START, jac=True, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10})
    np.testing.assert_allclose(found.x, 1.0, rtol=1e-8)
    assert together.calls == found.nfev == found.njev


SECOND_ORDER = ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"]
DENSE = ["Newton-CG", "dogleg", "trust-ncg", "trust-krylov", "trust-exact", "trust-constr"]
TIGHT = {"trust-constr": {"gtol": 1e-10, "xtol": 1e-14}, "Newton-CG": {"xtol": 1e-10}}


@pytest.mark.parametrize("method", SECOND_ORDER)
def test_hessian_times_vector(method):
    options = TIGHT.get(method, {"gtol": 1e-8})
    found = minimize(
        rosenbrock, START, jac=adpy.grad(rosenbrock), hessp=adpy.hvp(rosenbrock), method=method, options=options
    )
    np.testing.assert_allclose(found.x, 1.0, rtol=1e-7)
    assert found.nit < 80


@pytest.mark.parametrize("method", DENSE)
def test_hessian(method):
    start = (
        np.array([1.02, 1.04, 1.08, 1.17]) if method == "dogleg" else START
    )  # which wants a positive definite Hessian
    options = TIGHT.get(method, {"gtol": 1e-8})
    found = minimize(
        rosenbrock, start, jac=adpy.grad(rosenbrock), hess=adpy.hessian(rosenbrock), method=method, options=options
    )
    np.testing.assert_allclose(found.x, 1.0, rtol=1e-7)


@pytest.mark.parametrize("method", ["trust-ncg", "trust-krylov", "trust-exact", "Newton-CG", "trust-constr"])
def test_extra_arguments_reach_every_derivative(method):
    f = rosenbrock_by_loop
    second = {"hess": adpy.hessian(f)} if method == "trust-exact" else {"hessp": adpy.hvp(f)}
    shift = np.array([0.0, 1.0, 2.0])
    found = minimize(
        f,
        shift + 0.5,
        args=(10.0, shift),
        jac=adpy.grad(f),
        method=method,
        options=TIGHT.get(method, {"gtol": 1e-9}),
        **second,
    )
    np.testing.assert_allclose(found.x, 1.0 + shift, rtol=1e-7)


def test_second_order_needs_fewer_iterations():
    with_hessian = minimize(
        rosenbrock, START, jac=adpy.grad(rosenbrock), hess=adpy.hessian(rosenbrock), method="trust-exact"
    )
    without = minimize(rosenbrock, START, jac=adpy.grad(rosenbrock), method="BFGS")
    assert with_hessian.nit < without.nit
    np.testing.assert_allclose(with_hessian.x, 1.0, atol=1e-5)


# Constraints: the point of a circle nearest to a target, and a maximal box in an ellipsoid.


TARGET = np.array([2.0, 1.0])
NEAREST = TARGET / np.linalg.norm(TARGET)


def distance(x):
    return np.sum((x - TARGET) ** 2)


def circle(x):
    return x @ x - 1.0


@pytest.mark.parametrize("method", ["SLSQP", "COBYQA", "trust-constr"])
def test_constraint_as_dictionary(method):
    counted = Counted(circle)
    constraint = {"type": "eq", "fun": counted, "jac": adpy.grad(circle)}
    derivatives = {} if method == "COBYQA" else {"jac": adpy.grad(distance)}
    if method == "trust-constr":
        derivatives["hess"] = adpy.hessian(distance)
    found = minimize(distance, [0.5, 0.5], constraints=constraint, method=method, tol=1e-9, **derivatives)
    np.testing.assert_allclose(found.x, NEAREST, atol=1e-5)
    if method == "SLSQP":
        differences = Counted(circle)
        minimize(distance, [0.5, 0.5], constraints={"type": "eq", "fun": differences}, method=method, tol=1e-9)
        assert counted.calls < differences.calls / 2


def test_dictionary_with_arguments():
    def ball(x, radius):
        return radius**2 - x @ x

    constraint = {"type": "ineq", "fun": ball, "jac": adpy.grad(ball), "args": (0.5,)}
    found = minimize(distance, [0.1, 0.1], jac=adpy.grad(distance), constraints=[constraint], method="SLSQP")
    np.testing.assert_allclose(found.x, 0.5 * NEAREST, atol=1e-6)


def box(x):
    return -8.0 * np.prod(x)


def ellipsoid(x):
    return np.array([np.sum((x / np.array([1.0, 2.0, 3.0])) ** 2), x[0] * x[1]])


BEST = np.array([1.0, 2.0, 3.0]) / np.sqrt(3.0)


@pytest.mark.parametrize("method", ["trust-constr", "SLSQP", "COBYQA"])
def test_nonlinear_constraints(method):
    derivatives = {} if method == "COBYQA" else {"jac": adpy.grad(box)}
    second = {}
    if method == "trust-constr":
        derivatives["hess"] = adpy.hessian(box)
        second["hess"] = lambda x, v: adpy.hessian(lambda x: v @ ellipsoid(x))(x)
    constraint = NonlinearConstraint(ellipsoid, -np.inf, [1.0, 5.0], jac=adpy.jacobian(ellipsoid), **second)
    found = minimize(
        box, [0.3, 0.3, 0.3], constraints=[constraint], bounds=Bounds(0.01, 5.0), method=method, **derivatives
    )
    np.testing.assert_allclose(found.x, BEST, atol=2e-4)


def test_lagrangian_hessian_saves_evaluations():
    """The constraint's Hessian is asked for with multipliers: exact, against a quasi-Newton update."""

    def run(hess):
        constraint = NonlinearConstraint(ellipsoid, -np.inf, [1.0, 5.0], jac=adpy.jacobian(ellipsoid), hess=hess)
        return minimize(
            box,
            [0.3, 0.3, 0.3],
            jac=adpy.grad(box),
            hess=adpy.hessian(box),
            constraints=[constraint],
            method="trust-constr",
        )

    exact = run(lambda x, v: adpy.hessian(lambda x: v @ ellipsoid(x))(x))
    update = run(BFGS())
    np.testing.assert_allclose(exact.x, BEST, atol=1e-4)
    assert exact.nit < update.nit


def test_hessian_of_constraints_is_the_weighted_sum():
    x, v = np.array([0.4, 0.9, 1.1]), np.array([2.0, -3.0])
    found = adpy.hessian(lambda x: v @ ellipsoid(x))(x)
    expected = 2.0 * np.diag([2.0, 0.5, 2.0 / 9.0])
    expected[0, 1] = expected[1, 0] = -3.0
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_linear_constraint_beside_exact_derivatives():
    plane = LinearConstraint([[1.0, 1.0]], 1.0, 1.0)
    found = minimize(
        distance,
        [0.0, 0.0],
        jac=adpy.grad(distance),
        hessp=adpy.hvp(distance),
        constraints=[plane],
        method="trust-constr",
    )
    np.testing.assert_allclose(found.x, [1.0, 0.0], atol=1e-6)


def test_check_grad():
    assert optimize.check_grad(rosenbrock, adpy.grad(rosenbrock), START) < 1e-4


def test_bounded_problem():
    found = minimize(adpy.value_and_grad(rosenbrock), START, jac=True, bounds=[(-2.0, 0.5)] * 5, method="L-BFGS-B")
    assert found.success and np.all(found.x <= 0.5)
    gradient = adpy.grad(rosenbrock)(found.x)
    free = (found.x > -2.0) & (found.x < 0.5)
    assert np.max(np.abs(gradient[free])) < 1e-3 and np.all(gradient[found.x == 0.5] <= 0.0)
