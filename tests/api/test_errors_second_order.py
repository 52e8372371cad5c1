"""Misuse of the second-order transforms and of wirtinger; nothing is left changed."""

import numpy as np
import pytest

import adpy
from tests.api.misuse import X, refused, state_is_left_as_it_was

pytestmark = pytest.mark.usefixtures(state_is_left_as_it_was.__name__)


def f(x):
    return np.sum(x**3)


def residual(x):
    return np.sin(x) * x[0]


PRODUCTS = {
    "hvp": lambda v: adpy.hvp(f)(X, v),
    "value_grad_and_hvp": lambda v: adpy.value_grad_and_hvp(f)(X, v),
    "gauss_newton_vp": lambda v: adpy.gauss_newton_vp(residual)(X, v),
}

DIRECTIONS = {
    "too short": (X[:2], "(3,)", "(2,)"),
    "one number": (1.0, "(3,)"),
    "a column": (X[:, None], "(3,)", "(3, 1)"),
    "a list": ([1.0, 0.0, 0.0], "structure"),
    "nothing": (None, "a number or an array"),
    "complex": (1j * X, "float64", "complex128"),
    "objects": (X.astype(object), "object"),
}


@pytest.mark.parametrize("transform", PRODUCTS)
@pytest.mark.parametrize("kind", DIRECTIONS)
def test_direction(kind, transform):
    v, *words = DIRECTIONS[kind]
    refused(lambda: PRODUCTS[transform](v), "v", *words)


def _like(x):
    return x if isinstance(x, np.ndarray | list) else 1.0


SECOND_ORDER = {
    "hvp": lambda f, x: adpy.hvp(f)(x, _like(x)),
    "value_grad_and_hvp": lambda f, x: adpy.value_grad_and_hvp(f)(x, _like(x)),
    "hessian": lambda f, x: adpy.hessian(f)(x),
}

FUNCTIONS = {
    "nothing": (lambda x: None, "a missing return statement?"),
    "text": (lambda x: "a", "str 'a'"),
    "an array": (lambda x: x * 2, "reduce the array, e.g. with .sum()"),
    "a tuple": (lambda x: (x[0], x[1]), "a tuple of 2"),
    "a complex number": (lambda x: x[0] * 1j, "complex128"),
}


@pytest.mark.parametrize("transform", SECOND_ORDER)
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_result(kind, transform):
    function, got = FUNCTIONS[kind]
    refused(
        lambda: SECOND_ORDER[transform](function, X), "result of the differentiated function", "one real number", got
    )


INPUTS = {
    "integers": (np.array([1, 2]), "x.astype(float)"),
    "an integer": (2, "write 2.0"),
    "text": ("a", "floating-point numbers"),
    "integers in a list": ([1, 2], "whole numbers"),
}


@pytest.mark.parametrize("transform", SECOND_ORDER)
@pytest.mark.parametrize("kind", INPUTS)
def test_input(kind, transform):
    x, fix = INPUTS[kind]
    refused(lambda: SECOND_ORDER[transform](f, x), "floating-point numbers", fix)


@pytest.mark.parametrize("transform", [adpy.hvp, adpy.hessian, adpy.value_grad_and_hvp, adpy.gauss_newton_vp])
def test_not_a_function(transform):
    refused(lambda: transform(3.0), "a callable")


def test_works_after_an_error():
    product = adpy.hvp(f)
    refused(lambda: product(X, X[:1]), "v")
    np.testing.assert_allclose(product(X, np.ones(3)), 6 * X)
    np.testing.assert_allclose(adpy.hessian(f)(X), np.diag(6 * X))
