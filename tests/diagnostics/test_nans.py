"""debug_nans: the first operation and line, in values, tangents and cotangents."""

import inspect
import math

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, NonFiniteError

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def length(x):
    squares = np.sum(x * x)
    return np.sqrt(squares)


def scalar_length(x):
    total = 0.0
    for i in range(3):
        total = total + x[i] * x[i]
    return math.sqrt(total)


def softmax(x):
    powers = np.exp(x)
    return (powers / powers.sum())[0]


def masked(x):
    fine = np.where(x > 0, np.log(np.where(x > 0, x, 0.0)), 0.0)
    bad = np.log(x - 1.0)
    return np.sum(fine * bad)


def in_place(x):
    y = np.zeros(3)
    y[:] = x
    y[1] /= y[2]
    y *= 0.0 * y[1]
    return y.sum()


def steep(x):
    root = np.sqrt(x[0])
    return root * root + x[1]


CASES = [
    (adpy.grad(length), np.zeros(2), "cotangent", "numpy.sqrt", "return np.sqrt(squares)"),
    (adpy.grad(scalar_length), np.zeros(3), "cotangent", "math.sqrt", "return math.sqrt(total)"),
    (lambda x: adpy.vjp(length, x)[1](1.0), np.zeros(2), "cotangent", "numpy.sqrt", "return np.sqrt(squares)"),
    (adpy.grad(softmax), np.array([1000.0, 1.0]), "value", "numpy.exp", "powers = np.exp(x)"),
    (adpy.grad(masked), np.array([2.0, 0.5, -1.0]), "value", "numpy.log", "bad = np.log(x - 1.0)"),
    (masked, np.array([2.0, 0.5, -1.0]), "value", "numpy.log", "bad = np.log(x - 1.0)"),
    (adpy.grad(in_place), np.array([1.0, 2.0, 0.0]), "value", "numpy.divide", "y[1] /= y[2]"),
    (lambda x: adpy.jvp(steep, x, np.ones(2)), np.zeros(2), "tangent", "numpy.sqrt", "root = np.sqrt(x[0])"),
    (adpy.jacobian(lambda x: np.array([steep(x)]), mode="forward"), np.zeros(2), "tangent", "numpy.sqrt", "root ="),
]


@pytest.mark.parametrize(("transform", "x", "quantity", "function", "line"), CASES)
def test_the_origin_is_named(transform, x, quantity, function, line):
    with pytest.raises(NonFiniteError) as caught:
        adpy.debug_nans(transform)(x)
    error = caught.value
    assert (error.quantity, error.function) == (quantity, function)
    assert line in error.location and "test_nans.py" in error.location
    with pytest.raises(FloatingPointError), adpy.debug_nans():
        transform(x) if transform is not masked else adpy.grad(transform)(x)


def test_operands_and_entries_are_named():
    with pytest.raises(NonFiniteError) as caught:
        adpy.debug_nans(adpy.grad(masked))(np.array([2.0, 0.5, -1.0]))
    assert caught.value.index == (1,) and caught.value.operands == ("-0.5",)
    assert "logarithm" in str(caught.value)
    with pytest.raises(NonFiniteError) as caught:
        adpy.debug_nans(adpy.grad(softmax))(np.array([1000.0, 1.0]))
    text = str(caught.value)
    assert text.startswith("numpy.divide made a value nan in entry 0 from inf, inf")
    assert "came from: numpy.exp made a value inf in entry 0 from 1000.0" in text and "overflow" in text


def test_results_are_as_without():
    x = np.array([3.0, 4.0])
    with adpy.debug_nans():
        np.testing.assert_allclose(adpy.grad(length)(x), [0.6, 0.8])
        np.testing.assert_array_equal(adpy.jacobian(lambda x: np.cumsum(x**2))(x), [[6.0, 0.0], [6.0, 8.0]])
        np.testing.assert_allclose(adpy.jvp(scalar_length, np.ones(3), np.ones(3)), [3**0.5, 3**0.5])
    assert adpy.debug_nans(lambda x: x + 1)(1.0) == 2.0


def test_long_streams():
    def f(x):
        total = 0.0
        for _ in range(20_000):
            for xi in x:
                total = total + xi * 0.5
        return math.sqrt(total * total)

    with pytest.raises(NonFiniteError) as caught:
        adpy.debug_nans(adpy.grad(f))([0.0, 0.0, 0.0, 0.0])
    assert caught.value.function == "math.sqrt"


def test_what_reaches_no_result_is_no_error():
    f = adpy.debug_nans(adpy.grad(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0) + np.where(x > 0, np.sqrt(x), 0.0))))
    np.testing.assert_array_equal(f(np.array([-1.0, 1.0, 0.0])), [0.0, 1.5, 0.0])


def test_infinities_on_request():
    assert adpy.debug_nans(adpy.grad(np.sqrt))(0.0) == np.inf
    with pytest.raises(NonFiniteError, match="inf"):
        adpy.debug_nans(adpy.grad(np.sqrt), inf=True)(0.0)
    with adpy.debug_nans(inf=True), pytest.raises(NonFiniteError, match="value inf"):
        adpy.grad(lambda x: np.exp(x))(1000.0)


def test_nested_transforms():
    with pytest.raises(NonFiniteError) as caught:
        adpy.debug_nans(adpy.grad(lambda x: adpy.grad(length)(x).sum()))(np.zeros(2))
    assert caught.value.quantity == "value" and "test_nans.py" in caught.value.location


def test_a_pullback_called_later():
    with adpy.debug_nans():
        _, pullback = adpy.vjp(length, np.zeros(2))
    with pytest.raises(NonFiniteError):
        pullback(1.0)
    assert pullback(0.0)[0].tolist() == [0.0, 0.0]


def test_outside_nothing_changes():
    with adpy.debug_nans():
        pass
    assert np.isnan(adpy.grad(length)(np.zeros(2))).all()


def test_decorator_and_arguments():
    @adpy.debug_nans(inf=True)
    def reciprocal(x):
        """One over x."""
        return 1.0 / x

    assert reciprocal.__doc__ == "One over x." and inspect.unwrap(reciprocal)(2.0) == 0.5
    with pytest.raises(NonFiniteError, match="divi"):
        reciprocal(np.float64(0.0))
    with pytest.raises(ArgumentError, match="function"):
        adpy.debug_nans(3)
