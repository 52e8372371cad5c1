"""Groups of elementwise operations, and scalar operations between them."""

import math

import numpy as np
import pytest

import adpy

X = np.linspace(0.2, 1.4, 40)


def between(x, a, b):
    y = a / b * x * x
    q = math.sin(a) * b**2
    return np.sum(np.cos(y + q * x))


def reading(x, a, b):
    y = a / b * x * x
    q = y[3] * b
    return np.sum(np.cos(y + q * x))


def reading_an_input(x, a, b):
    y = a / b * x * x
    q = x[3] * b
    return np.sum(np.cos(y + q * x))


def reading_what_is_written(x, a, b):
    y = x.copy()
    y[5:] = a * y[:-5]
    q = y[7] * b
    y[:5] = q * x[5:10]
    return np.sum(np.sin(y) * (y[2] + q))


def many(x, a, b):
    y = x
    for k in range(60):
        y = np.sin(y + 0.1 * k) * a
        a = a / (1 + b) + 0.3
    return np.sum(y * a)


@pytest.mark.parametrize("function", [between, reading, reading_an_input, reading_what_is_written, many])
def test_scalars_between_arrays(function):
    def of_all(args):
        return function(*args)

    p = adpy.record(of_all, (X, 0.7, 1.3))
    for args in ((X, 0.7, 1.3), (X[::-1].copy(), 1.1, 0.6)):
        assert p(args) == pytest.approx(function(*args), rel=1e-12)
        for ours, expected in zip(p.gradient(args), adpy.grad(of_all)(args), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-12 * np.max(np.abs(expected)))


def test_operations_before_and_after_scalars_are_one_group():
    groups = [adpy.record(f, X, 0.7, 1.3).stats()["recordings"][0]["groups"] for f in (between, reading)]
    assert groups == [2, 3]  # the sum is one of them
