"""scipy.optimize with exact derivatives: every interface that takes them, to known optima, with fewer evaluations."""

import numpy as np
import pytest
from scipy import optimize
from scipy.optimize import (
    BFGS,
    Bounds,
    LinearConstraint,
    NonlinearConstraint,
    curve_fit,
    least_squares,
    minimize,
    newton,
    root,
    root_scalar,
)

import adpy

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


def hvp(f):
    """The Hessian times a vector."""
    return lambda x, v, *args: adpy.jvp(lambda z: adpy.grad(f)(z, *args), x, v)[1]


def hessian(f):
    """The Hessian."""
    return lambda x, *args: adpy.jacobian(lambda z: adpy.grad(f)(z, *args))(x)


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


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
        rosenbrock, START, jac=adpy.grad(rosenbrock), hessp=hvp(rosenbrock), method=method, options=options
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
        rosenbrock, start, jac=adpy.grad(rosenbrock), hess=hessian(rosenbrock), method=method, options=options
    )
    np.testing.assert_allclose(found.x, 1.0, rtol=1e-7)


@pytest.mark.parametrize("method", ["trust-ncg", "trust-krylov", "trust-exact", "Newton-CG", "trust-constr"])
def test_extra_arguments_reach_every_derivative(method):
    f = rosenbrock_by_loop
    second = {"hess": hessian(f)} if method == "trust-exact" else {"hessp": hvp(f)}
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
        rosenbrock, START, jac=adpy.grad(rosenbrock), hess=hessian(rosenbrock), method="trust-exact"
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
        derivatives["hess"] = hessian(distance)
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
        derivatives["hess"] = hessian(box)
        second["hess"] = lambda x, v: hessian(lambda x: v @ ellipsoid(x))(x)
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
            hess=hessian(box),
            constraints=[constraint],
            method="trust-constr",
        )

    exact = run(lambda x, v: hessian(lambda x: v @ ellipsoid(x))(x))
    update = run(BFGS())
    np.testing.assert_allclose(exact.x, BEST, atol=1e-4)
    assert exact.nit < update.nit


def test_hessian_of_constraints_is_the_weighted_sum():
    x, v = np.array([0.4, 0.9, 1.1]), np.array([2.0, -3.0])
    found = hessian(lambda x: v @ ellipsoid(x))(x)
    expected = 2.0 * np.diag([2.0, 0.5, 2.0 / 9.0])
    expected[0, 1] = expected[1, 0] = -3.0
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_linear_constraint_beside_exact_derivatives():
    plane = LinearConstraint([[1.0, 1.0]], 1.0, 1.0)
    found = minimize(
        distance,
        [0.0, 0.0],
        jac=adpy.grad(distance),
        hessp=hvp(distance),
        constraints=[plane],
        method="trust-constr",
    )
    np.testing.assert_allclose(found.x, [1.0, 0.0], atol=1e-6)


# Residuals, equations, roots


TIMES = np.linspace(0.0, 4.0, 30)
TRUTH = np.array([2.5, 1.3, 0.5])


def decay(t, amplitude, rate, offset):
    return amplitude * np.exp(-rate * t) + offset


def residuals(p, readings):
    out = np.empty(TIMES.size)
    for i, t in enumerate(TIMES):
        out[i] = p[0] * np.exp(-p[1] * t) + p[2] - readings[i]
    return out


@pytest.mark.parametrize("method", ["trf", "dogbox", "lm"])
def test_least_squares(method):
    readings = decay(TIMES, *TRUTH)
    exact, guessed = Counted(residuals), Counted(residuals)
    found = least_squares(
        exact, [1.0, 1.0, 0.0], jac=adpy.jacobian(residuals), args=(readings,), method=method, gtol=1e-14
    )
    np.testing.assert_allclose(found.x, TRUTH, rtol=1e-9)
    least_squares(guessed, [1.0, 1.0, 0.0], args=(readings,), method=method, gtol=1e-14)
    assert exact.calls < guessed.calls


def test_gauss_newton_operator():
    """least_squares takes the Jacobian as an operator: products by jvp and vjp, no matrix."""
    from scipy.sparse.linalg import LinearOperator

    readings = decay(TIMES, *TRUTH)

    def operator(p, readings):
        _, pullback = adpy.vjp(lambda p: residuals(p, readings), p)
        return LinearOperator(
            (TIMES.size, p.size),
            matvec=lambda v: adpy.jvp(lambda p: residuals(p, readings), p, v.ravel())[1],
            rmatvec=lambda w: pullback(w.ravel())[0],
        )

    found = least_squares(residuals, [1.0, 1.0, 0.0], jac=operator, args=(readings,), method="trf", tr_solver="lsmr")
    np.testing.assert_allclose(found.x, TRUTH, rtol=1e-6)


