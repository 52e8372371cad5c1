"""Results that cannot be differentiated, tangents and cotangents that do not fit, and errors of the user's function."""

import math
from fractions import Fraction

import numpy as np
import pytest

import adpy
from tests.api.misuse import TRANSFORMS, X, refused, state_is_left_as_it_was

pytestmark = pytest.mark.usefixtures(state_is_left_as_it_was.__name__)


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
