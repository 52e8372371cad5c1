"""What the tests of misuse share: the transforms, the check of a message, the check that nothing is changed."""

import cmath
import math

import numpy as np
import pytest

import adpy
from adpy import capture
from adpy.errors import ArgumentError

__all__ = ["TRANSFORMS", "X", "refused", "state_is_left_as_it_was"]

X = np.array([0.3, 0.5, 0.7])
ORIGINALS = {
    (module, name): getattr(module, name)
    for module, names in ((np, ("zeros", "array", "sin", "sum")), (math, ("sin", "exp")), (cmath, ("exp",)))
    for name in names
}

TRANSFORMS = {
    "grad": lambda f, x: adpy.grad(f)(x),
    "value_and_grad": lambda f, x: adpy.value_and_grad(f)(x),
    "forward jacobian": lambda f, x: adpy.jacobian(f, mode="forward")(x),
    "reverse jacobian": lambda f, x: adpy.jacobian(f, mode="reverse")(x),
    "jvp": lambda f, x: adpy.jvp(f, (x,), (x,)),
    "vjp": lambda f, x: adpy.vjp(f, x),
    "derivative": lambda f, x: adpy.derivative(f)(x),
}


def filling(x):
    """A function that needs replaced names: it works only while and if everything is in order."""
    out = np.zeros(3)
    for i in range(3):
        out[i] = math.sin(x[i]) * x[i]
    return out.sum()


@pytest.fixture
def state_is_left_as_it_was():
    """After the error the next gradient is right, names are NumPy's, and no trace is open."""
    yield
    for (module, name), original in ORIGINALS.items():
        assert getattr(module, name) is original, name
    assert capture.frame() is None
    np.testing.assert_allclose(adpy.grad(filling)(X), np.cos(X) * X + np.sin(X))
    np.testing.assert_allclose(adpy.jvp(filling, X, np.ones(3))[1], np.sum(np.cos(X) * X + np.sin(X)))


def refused(call, *words):
    """``call`` raises an ArgumentError with all the words in its message; it is a TypeError and a ValueError."""
    with pytest.raises(ArgumentError) as caught:
        call()
    message = str(caught.value)
    for word in words:
        assert word in message, message
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, ValueError)
    assert caught.value.argument and caught.value.expected and caught.value.got
