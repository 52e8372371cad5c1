"""Conversions of values that carry a derivative below a batch: kept or refused, also where all samples agree."""

import ctypes
import ctypes.util

import numpy as np
import pytest

import adpy
from adpy.errors import TracedValueError

LIBM = ctypes.CDLL(ctypes.util.find_library("m") or None)
LIBM.tgamma.restype, LIBM.tgamma.argtypes = ctypes.c_double, [ctypes.c_double]
ONES, OTHERS = np.array([[1.5, 2.0], [1.5, 3.0]]), np.array([[1.5, 2.0], [2.5, 3.0]])


def squared(x):
    return float(x[0]) ** 2 * x[1]


def magnitude(x):
    return abs(complex(x[0])) * x[1]


def written(x):
    return len("%.3f" % x[0]) * x[1]  # noqa: UP031


def compiled(x):
    return LIBM.tgamma(x[0]) * x[1]


def looked_up(x):
    return {x[0]: 2.0}[x[0]] * x[1]


def in_bytes(x):
    return x.tobytes()[7] * x[1]


def ratio(x):
    return x[0].as_integer_ratio()[0] * x[1]


@pytest.mark.parametrize("samples", [ONES, OTHERS], ids=["equal", "different"])
@pytest.mark.parametrize("f", [squared, magnitude, written])
def test_numbers_keep_their_derivative(f, samples):
    expected = [adpy.grad(f)(x) for x in samples]
    assert np.allclose(adpy.batch(adpy.grad(f))(samples), expected, rtol=1e-14)
    assert np.allclose(adpy.grad(lambda z: np.sum(adpy.batch(f)(z)))(samples), expected, rtol=1e-14)
    slopes = adpy.batch(lambda x: adpy.jvp(f, x, x)[1])(samples)
    assert np.allclose(slopes, np.sum(np.array(expected) * samples, 1), rtol=1e-14)


@pytest.mark.parametrize("samples", [ONES, OTHERS], ids=["equal", "different"])
@pytest.mark.parametrize("f", [compiled, looked_up, in_bytes, ratio])
def test_what_would_drop_it_is_refused(f, samples):
    for transform in (adpy.batch(adpy.grad(f)), adpy.grad(lambda z: np.sum(adpy.batch(f)(z)))):
        with pytest.raises(TracedValueError):
            transform(samples)
    assert adpy.batch(f)(samples).tolist() == [f(x) for x in samples]
