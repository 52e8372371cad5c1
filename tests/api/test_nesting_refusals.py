"""Conversions inside an inner transform, of values that only an outer transform differentiates: kept or refused."""

import struct

import numpy as np
import pytest
from scipy import ndimage

import adpy
from adpy.errors import TracedValueError


def buffer(x):
    """A buffer of the innermost transform that holds a value of an outer one."""
    b = np.zeros(5)
    b[2] = x
    return b


def filtered(x):
    return ndimage.gaussian_filter(buffer(x), 1.0)[2]


def in_bytes(x):
    return buffer(x).tobytes()[23] * 1.0


def packed(x):
    return struct.unpack("d", struct.pack("d", buffer(x)[2:3].reshape(())))[0]


def ratio(x):
    return buffer(x)[2].item().as_integer_ratio()[0] * 1.0


def converted(x):
    return float(buffer(x)[2:3].reshape(())) ** 2


def written(x):
    return len("%.3f" % buffer(x)[2]) * x  # noqa: UP031


INNER = {
    "grad": lambda f: adpy.grad(f)(1.0),
    "jvp": lambda f: adpy.jvp(f, 1.0, 1.0)[1],
    "hvp": lambda f: adpy.hvp(f)(1.0, 1.0),
    "taylor": lambda f: adpy.taylor(f, 1.0, 1.0, 1)[1],
    "batch": lambda f: adpy.batch(adpy.grad(f))(np.ones(2))[0],
}


@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("f", [filtered, in_bytes, packed, ratio])
def test_what_would_drop_the_outer_derivative_is_refused(f, inner):
    def slope(x):
        return INNER[inner](lambda y: y * y * f(x))

    assert slope(2.5) == 2.0 * f(2.5)
    for outer in (adpy.grad, adpy.derivative):
        with pytest.raises(TracedValueError):
            outer(slope)(2.5)


@pytest.mark.parametrize("inner", INNER)
def test_numbers_keep_the_outer_derivative(inner):
    assert adpy.grad(lambda x: INNER[inner](lambda y: y * y * converted(x)))(2.5) == 10.0
    assert adpy.derivative(lambda x: INNER[inner](lambda y: y * y * written(x)))(2.5) == 10.0
