"""Misuse of every transform: a typed error that names the argument and says the fix, and nothing is left changed."""

import cmath
import dataclasses
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import adpy
from adpy import capture
from adpy.errors import AdpyError, ArgumentError

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


@pytest.fixture(autouse=True)
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


# Results


RESULTS = {
    "nothing": (lambda x: None, "None (a missing return statement?)"),
    "text": (lambda x: f"{x[0]}", "str '0.3'"),
    "a generator": (lambda x: (v for v in x), "generator"),
    "a map": (lambda x: map(math.sin, x), "map"),
    "a set": (lambda x: {1.0}, "set"),
    "a function": (lambda x: lambda: x, "function"),
    "a fraction": (lambda x: Fraction(1, 3), "Fraction"),
    "an object": (lambda x: object(), "object"),
    "objects": (lambda x: np.array([None, 1.0]), "an array of objects"),
    "objects with traced numbers": (lambda x: _mixed(x), "an array of objects"),
}


def _mixed(x):
    out = np.empty(2, object)
    out[0], out[1] = x[0], "text"
    return out


@pytest.mark.parametrize("transform", [t for t in TRANSFORMS if t != "derivative"])
@pytest.mark.parametrize("kind", RESULTS)
def test_result(kind, transform):
    function, got = RESULTS[kind]
    refused(lambda: TRANSFORMS[transform](function, X), "result of the differentiated function", got)


@pytest.mark.parametrize("kind", [kind for kind in RESULTS if kind != "a function"])  # it has a derivative
def test_result_of_derivative(kind):
    function, got = RESULTS[kind]
    refused(lambda: adpy.derivative(lambda t: function(t * X))(1.0), "result of the differentiated function", got)


def test_iterator_within_a_result():
    function = lambda x: {"a": x, "b": (v for v in x)}  # noqa: E731
    refused(lambda: adpy.vjp(function, X), "write list(...)", "at ['b']")


NOT_ONE_NUMBER = {
    "an array": (lambda x: x * 2, "reduce the array, e.g. with .sum()", "shape (3,)"),
    "one number in an array": (lambda x: x[:1], "adpy.jacobian", "shape (1,)"),
    "a constant array": (lambda x: np.ones(3), "adpy.jacobian", "shape (3,)"),
    "no number": (lambda x: x[:0], "adpy.jacobian", "shape (0,)"),
    "a tuple": (lambda x: (x[0], x[1]), "has_aux=True", "a tuple of 2"),
    "a list": (lambda x: [x[0]], "adpy.jacobian", "a list of 1"),
    "a dictionary": (lambda x: {"loss": x[0]}, "has_aux=True", "a dict of 1"),
    "a complex number": (lambda x: x[0] * 1j, "holomorphic=True", "complex128"),
    "a Python complex number": (lambda x: 1j, ".real or abs", "complex"),
}


@pytest.mark.parametrize("kind", NOT_ONE_NUMBER)
def test_grad_of_a_non_scalar(kind):
    function, fix, got = NOT_ONE_NUMBER[kind]
    refused(lambda: adpy.grad(function)(X), "one real number", fix, got)
    refused(lambda: adpy.value_and_grad(function)(X), "one real number", fix, got)


@pytest.mark.parametrize("transform", [adpy.grad, adpy.value_and_grad, adpy.jacobian])
@pytest.mark.parametrize("result", [lambda x: x[0], lambda x: [x[0], 1], lambda x: (x[0], 1, 2), lambda x: None])
def test_aux_is_missing(transform, result):
    refused(lambda: transform(result, has_aux=True)(X), "has_aux=True", "a tuple of two")


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


# Tangents


TANGENTS = {
    "too short": (X, X[:2], "tangents[0]", "(3,)"),
    "one number": (X, 1.0, "tangents[0]", "shape of its primal, (3,)"),
    "a column": (X, X[:, None], "tangents[0]", "(3, 1)"),
    "a list": (X, [1.0, 2.0, 3.0], "tangents[0]", "np.array(...)"),
    "nothing": (X, None, "tangents[0]", "a number or an array"),
    "text": (1.0, "1.0", "tangents[0]", "numbers that fit its primal"),
    "complex": (X, 1j * X, "tangents[0]", "float64"),
    "objects": (X, X.astype(object), "tangents[0]", "object"),
    "flags": (X, X > 0.4, "tangents[0]", "bool"),
    "other keys": ({"a": 1.0}, {"b": 1.0}, "tangents[0]", "{'a': float 1.0}", "{'b': float 1.0}"),
    "fewer keys": ({"a": 1.0, "b": 1.0}, {"a": 1.0}, "tangents[0]", "'b': float 1.0"),
    "too few": ((X, 1.0), (X,), "tangents", "2 tangents, one a primal"),
    "no tuple": ((X, 1.0), X, "tangents", "2 tangents, one a primal"),
    "deep": ({"a": [X, 1.0]}, {"a": [X[:1], 1.0]}, "tangents[0]['a'][0]", "(3,)"),
}


