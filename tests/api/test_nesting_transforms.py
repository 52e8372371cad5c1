"""Transforms of transforms: Jacobians of Jacobians, pullbacks of pullbacks, third derivatives; against closed forms."""

import itertools

import numpy as np
import pytest

from adpy import derivative, grad, jacobian, jvp, vjp

MODES = ("forward", "reverse")
X, U, V = np.array([0.3, 0.7, -0.4]), np.array([0.3, 0.2, -0.7]), np.array([1.0, -0.5, 0.2])


def f(x):
    y = np.zeros(3)
    y[0] = x[0] ** 2 * x[1]
    y[1:] = [np.sin(x[1] * x[2]), np.exp(x[0])]
    y[2] *= x[2]
    return y


def first():
    """The Jacobian of ``f`` at ``X``."""
    a, b, c = X
    cosine, e = np.cos(b * c), np.exp(a)
    return np.array([[2 * a * b, a * a, 0], [0, c * cosine, b * cosine], [e * c, 0, e]])


def second():
    """Its second derivatives, the component first."""
    a, b, c = X
    s, k, e = np.sin(b * c), np.cos(b * c) - b * c * np.sin(b * c), np.exp(a)
    return np.array(
        [
            [[2 * b, 2 * a, 0], [2 * a, 0, 0], [0, 0, 0]],
            [[0, 0, 0], [0, -c * c * s, k], [0, k, -b * b * s]],
            [[e * c, 0, e], [0, 0, 0], [e, 0, 0]],
        ]
    )


@pytest.mark.parametrize(("inner", "outer"), [*itertools.product(MODES, MODES)])
def test_jacobian_of_jacobian(inner, outer):
    np.testing.assert_allclose(jacobian(jacobian(f, mode=inner), mode=outer)(X), second(), rtol=1e-13, atol=1e-15)


def cubic(x):
    z = np.empty_like(x)
    z[...] = x
    z *= x
    z[1:] += x[:-1] * x[1:]
    return np.sum(z * x) + np.prod(x)


def third():
    """Third derivatives of ``cubic``, a polynomial of third degree, by polarization."""
    e = np.eye(3)
    t = np.zeros((3, 3, 3))
    for i, j, k in np.ndindex(3, 3, 3):
        for signs in itertools.product((1, -1), repeat=3):
            t[i, j, k] += np.prod(signs) * cubic(signs[0] * e[i] + signs[1] * e[j] + signs[2] * e[k]) / 8
    return t


@pytest.mark.parametrize(("inner", "middle", "outer"), [*itertools.product(("grad", *MODES), MODES, MODES)])
def test_third_derivatives(inner, middle, outer):
    slope = grad(cubic) if inner == "grad" else jacobian(cubic, mode=inner)
    found = jacobian(jacobian(slope, mode=middle), mode=outer)(X)
    np.testing.assert_allclose(found, third(), rtol=1e-13, atol=1e-13)


def pulled(x):
    return vjp(f, x)[1](U)[0]


def pushed(x):
    return jvp(f, x, V)[1]


def test_pullback_and_pushforward_of_each():
    weighted = np.einsum("i,ijk,k", U, second(), V)
    np.testing.assert_allclose(vjp(pulled, X)[1](V)[0], weighted, rtol=1e-13)
    np.testing.assert_allclose(jvp(pulled, X, V)[1], weighted, rtol=1e-13)
    np.testing.assert_allclose(vjp(pushed, X)[1](U)[0], weighted, rtol=1e-13)
    np.testing.assert_allclose(jvp(pushed, X, V)[1], second() @ V @ V, rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(grad(lambda x: U @ pushed(x))(X), weighted, rtol=1e-13)
    np.testing.assert_allclose(jacobian(pulled)(X), np.einsum("i,ijk", U, second()), rtol=1e-13)


def test_derivatives_by_cotangents_and_tangents():
    np.testing.assert_allclose(grad(lambda u: V @ vjp(f, X)[1](u)[0])(U), first() @ V, rtol=1e-13)
    np.testing.assert_allclose(jvp(lambda u: vjp(f, X)[1](u)[0], U, U)[1], U @ first(), rtol=1e-13)
    np.testing.assert_allclose(grad(lambda v: U @ jvp(f, X, v)[1])(V), U @ first(), rtol=1e-13)
    np.testing.assert_allclose(jacobian(lambda u: vjp(f, X)[1](u)[0])(U), first().T, rtol=1e-13)


@pytest.mark.parametrize("outer", [grad, derivative])
class TestPullbackMadeBefore:
    """A pullback of an earlier transform is a linear function like any other."""

    def test_of_arrays(self, outer):
        _, pullback = vjp(f, X)
        found = outer(lambda s: np.sum(pullback(U * s**2)[0] * V))(3.0)
        np.testing.assert_allclose(found, 6 * U @ first() @ V, rtol=1e-13)
        np.testing.assert_allclose(pullback(U)[0], U @ first(), rtol=1e-13)

    def test_of_numbers(self, outer):
        _, pullback = vjp(lambda x, y: x * x * y, 3.0, 2.0)
        assert outer(lambda s: pullback(s * s)[0] * s)(2.0) == 3 * 4 * 12.0

    def test_of_loops_over_entries(self, outer):
        def running(x):
            y = np.zeros(4)
            for i in range(3):
                y[i + 1] = y[i] * 0.5 + np.sin(x[i]) * x[0]
            return y

        _, pullback = vjp(running, X)
        bar = np.arange(4.0)
        found = outer(lambda s: pullback(bar * s**3)[0] @ V)(1.0)
        np.testing.assert_allclose(found, 3 * bar @ jacobian(running)(X) @ V, rtol=1e-13)

    def test_in_a_transform_in_which_it_was_made(self, outer):
        def scaled(s):
            _, pullback = vjp(f, X)
            return pullback(U * s * s)[0] @ V

        np.testing.assert_allclose(outer(scaled)(3.0), 6 * U @ first() @ V, rtol=1e-13)


@pytest.mark.parametrize("mode", MODES)
def test_jacobian_inside_a_function(mode):
    def squared(t):
        return np.sum(jacobian(f, mode=mode)(X * t) ** 2)

    for outer in (grad, derivative):
        expected = 2 * np.sum(first() * (second() @ X))
        np.testing.assert_allclose(outer(squared)(1.0), expected, rtol=1e-13)


def test_trees_through_two_levels():
    def outer(p):
        inner = grad(lambda q: q["a"] ** 2 * np.sum(q["b"] * p["b"]) * p["a"])({"a": p["a"], "b": p["b"] ** 2})
        return inner["a"] + np.sum(inner["b"])

    found = grad(outer)({"a": 2.0, "b": np.array([1.0, 3.0])})
    # 2 a**2 sum(b**3) + a**3 sum(b)
    assert found["a"] == 4 * 2 * 28 + 3 * 4 * 4
    np.testing.assert_allclose(found["b"], 6 * 4 * np.array([1.0, 9.0]) + 8)


def test_complex_values_between_real_ones():
    def size(t):
        return grad(lambda z: abs(z * z + 1j * t) ** 2)(complex(1.0, 2.0) * t).real

    # The real part of 4 conj(z) (z**2 + i t) at z = (1 + 2i) t is 20 t**3 + 8 t**2.
    assert size(1.0) == 28.0
    for outer in (grad, derivative):
        np.testing.assert_allclose(outer(size)(1.0), 76.0, rtol=1e-14)
        np.testing.assert_allclose(outer(outer(size))(1.0), 136.0, rtol=1e-14)
        np.testing.assert_allclose(outer(outer(outer(size)))(1.0), 120.0, rtol=1e-14)
