"""Nested derivatives: perturbations of different levels must never be confused."""

import numpy as np
import pytest

import adpy
from adpy import derivative, grad, jacobian, jvp

FIRST = [derivative, grad]


def hand_over(function, x, v):
    return jvp(function, x, v)[1]


@pytest.mark.parametrize("outer", FIRST)
@pytest.mark.parametrize("inner", FIRST)
class TestTwoLevels:
    def test_inner_derivative_of_a_sum(self, outer, inner):
        """Siskind and Pearlmutter (2005): d/dx (x * d/dy (x + y)) is 1 and not 2."""
        assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0

    def test_inner_derivative_of_a_product(self, outer, inner):
        assert outer(lambda x: x * inner(lambda y: x * y * y)(2.0))(3.0) == 24.0

    def test_inner_function_ignores_its_variable(self, outer, inner):
        assert outer(lambda x: inner(lambda y: x * x)(1.0) + x)(3.0) == 1.0

    def test_same_function_twice(self, outer, inner):
        assert outer(inner(lambda x: x**5))(2.0) == 160.0

    def test_outer_variable_is_an_exponent(self, outer, inner):
        x = 1.7
        expected = 2.0 ** (x - 1) * (1 + x * np.log(2.0))
        np.testing.assert_allclose(outer(lambda p: inner(lambda y: y**p)(2.0))(x), expected, rtol=1e-14)

    def test_control_flow_looks_at_the_innermost_value(self, outer, inner):
        assert outer(lambda x: inner(lambda y: y * y * x if y > x else y * x)(3.0))(2.0) == 6.0


def curried(x):
    """Manzyuk et al. (2019): a derivative that returns a function, called twice afterwards."""
    return lambda g: lambda y: g(x + y)


def test_higher_order_functions_applied_twice():
    """The derivative of ``s`` at 0, as a map of functions, applied twice to ``exp`` is the second derivative."""

    def slope(g):
        return lambda y: derivative(lambda x: curried(x)(g)(y))(0.0)

    np.testing.assert_allclose(slope(slope(np.exp))(1.0), np.exp(1.0), rtol=1e-14)


def test_closures_out_of_a_derivative():
    """The same, as the paper has it: ``derivative`` of a function that returns functions returns one."""
    slope = derivative(curried)(0.0)
    np.testing.assert_allclose(slope(np.exp)(1.0), np.exp(1.0), rtol=1e-14)
    np.testing.assert_allclose(slope(slope(np.exp))(1.0), np.exp(1.0), rtol=1e-14)
    np.testing.assert_allclose(slope(slope(slope(np.sin)))(1.0), -np.cos(1.0), rtol=1e-14)
    np.testing.assert_allclose(grad(slope(np.sin))(1.0), -np.sin(1.0), rtol=1e-14)


def test_pairs_encoded_as_functions():
    pair = derivative(lambda x: lambda use: use(x, x * x))(3.0)
    assert pair(lambda a, b: a) == 1.0
    assert pair(lambda a, b: b) == 6.0
    assert pair(lambda a, b: a * b) == 27.0
    assert derivative(lambda y: pair(lambda a, b: a * b * y))(1.0) == 27.0


def test_a_function_and_its_perturbation_in_a_structure():
    """Stores of closures: each remembers the level at which it was made."""

    def nested(x):
        store = []
        for k in range(3):
            store.append(lambda y, k=k: derivative(lambda z: x * y * z**k)(2.0))
        return sum(f(x) for f in store)  # x * x * (0 + 1 + 4)

    assert derivative(nested)(3.0) == 30.0
    assert grad(nested)(3.0) == 30.0


def test_three_levels():
    nested = derivative(lambda x: derivative(lambda y: derivative(lambda z: x * y * y * z * z * z)(2.0))(3.0) * x)
    np.testing.assert_allclose(nested(5.0), 2 * 5 * 2 * 3 * 3 * 4)


def energy(x):
    y = np.zeros(3)
    y[0] = x[0] * x[1]
    y[1:] = np.sin(x[:2]) ** 3
    y[2] += np.exp(x[2]) * y[0]
    return np.sum(y * y) + np.linalg.norm(x)


def hessian_by_differences(x):
    step = 1e-4
    gradient = grad(energy)
    return np.stack([(gradient(x + step * e) - gradient(x - step * e)) / (2 * step) for e in np.eye(3)])


POINT = np.array([0.3, -0.8, 0.5])


@pytest.mark.parametrize(
    "hessian",
    [
        lambda x: jacobian(grad(energy))(x),
        lambda x: jacobian(grad(energy), mode="reverse")(x),
        lambda x: jacobian(jacobian(energy))(x),
        lambda x: np.stack([jvp(grad(energy), x, e)[1] for e in np.eye(3)]),
        lambda x: np.stack([grad(lambda x: jvp(energy, x, e)[1])(x) for e in np.eye(3)]),  # noqa: B023
        lambda x: np.array([[jvp(lambda x: jvp(energy, x, a)[1], x, b)[1] for a in np.eye(3)] for b in np.eye(3)]),  # noqa: B023
    ],
)
def test_hessians_agree(hessian):
    np.testing.assert_allclose(hessian(POINT), hessian_by_differences(POINT), atol=1e-7)


def test_outer_value_in_an_inner_array():
    def f(x):
        def g(y):
            z = y * 1.0
            z[0] = x[0] * y[1]
            return z * z

        return jvp(g, np.array([2.0, 3.0]), np.array([0.0, 1.0]))[1]

    value, tangent = jvp(f, np.array([5.0]), np.array([1.0]))
    np.testing.assert_allclose(value, [2 * 25 * 3, 6.0])
    np.testing.assert_allclose(tangent, [4 * 5 * 3, 0.0])


def test_inner_value_in_an_outer_array_is_refused():
    def f(x):
        z = np.zeros(2)

        def g(y):
            z[0] = y
            return z[0] * x

        return derivative(g)(1.0)

    with pytest.raises(adpy.errors.TracedValueError):
        derivative(f)(2.0)


def test_tangents_may_carry_derivatives():
    assert derivative(lambda t: jvp(lambda x: x * x, 3.0, t)[1])(1.0) == 6.0
    v = np.array([1.0, 2.0])
    np.testing.assert_allclose(grad(lambda v: np.sum(jvp(np.sin, np.ones(2), v)[1] ** 2))(v), 2 * np.cos(1.0) ** 2 * v)


def test_entries_of_a_constant_point_with_varying_tangents():
    def along(v):
        return jvp(lambda x: x[0] * x[1], np.array([3.0, 5.0]), v)[1]

    np.testing.assert_allclose(grad(along)(np.ones(2)), [5.0, 3.0])
    np.testing.assert_allclose(jvp(along, np.ones(2), np.array([0.0, 2.0]))[1], 6.0)


def test_a_second_attempt_does_not_change_how_adpy_sees_types():
    """The inner transform is refused at the first attempt, and must be at the second, too."""

    def function(x):
        return np.sum(inner(x))

    inner = adpy.primitive(lambda x: x * x)
    inner.defvjp(lambda primals, y, y_bar: (2 * np.frombuffer(primals[0].tobytes()) * y_bar,))
    with pytest.raises(adpy.errors.TracedValueError):
        jvp(grad(function), np.ones(3), np.ones(3))
