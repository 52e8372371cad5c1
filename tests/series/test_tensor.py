"""derivative_tensor: against nested Jacobians and closed forms."""

import itertools
import math

import numpy as np
import pytest

import adpy

X = np.array([0.3, 0.7, -0.2])


def function(x):
    return np.sin(x[0] * x[1]) * np.exp(x[2]) + x[0] ** 3 * x[2] ** 2


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_against_nested_jacobians(order):
    wanted = adpy.grad(function)
    for _ in range(order - 1):
        wanted = adpy.jacobian(wanted)
    np.testing.assert_allclose(adpy.derivative_tensor(function, order)(X), wanted(X), rtol=1e-11, atol=1e-12)


def test_sixth_order_of_an_exponential():
    a = np.array([1.0, -2.0])
    found = adpy.derivative_tensor(lambda x: np.exp(a @ x), 6)(np.array([0.1, 0.2]))
    wanted = math.exp(-0.3)
    for _ in range(6):
        wanted = np.multiply.outer(wanted, a)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
    for axes in itertools.islice(itertools.permutations(range(6)), 50):
        np.testing.assert_array_equal(found, found.transpose(axes))


def test_shapes_and_structures():
    x = np.arange(1.0, 5.0).reshape(2, 2)
    found = adpy.derivative_tensor(lambda x: {"square": x * x, "name": "x", "sum": np.sum(x)}, 2)(x)
    assert found["square"].shape == (2, 2, 2, 2, 2, 2) and found["name"] == "x"
    wanted = np.einsum("ai,bj,am,bn->abijmn", *[np.eye(2)] * 4) * 2
    np.testing.assert_allclose(found["square"], wanted, atol=1e-12)
    np.testing.assert_allclose(found["sum"], np.zeros((2, 2, 2, 2)), atol=1e-12)


def test_scalars_and_other_arguments():
    def cubic(scale, x):
        return scale * x**3

    assert adpy.derivative_tensor(cubic, 3, argnum=1)(2.0, 0.5) == pytest.approx(12.0)
    assert adpy.derivative_tensor(cubic, 2, argname="x")(2.0, x=0.5) == pytest.approx(6.0)


def test_under_other_transforms():
    def trace(x):
        return np.trace(adpy.derivative_tensor(function, 2)(x))

    third = adpy.derivative_tensor(function, 3)(X)
    np.testing.assert_allclose(adpy.grad(trace)(X), np.einsum("iij->j", third), rtol=1e-11)
