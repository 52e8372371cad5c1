"""Operations on constants, and those that give back an operand to the last bit."""

import math

import numpy as np
import pytest

import adpy


def optimised(f, *args):
    p = adpy.record(f, *args, passes=["constant folding"])
    return p, p.stats()["recordings"][0]["optimised"]["constant folding"][0]


@pytest.mark.parametrize(
    "f, count",
    [
        (lambda x: x * 1.0, 1),
        (lambda x: 1.0 * x, 1),
        (lambda x: x / 1.0, 1),
        (lambda x: x - 0.0, 1),
        (lambda x: x + -0.0, 1),
        (lambda x: x**1.0, 1),
        (lambda x: x + 0.0, 0),
        (lambda x: x * 1.5, 0),
        (lambda x: 1.0 / x, 0),
        (lambda x: 0.0 - x, 0),
        (lambda x: x * x, 0),
    ],
)
def test_neutral_operands(f, count):
    p, found = optimised(f, 2.5)
    assert found == count
    for x in (2.5, 3.0, 0.5):
        assert p(x) == f(x) and p.gradient(x) == adpy.grad(f)(x)


@pytest.mark.parametrize("x", [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7e308])
def test_special_values_to_the_last_bit(x):
    def f(x):
        return x * 1.0, x / 1.0, x - 0.0, x + -0.0, x + 0.0

    p, count = optimised(f, 1.5)
    assert count == 4
    assert [np.float64(y).tobytes() for y in p(x)] == [np.float64(y).tobytes() for y in f(x)]


def test_entries_of_constants():
    def f(x):
        u = np.array([x, 2.0, 3.0])
        return u[0] * (u[1] * u[2])

    p, _ = optimised(f, 2.0)
    assert p.gradient(5.0) == 6.0


def test_a_chain_of_neutral_operations():
    def f(x):
        y = x
        for _ in range(20):
            y = y * 1.0
        return y * x if y > 1.0 else x

    p, count = optimised(f, 2.0)
    assert count == 20
    assert [p.gradient(x) for x in (3.0, 0.5)] == [6.0, 1.0]
