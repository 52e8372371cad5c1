"""Residuals, equations, curve fits and roots of scipy.optimize with exact Jacobians."""

import numpy as np
import pytest
from scipy.optimize import curve_fit, least_squares, newton, root, root_scalar

import adpy
from tests.api.counted import Counted

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
