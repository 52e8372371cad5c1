"""Taylor coefficients inside other transforms, and other transforms inside functions that are expanded."""

import math

import numpy as np
import pytest

import adpy

X = np.array([0.3, 0.5])
V = np.array([1.0, 2.0])


def program(y):
    """Views, writes and blocks, on arrays that an enclosing transform may trace."""
    out = np.zeros(3)
    out[0] = y[0]
    out[1:] = np.sin(y)
    column = out.reshape(3, 1)
    column[2] *= y[1]
    gram = column.T @ column
    return gram[0, 0] * out[2] + np.linalg.solve(np.eye(2) + np.outer(y, y), y)[0]


def third(x):
    """A Taylor coefficient as a function of the point."""
    return adpy.taylor(program, x, V, 3)[3]


def moved(t):
    return program(X + t * V)


def test_derivatives_of_a_coefficient_along_its_line():
    """The k-th coefficient at x + s v is (k + 1) y_(k + 1) by s."""
    wanted = 4 * adpy.taylor(program, X, V, 4)[4]
    assert adpy.grad(third)(X) @ V == pytest.approx(wanted, rel=1e-12)
    assert adpy.jvp(third, X, V)[1] == pytest.approx(wanted, rel=1e-12)
    assert adpy.jacobian(third)(X) @ V == pytest.approx(wanted, rel=1e-12)
    assert adpy.taylor(third, X, V, 2)[1] == pytest.approx(wanted, rel=1e-12)


def test_gradient_of_a_coefficient_by_differences():
    step = 1e-4
    wanted = [(third(X + step * e) - third(X - step * e)) / (2 * step) for e in np.eye(2)]
    np.testing.assert_allclose(adpy.grad(third)(X), wanted, rtol=1e-6)


def test_gradient_by_the_direction():
    """A coefficient of order k is homogeneous of degree k in the direction."""

    def of_direction(v):
        return adpy.taylor(program, X, v, 3)[3]

    assert adpy.grad(of_direction)(V) @ V == pytest.approx(3 * of_direction(V), rel=1e-12)


@pytest.mark.parametrize("inner", [adpy.grad, adpy.derivative])
def test_expansion_of_a_derivative(inner):
    found = adpy.taylor(lambda t: inner(lambda y: np.exp(2 * y) * y)(t), 0.3, 1.0, 5)
    wanted = adpy.taylor(lambda y: np.exp(2 * y) * y, 0.3, 1.0, 6)
    np.testing.assert_allclose(found, [k * wanted[k] for k in range(1, 7)], rtol=1e-12)


def test_expansion_of_a_gradient():
    found = adpy.taylor(lambda t: adpy.grad(program)(X + t * V) @ V, 0.0, 1.0, 4)
    wanted = adpy.taylor(program, X, V, 5)
    np.testing.assert_allclose(found, [k * wanted[k] for k in range(1, 6)], rtol=1e-11)


def test_expansion_of_a_hessian():
    found = adpy.taylor(lambda x: adpy.jacobian(adpy.grad(program))(x), X, V, 2)
    hessian = adpy.jacobian(adpy.grad(program))
    wanted = adpy.jvp(hessian, X, V)[1]
    np.testing.assert_allclose(found[1], wanted, rtol=1e-11)


def test_no_confusion_of_perturbations():
    found = adpy.taylor(lambda x: x * adpy.taylor(lambda y: x + y, 1.0, 1.0, 2)[1], 2.0, 1.0, 2)
    np.testing.assert_array_equal(found, [2.0, 1.0, 0.0])
    found = adpy.taylor(lambda x: adpy.taylor(lambda y: x * y * y, x, 1.0, 2)[1], 3.0, 1.0, 2)
    np.testing.assert_array_equal(found, [18.0, 12.0, 2.0])


def test_expansion_in_an_expansion():
    found = adpy.taylor(lambda t: adpy.taylor(np.sin, t, 1.0, 3), 0.3, 1.0, 3)
    wanted = [
        [math.sin(0.3 + (j + k) * math.pi / 2) / math.factorial(j) / math.factorial(k) for k in range(4)]
        for j in range(4)
    ]
    np.testing.assert_allclose(found, wanted, atol=1e-15)


def test_learning_rate_through_steps_of_descent():
    """Meta-learning: coefficients of the loss after descent steps, by the learning rate."""

    def loss(w):
        return np.sum((w - 1.0) ** 2 * np.array([1.0, 3.0]))

    def after(rate):
        w = np.zeros(2)
        for _ in range(3):
            w = w - rate * adpy.grad(loss)(w)
        return loss(w)

    found = adpy.taylor(after, 0.1, 1.0, 6)
    # The errors shrink by 1 - 2 rate and 1 - 6 rate in each step.
    wanted = adpy.taylor(lambda r: (1 - 2 * r) ** 6 + 3 * (1 - 6 * r) ** 6, 0.1, 1.0, 6)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)


def test_stop_gradient():
    found = adpy.taylor(lambda x: x * adpy.stop_gradient(x), 3.0, 1.0, 2)
    np.testing.assert_array_equal(found, [9.0, 3.0, 0.0])


class TestPrimitives:
    """Rules that users define."""

    def check(self, function, at=2.0):
        found = adpy.taylor(lambda x: function(x) * x, at, np.ones_like(at)[()], 4)
        wanted = adpy.taylor(lambda x: x**4, at, np.ones_like(at)[()], 4)
        np.testing.assert_allclose(found, wanted, rtol=1e-12)

    def test_tangents(self):
        @adpy.primitive
        def cube(x):
            return math.pow(x, 3)

        @cube.defjvp
        def rule(primals, tangents, y):
            return 3 * cube(primals[0]) / primals[0] * tangents[0]

        self.check(cube)

    def test_partials(self):
        @adpy.primitive
        def cube(x):
            return np.asarray(x) ** 3

        @cube.defpartials
        def rule(x, y):
            return (3 * x * x,)

        self.check(cube)
        self.check(cube, np.array([1.0, 2.0]))

    def test_root(self):
        def newton(residual, x):
            for _ in range(60):
                x = x - residual(x) / (3 * x**2)
            return x

        def root(a):
            return adpy.custom_root(lambda x: x**3 - a, np.ones(2), newton)

        at = np.array([2.0, 3.0])
        found = adpy.taylor(root, at, np.ones(2), 4)
        np.testing.assert_allclose(found, adpy.taylor(np.cbrt, at, np.ones(2), 4), rtol=1e-10)
