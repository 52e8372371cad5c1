"""Masks, conditions and indices that are written into after they were used: each use has the values of its time."""

import numpy as np
import pytest

import adpy

X = np.array([0.3, -0.2, 0.8])


def where(x):
    mask = np.array([True, False, False])
    y = np.where(mask, x * 2, x * 3)
    mask[1] = True
    return np.sum(np.where(mask, y * 5, y * y))


def comparison(x):
    mask = x > 0
    y = np.where(mask, x * 2, x * 3)
    mask[:] = False
    return np.sum(y**2)


def loop(x):
    wet = np.zeros(3, bool)
    for n in range(7):
        wet[n % 3] = ~wet[n % 3]
        x = np.where(wet, x * 1.1, x - 0.1 * x * x)
    return np.sum(x)


def large(x):
    u, wet = np.zeros(20_000), np.zeros(20_000, bool)
    u[:3] = x
    for n in range(5):
        wet[n % 3] = ~wet[n % 3]
        u = np.where(wet, u * 2, u * u)
    return np.sum(u)


def sum_where(x):
    mask = np.array([True, False, True])
    total = np.sum(x * x, where=mask)
    mask[:] = False
    return total


def multiply_where(x):
    mask, y = np.array([True, False, True]), x * 1
    np.multiply(y, 2 * y, out=y, where=mask)
    mask[:] = False
    return np.sum(y)


def select(x):
    mask = np.array([True, False, True])
    y = np.select([mask, ~mask], [x * 2, x * x])
    mask[:] = False
    return np.sum(y**2)


def compress(x):
    mask = np.array([True, False, True])
    y = np.compress(mask, x)
    mask[:] = [False, True, True]
    return np.sum(y**2)


def take(x):
    indices = np.array([0, 1])
    y = np.take(x, indices)
    indices[:] = 2
    return np.sum(y**2)


def choose(x):
    number = np.array([0, 1, 0])
    y = np.choose(number, [x * 2, x * x])
    number[:] = 1
    return np.sum(y**2)


FUNCTIONS = [where, comparison, loop, large, sum_where, multiply_where, select, compress, take, choose]


def differences(function, x):
    h = 1e-6
    return np.array([(function(x + h * e) - function(x - h * e)) / (2 * h) for e in np.eye(3)])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_reverse_mode(function):
    np.testing.assert_allclose(adpy.grad(function)(X), differences(function, X), atol=1e-7)
    np.testing.assert_allclose(
        adpy.hvp(function)(X, X), differences(lambda x: adpy.grad(function)(x) @ X, X), atol=1e-6
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_programs(function):
    program = adpy.record(function, X)
    assert program(X + 0.01) == pytest.approx(function(X + 0.01), rel=1e-14)
    np.testing.assert_allclose(program.gradient(X + 0.01), differences(function, X + 0.01), atol=1e-7)
