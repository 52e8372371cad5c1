"""Gradients inside differentiated functions: optimisers, Newton iterations and integrators, against closed forms."""

import numpy as np
import pytest

import adpy
from adpy import derivative, grad, jacobian
from tests.rules.mixes import WORDS, check_mixes, derivatives_by_differences, nested

A = np.array([[3.0, 0.5], [0.5, 1.0]])
B = np.array([1.0, -2.0])
TARGET = np.array([0.3, 0.4])
STEP = 1e-30
FIRST = pytest.mark.parametrize("outer", [derivative, grad])


def quadratic(w):
    return 0.5 * w @ A @ w - B @ w


def distance(w):
    return np.sum((w - TARGET) ** 2)


def by_hand(rate, steps=20):
    """The distance after gradient descent whose gradients are written out."""
    w = np.zeros(2)
    for _ in range(steps):
        w = w - rate * (A @ w - B)
    return distance(w)


def descend(rate):
    w = np.zeros(2)
    for _ in range(20):
        w = w - rate * grad(quadratic)(w)
    return distance(w)


def descend_in_place(rate):
    w = np.zeros(2)
    for _ in range(20):
        w -= rate * grad(quadratic)(w)
    return distance(w)


def descend_with_values(rate):
    w = np.zeros(2)
    for _ in range(20):
        _, slope = adpy.value_and_grad(lambda w: (quadratic(w) + rate, {"rate": rate}), has_aux=True)(w)
        w = w - rate * slope
    return distance(w)


def descend_over_a_dictionary(rate):
    parameters = {"w": np.zeros(2), "name": "quadratic"}
    for _ in range(20):
        slope = grad(lambda p: quadratic(p["w"]))(parameters)
        parameters = {"w": parameters["w"] - rate * slope["w"], "name": parameters["name"]}
    return distance(parameters["w"])


def descend_forward(rate):
    w = np.zeros(2)
    for _ in range(20):
        w = w - rate * jacobian(quadratic, mode="forward")(w)
    return distance(w)


OPTIMISERS = [descend, descend_in_place, descend_with_values, descend_over_a_dictionary, descend_forward]


@FIRST
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_through_twenty_steps(optimiser, outer):
    np.testing.assert_allclose(outer(optimiser)(0.1), by_hand(0.1 + 1j * STEP).imag / STEP, rtol=1e-12)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_through_twenty_steps_to_third_order(optimiser):
    exact = np.polynomial.Chebyshev.interpolate(np.vectorize(by_hand), 40, [0.05, 0.15])
    check_mixes(lambda t: optimiser(0.1 + t), [exact.deriv(k)(0.1) for k in (1, 2, 3)], 1e-6, 1e-11)


def test_gradient_by_all_rates_and_by_the_start():
    def run(rates, start):
        w = start
        for rate in rates:
            w = w - rate * grad(quadratic)(w)
        return distance(w)

    rates, start = np.array([0.1, 0.3, 0.2]), np.array([1.0, 2.0])
    by_rates, by_start = grad(run, (0, 1))(rates, start)
    maps = [np.eye(2) - rate * A for rate in rates]
    end = start.copy()
    path = [end := m @ end + rate * B for m, rate in zip(maps, rates, strict=True)]
    w_bar, expected = 2 * (end - TARGET), []
    for m, before in zip(maps[::-1], [*path[-2::-1], start], strict=True):
        expected.append(-w_bar @ (A @ before - B))
        w_bar = m.T @ w_bar
    np.testing.assert_allclose(by_rates, expected[::-1], rtol=1e-13)
    np.testing.assert_allclose(by_start, w_bar, rtol=1e-13)


def energy(x, a):
    return np.sum(np.cosh(x)) - a * np.sum(x) + 0.5 * x[0] * x[1]


def newton(a):
    x = np.zeros(2)
    for _ in range(8):
        x = x - np.linalg.solve(jacobian(grad(energy))(x, a), grad(energy)(x, a))
    return x[0] * 2 + x[1] ** 2


def newton_in_place(a):
    x = np.zeros(2)
    for _ in range(8):
        slope = jacobian(energy, mode="forward")
        x -= np.linalg.solve(jacobian(slope, mode="forward")(x, a), slope(x, a))
    return x[0] * 2 + x[1] ** 2


