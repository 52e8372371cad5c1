"""Operands of fewer digits than the result: partials have the digits of the result."""

import numpy as np
import pytest

import adpy

NARROW = np.float32(9.3)
WIDE = float(NARROW)


@pytest.mark.parametrize("x", [np.float64(2.0), np.array([2.0, -0.5])])
def test_a_narrow_constant(x):
    _, found = adpy.jvp(lambda x: x / NARROW, (x,), (np.ones_like(x),))
    np.testing.assert_allclose(found, 1 / WIDE * np.ones_like(x), rtol=1e-15)


def test_a_narrow_array():
    x, c = np.array([2.0, -0.5]), np.array([9.3, 0.1], np.float32)
    _, found = adpy.jvp(lambda x: np.arctan2(c, x), (x,), (np.ones(2),))
    wide = c.astype(float)
    np.testing.assert_allclose(found, -wide / (x**2 + wide**2), rtol=1e-15)


def test_a_narrow_variable():
    x, c = np.array([2.0, -0.5], np.float32), np.array([9.3, 0.1])
    _, found = adpy.jvp(lambda x: c / x, (x,), (np.ones(2, np.float32),))
    np.testing.assert_allclose(found, -c / x.astype(float) ** 2, rtol=1e-15)


def test_complex():
    _, found = adpy.jvp(lambda z: np.abs(z / np.complex64(3 + 4j)), (np.array([5.0 + 0j]),), (np.array([1.0 + 0j]),))
    np.testing.assert_allclose(found, [0.2], rtol=1e-15)
