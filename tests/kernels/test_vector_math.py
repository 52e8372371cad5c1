"""Functions without branches: errors in units in the last place beside mpmath, and special values beside NumPy."""

import math

import numba
import numpy as np
import pytest

from adpy.kernels.vector_math import FUNCTIONS

mpmath = pytest.importorskip("mpmath")

BOUND = {"exp": 1.0, "expm1": 1.1, "log": 1.0, "log1p": 1.0, "tanh": 1.8}
"""Units in the last place."""

COUNT = 300


def points(name):
    """Arguments over the whole range, and where the functions change their way."""
    rng = np.random.default_rng(5)
    small = 10.0 ** rng.uniform(-320, 0, COUNT)
    everywhere = 10.0 ** rng.uniform(-323, 308, COUNT)
    near = rng.uniform(-2.0, 2.0, COUNT)
    wide = rng.uniform(-745.0, 710.0, COUNT)
    beside = np.concatenate([np.array([0.35, 0.55, 1.04, 1.3, math.sqrt(0.5), math.sqrt(2.0)])] * 20)
    beside = beside + rng.uniform(-1e-3, 1e-3, beside.size)
    return {
        "exp": [wide, near, small, -small, rng.uniform(-745.2, -700.0, COUNT), rng.uniform(708.0, 709.78, COUNT)],
        "expm1": [wide, near, small, -small, beside, -beside, rng.uniform(-60.0, 60.0, COUNT)],
        "log": [everywhere, np.abs(near), beside, 1.0 + 1e-3 * near, rng.uniform(0.0, 3e-308, COUNT)],
        "log1p": [everywhere, small, np.abs(near) - 0.999, beside, -beside / 1.5, -small[small < 0.5]],
        "tanh": [rng.uniform(-25.0, 25.0, COUNT), near, small, -small, beside, everywhere],
    }[name]


@numba.njit(error_model="numpy")
def entries(function, x):
    """The function of every entry, in a loop that vectorises."""
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = function(x[i])
    return y


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors(name):
    x = np.concatenate(points(name))
    found = entries(FUNCTIONS[name], x)
    with mpmath.workprec(140):
        exact = [getattr(mpmath, name)(mpmath.mpf(float(v))) for v in x]
        errors = [abs(mpmath.mpf(float(y)) - e) / float(np.spacing(abs(float(e)))) for y, e in zip(found, exact)]
        worst = int(np.argmax([float(e) for e in errors]))
    assert errors[worst] < BOUND[name], f"{float(errors[worst])} ulp at {x[worst]!r}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_values(name):
    least, largest = 5e-324, np.finfo(float).max
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, -1.5, least, -least, largest, -largest, 710.0, -746.0])
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(x)
    found = entries(FUNCTIONS[name], x)
    np.testing.assert_allclose(found, expected, rtol=4e-16, atol=0.0)
    np.testing.assert_array_equal(np.signbit(found)[~np.isnan(expected)], np.signbit(expected)[~np.isnan(expected)])


def test_the_scalar_and_the_vector_agree():
    x = np.random.default_rng(0).uniform(-0.9, 5.0, 33)
    for function in FUNCTIONS.values():
        np.testing.assert_array_equal(entries(function, x), [function(v) for v in x])
