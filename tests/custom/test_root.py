"""Roots by the implicit function theorem, against closed forms and against derivatives of Newton's own steps."""

import numpy as np
import pytest
import scipy.optimize as so
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.errors import ArgumentError, NonDifferentiableError, RuleError
from adpy.testing import check_derivatives
from tests.custom.boxes import TRANSFORMS
from tests.custom.test_linear_solve import gmres

P = np.array([0.7, 0.4])


def residual_of(p):
    """Two equations, filled into a buffer."""

    def residual(x):
        out = np.zeros(2)
        out[0] = x[0] ** 2 + p[0] * x[1] - 1
        out[1] = x[1] ** 3 + x[0] * p[1] - p[0]
        return out

    return residual


def compiled(residual, x0):
    """MINPACK, which adpy does not see into."""
    return so.root(residual, x0, tol=1e-14).x


def by_root(p):
    return adpy.custom_root(residual_of(p), np.array([1.0, 0.5]), compiled)


def by_root_without_a_matrix(p):
    return adpy.custom_root(residual_of(p), np.array([1.0, 0.5]), compiled, tangent_solve=gmres)


def by_newton(p):
    """Derivatives of the steps themselves."""
    x = np.array([1.0, 0.5])
    for _ in range(12):
        slope = np.zeros((2, 2))
        slope[0, 0], slope[0, 1], slope[1, 0], slope[1, 1] = 2 * x[0], p[0], p[1], 3 * x[1] ** 2
        x = x - np.linalg.solve(slope, residual_of(p)(x))
    return x


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("solve", [by_root, by_root_without_a_matrix])
def test_all_nestings(solve, transform):
    def loss(solve):
        return lambda p: np.sum(np.sin(solve(p)) * p)

    change = TRANSFORMS[transform]
    np.testing.assert_allclose(change(loss(solve))(P), change(loss(by_newton))(P), rtol=1e-9, atol=1e-10)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 10.0), st.integers(2, 5))
def test_roots_of_numbers(a, n):
    def nth_root(a):
        return adpy.custom_root(lambda x: x**n - a, 1.0, lambda f, x0: so.brentq(f, 0.0, 20.0, xtol=1e-15))

    np.testing.assert_allclose(adpy.grad(nth_root)(a), a ** (1 / n - 1) / n, rtol=1e-9)
    second = adpy.derivative(adpy.grad(nth_root))(a)
    np.testing.assert_allclose(second, (1 / n - 1) / n * a ** (1 / n - 2), rtol=1e-8)


def test_trees_and_a_start_that_varies():
    def function(a):
        def residual(state):
            return {"x": state["x"] ** 2 + np.sum(state["y"]) - a[0], "y": state["y"] ** 3 - a[1] * state["x"]}

        def solve(residual, start):
            def flat(z):
                r = residual({"x": z[0], "y": z[1:]})
                return np.concatenate([[r["x"]], r["y"]])

            z = so.root(flat, np.concatenate([[start["x"]], start["y"]]), tol=1e-14).x
            return {"x": z[0], "y": z[1:]}

        found = adpy.custom_root(residual, {"x": a[0], "y": np.ones(2)}, solve)
        return found["x"] * found["y"][1]

    check_derivatives(function, np.array([1.5, 0.7]))
    check_derivatives(adpy.grad(function), np.array([1.5, 0.7]))


def test_a_minimum_is_the_root_of_a_gradient():
    def fitted(theta):
        def loss(w):
            return np.sum((w - theta) ** 2) + np.sum(w**4) * theta[0]

        return np.sum(np.sin(adpy.custom_root(adpy.grad(loss), np.zeros(2), compiled)))

    check_derivatives(fitted, np.array([0.5, 0.7]))
    check_derivatives(adpy.grad(fitted), np.array([0.5, 0.7]))


def test_a_fixed_point():
    def settled(a):
        return adpy.custom_root(lambda x: np.cos(a * x) - x, 0.5, lambda f, x: so.brentq(f, 0.0, 1.0, xtol=1e-15))

    x = settled(1.2)
    expected = -x * np.sin(1.2 * x) / (1 + 1.2 * np.sin(1.2 * x))
    np.testing.assert_allclose(adpy.grad(settled)(1.2), expected, rtol=1e-12)


def test_a_complex_root():
    def root(a):
        return adpy.custom_root(lambda z: z * z - a, 1.0 + 1j, lambda f, z0: np.sqrt(1 + 2j))

    a = np.complex128(1 + 2j)
    np.testing.assert_allclose(adpy.jvp(root, a, np.complex128(1j))[1], 0.5j / np.sqrt(a))
    np.testing.assert_allclose(adpy.grad(lambda a: abs(root(a)))(a), adpy.grad(lambda a: abs(np.sqrt(a)))(a))


def test_outside_a_transform_it_is_the_solver():
    np.testing.assert_array_equal(by_root(P), compiled(residual_of(P), np.array([1.0, 0.5])))


@pytest.mark.parametrize("transform", [adpy.grad, adpy.derivative])
def test_no_root_and_singular_roots_are_refused(transform):
    def found(value):
        return lambda a: adpy.custom_root(lambda x: x**2 - a, 1.0, lambda f, x0: value)

    with pytest.raises(NonDifferentiableError, match="solve returned no root"):
        transform(found(1.3))(2.0)
    with pytest.raises(NonDifferentiableError, match="singular"):
        transform(found(0.0))(0.0)


def test_bad_arguments():
    with pytest.raises(RuleError, match=r"solve of custom_root: expected shape \(\), got shape \(2,\)"):
        adpy.custom_root(lambda x: x, 1.0, lambda f, x0: np.zeros(2))
    with pytest.raises(RuleError, match=r"residual of custom_root: expected shape \(2,\), got shape \(3,\)"):
        adpy.grad(lambda p: np.sum(adpy.custom_root(lambda x: np.ones(3) * p[0], p, lambda f, x: np.ones(2))))(P)
    for name in ("residual", "solve", "tangent_solve"):
        functions = {"residual": np.sin, "solve": np.sin, "tangent_solve": np.sin, name: 3}
        with pytest.raises(ArgumentError, match=name):
            adpy.custom_root(x0=1.0, **functions)
