"""Dual numbers behave as the plain numbers they stand for, and carry the derivative."""

import cmath
import math
import operator

import numpy as np
import pytest

import adpy
from adpy import derivative

BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.floordiv, operator.mod,
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]  # fmt: skip
NUMBERS = [0.7, -0.7, 0.0, 2.5, -3.0, float("inf"), float("nan")]
OTHERS = [*NUMBERS, 2, -1, 0, True]


def plain(function, *args):
    """The result of a plain call, or the type of its error."""
    try:
        with np.errstate(all="ignore"):
            return function(*args)
    except Exception as error:
        return type(error)


def seen(function, x, *args):
    """What the function gives for a dual number ``x``."""

    def traced(x):
        result = function(x, *args)
        found.append((type(result), result.__class__))
        return result

    found = []
    try:
        with np.errstate(all="ignore"):
            value, _ = adpy.jvp(traced, x, type(x)(1.0))
    except Exception as error:
        return type(error)
    return value


def same(a, b):
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    return type(a) is type(b) and (a == b or (a != a and b != b) or cmath.isclose(a, b, rel_tol=1e-15))


@pytest.mark.parametrize("operation", BINARY)
@pytest.mark.parametrize("kind", [float, np.float64])
def test_results_types_and_errors_are_those_of_plain_numbers(operation, kind):
    wrong = []
    for a in map(kind, NUMBERS):
        for b in OTHERS:
            for call in (operation, lambda x, y: operation(y, x)):
                expected, found = plain(call, a, b), seen(call, a, b)
                complex_power = operation is operator.pow and isinstance(expected, complex)  # may be numpy.complex128
                if not (same(expected, found) or (complex_power and np.isclose(expected, found, rtol=1e-12))):
                    wrong.append((a, b, expected, found))
    assert not wrong, wrong[:8]


def test_a_dual_float_is_a_float():
    assert derivative(lambda x: x * isinstance(x, float) * (not isinstance(x, np.float64)))(2.0) == 1.0
    assert derivative(lambda x: x * isinstance(x, np.float64))(np.float64(2.0)) == 1.0


def test_values_are_immutable():
    def f(x):
        y = x
        y += 1.0
        return x * y

    assert derivative(f)(2.0) == 5.0


@pytest.mark.parametrize("other", [2.0, 2, np.float64(2.0), np.array(2.0), np.array([2.0]), np.float32(2.0)])
@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
def test_derivatives_with_constants(operation, other):
    step = 1e-30
    for x in (1.3, 0.4):
        for call in (operation, lambda x, y: operation(y, x)):
            expected = call(x + 1j * step, np.asarray(other, float)).imag / step
            rtol = 1e-6 if isinstance(other, np.float32) else 1e-12
            np.testing.assert_allclose(derivative(call)(x, other), expected, rtol)


@pytest.mark.parametrize("name", ["sin", "log", "sqrt", "exp", "atan", "erf", "gamma", "lgamma", "expm1"])
def test_math_functions(name):
    x, h = 0.8, 1e-6
    function = getattr(math, name)
    expected = (function(x + h) - function(x - h)) / (2 * h)
    np.testing.assert_allclose(derivative(lambda x: getattr(math, name)(x))(x), expected, rtol=1e-8)
    value, tangent = adpy.jvp(lambda x: getattr(math, name)(x), x, 1.0)
    assert type(value) is float and type(tangent) is float and value == function(x)


def test_math_errors_are_those_of_math():
    with pytest.raises(ValueError, match="math domain error"):
        derivative(lambda x: math.log(x))(-1.0)
    with pytest.raises(ZeroDivisionError):
        derivative(lambda x: 1.0 / x)(0.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, z: np.sqrt(z) * x,
        lambda x, z: z**0.5 * x,
        lambda x, z: np.arctan2(z, z) + x,
        lambda x, z: np.log(1.0 + 0.0 * z) + x,
        lambda x, z: abs(z) + x,
        lambda x, z: np.hypot(z, 0.0) + x,
        lambda x, z: np.maximum(np.sqrt(z), -1.0) + x,
    ],
)
def test_a_zero_tangent_wins_over_an_infinite_partial(function):
    for z in (0.0, np.float64(0.0)):
        _, tangent = adpy.jvp(function, (3.0, z), (1.0, type(z)(0.0)))
        assert np.isfinite(tangent)
    _, tangent = adpy.jvp(lambda x: function(x[0], x[1:])[0], np.array([3.0, 0.0]), np.array([1.0, 0.0]))
    assert np.isfinite(tangent)


def test_double_where():
    for mode in ("forward", "reverse"):
        safe = adpy.jacobian(lambda z: np.where(z > 0, np.sqrt(z), 0.0), mode=mode)(np.array([0.0, 4.0]))
        np.testing.assert_array_equal(safe, [[0.0, 0.0], [0.0, 0.25]])


class TestConstructor:
    def test_arithmetic(self):
        x = adpy.Dual(2.0, 1.0)
        y = x * x + np.sin(x)
        assert y.primal == 4.0 + np.sin(2.0)
        np.testing.assert_allclose(y.tangent, 4.0 + np.cos(2.0))
        assert isinstance(y, adpy.Dual) and not isinstance(2.0, adpy.Dual)

    def test_arrays_are_copied(self):
        value, tangent = np.array([1.0, 2.0]), np.array([1.0, 0.0])
        x = adpy.Dual(value, tangent)
        x[0] *= 3.0
        np.testing.assert_array_equal(value, [1.0, 2.0])
        np.testing.assert_array_equal(tangent, [1.0, 0.0])
        np.testing.assert_array_equal(x.tangent, [3.0, 0.0])

    def test_tangent_is_zero_by_default(self):
        assert (adpy.Dual(3) * adpy.Dual(2.0, 1.0)).tangent == 3.0

    @pytest.mark.parametrize("arguments", [("a", 1.0), (1.0, [1.0, 2.0]), ([1.0], [1j]), (None,)])
    def test_wrong_arguments(self, arguments):
        with pytest.raises(adpy.errors.ArgumentError):
            adpy.Dual(*arguments)
