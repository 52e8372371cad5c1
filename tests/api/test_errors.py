"""Misuse of every transform: a typed error that names the argument and says the fix, and nothing is left changed."""

import dataclasses
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import adpy
from adpy.errors import AdpyError
from tests.api.misuse import TRANSFORMS, X, refused, state_is_left_as_it_was

pytestmark = pytest.mark.usefixtures(state_is_left_as_it_was.__name__)


# Arguments


@dataclasses.dataclass
class Counts:
    n: int
    name: str


class Labelled:
    """An array with labels, as other libraries have them."""

    def __array__(self, dtype=None, copy=None):
        return np.zeros(2)

    def __repr__(self):
        return "a  0.0\nb  0.0"


INPUTS = {
    "an array of another library": (Labelled(), "write np.asarray(x)"),
    "an integer": (2, "write 2.0 instead of 2"),
    "a flag": (True, "write 2.0"),
    "integers": (np.array([1, 2]), "x.astype(float)"),
    "flags": (np.array([True, False]), "x.astype(float)"),
    "an integer of NumPy": (np.int64(3), "x.astype(float)"),
    "text": ("1.0", "floating-point numbers"),
    "nothing": (None, "got None"),
    "a fraction": (Fraction(1, 2), "write float(x)"),
    "a decimal": (Decimal("0.5"), "write float(x)"),
    "a generator": ((v for v in X), "np.array(list(x))"),
    "a set": ({1.0}, "set"),
    "a function": (math.sin, "builtin_function_or_method"),
    "strings": (np.array(["a"]), "dtype <U1"),
    "dates": (np.array(["2020-01-01"], dtype="M8[D]"), "datetime64"),
    "records": (np.zeros(2, [("a", float)]), "floating-point numbers"),
    "objects": (np.array([1.0, None], object), "object"),
    "objects with text": (np.array([1.0, "a"], object), "floating-point"),
    "a masked array": (np.ma.masked_array(X, X > 0.4), "np.asarray(x)"),
    "integers in a list": ([1, 2], "whole numbers"),
    "integers in a dictionary": ({"a": 1, "b": (2, 3)}, "none in {'a': int 1, 'b': (int 2, int 3)}"),
    "no numbers in a dataclass": (Counts(1, "a"), "none in"),
}


@pytest.mark.parametrize("transform", [t for t in TRANSFORMS if t != "derivative"])
@pytest.mark.parametrize("kind", INPUTS)
def test_input(kind, transform):
    x, fix = INPUTS[kind]
    refused(lambda: TRANSFORMS[transform](lambda x: 1.0, x), fix)


@pytest.mark.parametrize("kind", INPUTS)
def test_input_of_derivative(kind):
    refused(lambda: adpy.derivative(lambda x: 1.0)(INPUTS[kind][0]), "argument 0", "floating-point number")


def test_input_names_the_argument():
    refused(lambda: adpy.grad(lambda a, b: b, argnums=1)(1.0, 2), "argument 1")
    refused(lambda: adpy.grad(lambda a, b: b, argnames="b")(1.0, b=2), "argument 'b'")
    refused(lambda: adpy.grad(lambda d: 1.0)({"k": [1.0, np.ma.masked_array(X)]}), "argument 0['k'][1]")
    refused(lambda: adpy.jvp(lambda a, b: b, (1.0, 2), (1.0, 1.0)), "primals[1]")


def test_arrays_for_derivative():
    refused(lambda: adpy.derivative(np.sum)(X), "adpy.jacobian", "shape (3,)")
    refused(lambda: adpy.derivative(lambda p: p[0])((1.0, 2.0)), "adpy.grad", "a tuple of 2")


def test_integers_beside_floats_are_constants():
    assert adpy.grad(lambda p: p["x"] ** p["n"])({"x": 3.0, "n": 2}) == {"x": 6.0, "n": None}
    assert adpy.grad(lambda x: 0.0)([]) == []


# Functions and which argument


@pytest.mark.parametrize("thing", [3, X, None, "sin", np.float64(0.3)])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_not_a_function(transform, thing):
    refused(lambda: TRANSFORMS[transform](thing, X), "function: expected a callable")


def weighted(x, y=1.0):
    return np.sum(x * y)


ARGNUMS = {
    "too large": (1, "passed to the function (1 of them by position)", "got 1"),
    "too small": (-2, "passed to the function", "got -2"),
    "one of two": ((0, 2), "passed to the function", "got 2"),
    "a flag": (True, "a position", "bool True"),
    "a name": ("x", "names go into argnames", "str 'x'"),
    "a name in a tuple": ((0, "y"), "names go into argnames", "str 'y'"),
    "a float": (1.0, "a position", "float 1.0"),
    "nothing": (None, "a position", "None"),
    "none": ((), "at least one position", "none"),
}


@pytest.mark.parametrize("transform", [adpy.grad, adpy.value_and_grad, adpy.jacobian])
@pytest.mark.parametrize("kind", ARGNUMS)
def test_argnums(kind, transform):
    argnums, *words = ARGNUMS[kind]
    refused(lambda: transform(weighted, argnums=argnums)(X), "argnums", *words)


@pytest.mark.parametrize("argnames", ["z", "y", ("x", "z"), "", (1,), 3])
@pytest.mark.parametrize("transform", [adpy.grad, adpy.jacobian])
def test_argnames(transform, argnames):
    refused(lambda: transform(weighted, argnames=argnames)(X), "argnames", "name")


def test_one_argument_for_derivative():
    refused(lambda: adpy.derivative(weighted, (0, 1)), "argnum", "adpy.jacobian")
    refused(lambda: adpy.derivative(weighted, "y"), "argnum")
    refused(lambda: adpy.derivative(weighted, argname=0), "argname")
    refused(lambda: adpy.derivative(weighted, 2)(1.0), "argnums", "got 2")


def test_argnums_that_are_fine():
    assert adpy.grad(weighted, argnums=np.int64(1))(2.0, 3.0) == 2.0
    assert adpy.grad(weighted, argnums=-1)(2.0, 3.0) == 2.0
    assert adpy.grad(weighted, argnums=1)(2.0, y=3.0) == 2.0
    assert adpy.grad(weighted, argnums=[1, 0])(2.0, 3.0) == (2.0, 3.0)


def test_called_without_arguments():
    refused(lambda: adpy.grad(weighted)(), "argnums", "0 of them by position")


def test_wrong_number_of_arguments_is_the_functions_own_error():
    with pytest.raises(TypeError, match="positional argument") as caught:
        adpy.grad(weighted)(X, X, X)
    assert not isinstance(caught.value, AdpyError)


@pytest.mark.parametrize("mode", ["rev", None, 1, "Forward"])
def test_mode(mode):
    refused(lambda: adpy.jacobian(np.sin, mode=mode), "mode", "forward", "reverse")