@pytest.mark.parametrize("kind", TANGENTS)
def test_tangents(kind):
    primals, tangents, *words = TANGENTS[kind]
    refused(lambda: adpy.jvp(lambda *p: 1.0, primals, tangents), *words)


def test_tangents_that_are_fine():
    def f(d):
        return d["a"] - 2 * d["b"]

    assert adpy.jvp(f, {"a": 1.0, "b": 2.0}, {"b": 10.0, "a": 1.0}) == (-3.0, -19.0)
    assert adpy.jvp(lambda x: x * x, 3.0, 1) == (9.0, 6.0)


# Cotangents


COTANGENTS = {
    "too short": (lambda x: x, X[:2], "shape (3,)", "(2,)"),
    "one number": (lambda x: x, 1.0, "shape (3,)", "()"),
    "an array": (lambda x: x.sum(), X, "shape ()", "(3,)"),
    "a list": (lambda x: x, [1.0, 2.0, 3.0], "np.array(...)", "[float 1.0, float 2.0, float 3.0]"),
    "nothing": (lambda x: x, None, "numbers like those", "None"),
    "text": (lambda x: x.sum(), "a", "numbers like those", "str 'a'"),
    "complex": (lambda x: x, 1j * X, "take .real", "complex128"),
    "complex for a number": (lambda x: math.sin(x[0]), 1j, "take .real", "complex"),
    "objects": (lambda x: x, X.astype(object), "numbers like those", "object"),
    "flags": (lambda x: x, X > 0.4, "numbers like those", "bool"),
    "another structure": (lambda x: {"a": x, "b": x[0]}, X, "structure of the result, {'a': an array", "shape (3,)"),
    "fewer keys": (lambda x: {"a": x, "b": x[0]}, {"a": X}, "'b': a number", "{'a': an array"),
    "a wrong leaf": (lambda x: (x, {"k": x[:2]}), (X, {"k": X}), "y_bar[1]['k']", "shape (2,)"),
    "for a constant": (lambda x: np.ones(2), X, "shape (2,)", "(3,)"),
}


@pytest.mark.parametrize("kind", COTANGENTS)
def test_cotangents(kind):
    function, y_bar, *words = COTANGENTS[kind]
    y, pullback = adpy.vjp(function, X)
    refused(lambda: pullback(y_bar), "y_bar", *words)


def test_pullback_works_after_an_error():
    y, pullback = adpy.vjp(lambda x: x**2, X)
    refused(lambda: pullback(X[:1]), "y_bar")
    np.testing.assert_array_equal(pullback(np.ones(3))[0], 2 * X)


def test_cotangents_that_are_fine():
    _, pullback = adpy.vjp(lambda x: {"a": x * 2, "b": (x[0], "label", 3)}, X)
    for y_bar in ({"a": X, "b": (1.0, None, 0)}, {"b": (1, "label", 0.0), "a": X}):
        np.testing.assert_allclose(pullback(y_bar)[0], [1.6, 1.0, 1.4])


# What the user's function raises


class Mine(Exception):
    pass


@pytest.mark.parametrize("transform", [t for t in TRANSFORMS if t != "derivative"])
def test_errors_of_the_function_pass_through(transform):
    def failing(x):
        out = np.zeros(2)
        out[0] = math.sin(x[0])
        raise Mine(float(np.sum(X)))

    with pytest.raises(Mine, match="1.5"):
        TRANSFORMS[transform](failing, X)


def test_an_error_within_a_nested_transform():
    def outer(x):
        return adpy.grad(lambda y: y * 2.0)(x * x).sum()

    refused(lambda: adpy.grad(outer)(X), "one real number", "reduce")
    refused(lambda: adpy.jvp(outer, X, X), "one real number", "reduce")