def stationary(a):
    """The same point with derivatives written out."""
    x = np.zeros(2)
    for _ in range(8):
        slope = np.sinh(x) - a + 0.5 * x[::-1]
        x = x - np.linalg.solve(np.diag(np.cosh(x)) + [[0, 0.5], [0.5, 0]], slope)
    return x[0] * 2 + x[1] ** 2


@pytest.mark.parametrize("iteration", [newton, newton_in_place])
def test_through_a_newton_iteration(iteration):
    exact = np.polynomial.Chebyshev.interpolate(np.vectorize(stationary), 40, [0.4, 1.0])
    check_mixes(lambda t: iteration(0.7 + t), [exact.deriv(k)(0.7) for k in (1, 2, 3)], 1e-6, 1e-9)


@pytest.mark.parametrize("word", [word for words in WORDS.values() for word in words])
def test_root_of_a_scalar_equation(word):
    """Newton's iterates for the cube root have its derivatives once they have converged."""

    def cube_root(a):
        x = 1.0
        for _ in range(12):
            x = x - (x**3 - a) / derivative(lambda x: x**3)(x)
        return x

    exact = [None, 2 ** (-2 / 3) / 3, -2 * 2 ** (-5 / 3) / 9, 10 * 2 ** (-8 / 3) / 27]
    np.testing.assert_allclose(nested(cube_root, word)(2.0), exact[len(word)], rtol=1e-13)


def line_search(a):
    """Gradient descent with backtracking: the steps taken are decisions from values."""

    def f(x):
        return np.sum(x**4) + a * np.sum((x - 1) ** 2)

    x = np.array([2.0, -1.5])
    while np.linalg.norm(grad(f)(x)) > 1.0:
        value, slope = adpy.value_and_grad(f)(x)
        size = 1.0
        while f(x - size * slope) > value - 1e-4 * size * (slope @ slope):
            size *= 0.5
        x = x - size * slope
    return f(x)


def test_through_a_line_search():
    def moved(t):
        return line_search(0.8 + t)

    check_mixes(moved, derivatives_by_differences(moved, 1e-4), 1e-6, 1e-9)


def lagrangian(q, v, mass):
    return 0.5 * mass * np.sum(v**2) * (1 + q[0] ** 2) - np.cos(q[0]) - q[1] ** 2 * (1 + mass)


def acceleration(q, v, mass):
    """Euler-Lagrange equations, written with gradients and Jacobians of gradients."""
    inertia = jacobian(grad(lagrangian, 1), 1)(q, v, mass)
    coriolis = jacobian(grad(lagrangian, 1), 0)(q, v, mass) @ v
    return np.linalg.solve(inertia, grad(lagrangian, 0)(q, v, mass) - coriolis)


def acceleration_by_hand(q, v, mass):
    inertia = mass * (1 + q[0] ** 2)
    force = np.array([mass * np.sum(v**2) * q[0] + np.sin(q[0]), -2 * q[1] * (1 + mass)])
    return (force - 2 * mass * q[0] * v[0] * v) / inertia


@pytest.mark.parametrize("word", ["f", "r", "ff", "fr", "rf", "rr", "frf", "rfr"])
def test_through_the_motion_of_a_lagrangian(word):
    def end(mass, acceleration):
        q, v = np.array([0.4, 0.2]), np.array([0.1, -0.3])
        for _ in range(3):
            v = v + 0.1 * acceleration(q, v, mass)
            q = q + 0.1 * v
        return np.sum(q * v)

    found = nested(lambda mass: end(mass, acceleration), word)(1.3)
    np.testing.assert_allclose(found, nested(lambda mass: end(mass, acceleration_by_hand), word)(1.3), rtol=1e-11)


def test_implicit_steps_of_an_oscillator():
    """Backward Euler for y' = -k y by Newton's method on the residual: y_n = (1 + k h)**-n."""

    def end(k):
        y = np.ones(1)
        for _ in range(3):
            start = y

            def residual(z, start=start):
                return z - start + 0.2 * k * z

            y = start.copy()
            for _ in range(2):
                y = y - np.linalg.solve(jacobian(residual)(y), residual(y))
        return y[0]

    def moved(t):
        return end(0.5 + t)

    exact = [-0.6 * 1.1**-4, 0.48 * 1.1**-5, -0.48 * 1.1**-6]
    check_mixes(moved, exact, 1e-12, 1e-12)
