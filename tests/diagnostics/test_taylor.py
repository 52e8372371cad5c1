"""Taylor tests see right and wrong derivatives, whatever the arguments are made of."""

import math

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError
from adpy.testing import taylor_test

X = np.array([0.3, -1.2, 2.0])


def energy(x, p):
    return np.sum(np.sin(x) * p["k"]) + p["c"] ** 3


@pytest.mark.parametrize(("second", "order"), [(False, 2.0), (True, 3.0)])
def test_right_derivatives(second, order):
    report = taylor_test(energy, X, {"k": 2.0, "c": np.float64(0.5)}, second=second)
    assert report.ok and report.degree == order - 1
    assert abs(report.order - order) < 0.1
    for expected, orders in enumerate(report.orders, 1):
        np.testing.assert_allclose(orders, expected, atol=0.4)


def test_remainders_are_those_of_the_exponential():
    steps = (0.1, 0.05)
    report = taylor_test(math.exp, 0.0, direction=1.0, second=True, steps=steps)
    for degree, row in enumerate(report.remainders):
        polynomial = [sum(h**j / math.factorial(j) for j in range(degree + 1)) for h in steps]
        np.testing.assert_allclose(row, np.exp(steps) - polynomial, rtol=1e-9)
    assert report.steps == steps


@pytest.mark.parametrize("factor", [0.99, 1.01, -1.0])
def test_wrong_gradients(factor):
    def f(x):
        return np.sum(x**3)

    assert taylor_test(f, X, gradient=3 * X**2).ok
    assert not taylor_test(f, X, gradient=factor * 3 * X**2).ok
    assert not taylor_test(f, X, gradient=lambda x: factor * 3 * x**2).ok


def test_dropped_derivatives():
    assert not taylor_test(lambda x: np.sum(x * adpy.stop_gradient(x)), X).ok
    drops_in_the_gradient = adpy.grad(lambda x: np.sum(x**3))
    report = taylor_test(
        lambda x: np.sum(x**3), X, gradient=lambda x: drops_in_the_gradient(adpy.stop_gradient(x)) + 0 * x, second=True
    )
    assert not report.ok and report.order < 2.2


def test_polynomials_leave_nothing():
    report = taylor_test(lambda x: 3.0 * np.sum(x) - 1.0, X)
    assert report.ok and report.order == np.inf


def test_constants_tell_nothing():
    report = taylor_test(lambda x: 1.0, X, gradient=np.zeros(3))
    assert not report.ok and np.isnan(report.order)


def test_a_kink_in_the_direction():
    assert not taylor_test(lambda x: abs(x - 1e-7), 0.0, direction=1.0).ok


def test_float32():
    x = X.astype(np.float32)
    report = taylor_test(lambda x: np.sum(np.exp(x)), x, steps=(0.2, 0.1, 0.05))
    assert report.ok and report.noise > 1e-6


def test_arguments_stay_as_they_are():
    x = X.copy()

    def f(x):
        x *= 2.0
        return np.sum(x**2)

    assert taylor_test(f, x).ok
    np.testing.assert_array_equal(x, X)


def test_the_report_as_text():
    text = str(taylor_test(energy, X, {"k": 2.0, "c": 0.5}, second=True))
    assert "observed order 3.0" in text and "expected 3" in text and "second derivative" in text


@pytest.mark.parametrize(
    ("args", "settings", "match"),
    [
        ((), {}, "args: expected at least one argument"),
        ((X,), {"steps": (0.1,)}, "steps: expected at least two"),
        ((X,), {"steps": (0.1, 0.2)}, "steps: expected at least two"),
        ((X,), {"steps": (0.1, -0.2)}, "steps: expected at least two"),
        ((X,), {"direction": X[:2]}, "direction: expected leaves of the shapes"),
        ((X,), {"gradient": X[:2]}, "gradient: expected leaves of the shapes"),
        ((1,), {}, "args\\[0\\]: expected real floating-point numbers"),
        ((X + 0j,), {}, "args\\[0\\]: expected real floating-point numbers"),
    ],
)
def test_bad_input(args, settings, match):
    with pytest.raises(ArgumentError, match=match):
        taylor_test(lambda *args: np.sum(args[0].real), *args, **settings)