def test_curve_fit():
    noise = 0.01 * np.random.default_rng(1).standard_normal(TIMES.size)
    readings = decay(TIMES, *TRUTH) + noise
    slope = adpy.jacobian(lambda p, t: decay(t, *p))
    exact = Counted(decay)
    found, covariance = curve_fit(exact, TIMES, readings, p0=[1.0, 1.0, 0.0], jac=lambda t, *p: slope(np.array(p), t))
    expected, reference = curve_fit(decay, TIMES, readings, p0=[1.0, 1.0, 0.0])
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(covariance, reference, rtol=1e-4)
    assert exact.calls < 15


def test_curve_fit_jacobian_by_argument_numbers():
    readings = decay(TIMES, *TRUTH)
    columns = adpy.jacobian(decay, argnums=(1, 2, 3))
    found, _ = curve_fit(
        decay, TIMES, readings, p0=[1.0, 1.0, 0.0], jac=lambda t, *p: np.stack(columns(t, *p), axis=-1)
    )
    np.testing.assert_allclose(found, TRUTH, rtol=1e-8)


def equations(x, c):
    return [x[0] * np.cos(x[1]) - c, x[0] * x[1] - x[1] - 5.0]


@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_root(method):
    def system(x, c):
        return np.array(equations(x, c))

    exact, guessed = Counted(system), Counted(system)
    found = root(exact, [1.0, 1.0], args=(4.0,), jac=adpy.jacobian(system), method=method)
    np.testing.assert_allclose(found.x, [6.50409711, 0.90841421], rtol=1e-7)
    root(guessed, [1.0, 1.0], args=(4.0,), method=method)
    assert exact.calls < guessed.calls


def test_root_with_function_and_jacobian_in_one():
    def system(x, c):
        return np.array(equations(x, c))

    def both(x, c):
        return system(x, c), adpy.jacobian(system)(x, c)

    found = root(both, [1.0, 1.0], args=(4.0,), jac=True)
    np.testing.assert_allclose(equations(found.x, 4.0), 0.0, atol=1e-9)


def test_newton_and_halley():
    def f(x, a):
        return np.exp(x) - a * x - 3.0

    first = adpy.derivative(f)
    second = adpy.derivative(first)
    by_newton, newton_run = newton(f, 3.0, fprime=first, args=(2.0,), full_output=True, tol=1e-13)
    by_halley, halley_run = newton(f, 3.0, fprime=first, fprime2=second, args=(2.0,), full_output=True, tol=1e-13)
    _, secant_run = newton(f, 3.0, args=(2.0,), full_output=True, tol=1e-13)
    assert abs(f(by_newton, 2.0)) < 1e-12 and abs(by_halley - by_newton) < 1e-12
    assert halley_run.iterations < newton_run.iterations < secant_run.iterations


def test_root_scalar():
    def f(x, a):
        return x**3 - a

    found = root_scalar(f, x0=1.5, args=(2.0,), fprime=adpy.derivative(f), method="newton", xtol=1e-14)
    assert abs(found.root - 2 ** (1 / 3)) < 1e-13
    halley = root_scalar(
        f, x0=1.5, args=(2.0,), fprime=adpy.derivative(f), fprime2=adpy.derivative(adpy.derivative(f)), method="halley"
    )
    assert abs(halley.root - 2 ** (1 / 3)) < 1e-12


def test_newton_at_complex_points():
    """A holomorphic function has a complex derivative; Newton's method takes it."""

    def f(z):
        return z**3 - 1.0

    found = newton(f, -0.4 + 0.8j, fprime=adpy.derivative(f, holomorphic=True))
    assert abs(found - np.exp(2j * np.pi / 3)) < 1e-10


def test_newton_for_many_starts():
    starts = np.array([1.0, 2.0, 5.0])

    def f(x):
        return x**2 - np.array([2.0, 3.0, 7.0])

    found = newton(f, starts, fprime=lambda x: adpy.jvp(f, x, np.ones(3))[1])
    np.testing.assert_allclose(found, np.sqrt([2.0, 3.0, 7.0]))


def test_check_grad():
    assert optimize.check_grad(rosenbrock, adpy.grad(rosenbrock), START) < 1e-4


def test_bounded_problem():
    found = minimize(adpy.value_and_grad(rosenbrock), START, jac=True, bounds=[(-2.0, 0.5)] * 5, method="L-BFGS-B")
    assert found.success and np.all(found.x <= 0.5)
    gradient = adpy.grad(rosenbrock)(found.x)
    free = (found.x > -2.0) & (found.x < 0.5)
    assert np.max(np.abs(gradient[free])) < 1e-3 and np.all(gradient[found.x == 0.5] <= 0.0)
