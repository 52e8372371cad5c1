"""Derivatives by differences, on request: closed forms, orders, errors, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from adpy.custom.differences import derivative_at_zero
from adpy.errors import ArgumentError, NonDifferentiableError
from tests.custom.boxes import TRANSFORMS, Spring

X = np.array([0.7, 0.4, -0.9])


def cubes(x, scale):
    """Opaque to adpy."""
    return np.array([scale * math.pow(v, 3) for v in x])


def loss(f):
    """A function of an array, around ``f``."""
    return lambda x: np.sum(np.sin(x) * f(x, x[0] + 1.0))


@pytest.mark.parametrize("transform", [name for name in TRANSFORMS if "three" not in name])
def test_as_the_transparent_function(transform):
    change = TRANSFORMS[transform]
    found = change(loss(adpy.numerical(cubes)))(X)
    expected = change(loss(lambda x, scale: scale * x**3))(X)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 5), st.floats(1e-6, 1e6))
def test_of_any_magnitude(place, unit):
    sine = adpy.numerical(lambda x: math.sin(x / unit))
    found = adpy.derivative(sine)(place * unit)
    assert abs(found * unit - math.cos(place)) < 1e-7


def test_third_derivative():
    third = adpy.derivative(adpy.derivative(adpy.derivative(adpy.numerical(math.exp))))
    assert abs(third(1.0) - math.e) < 1e-5


def test_trees_static_arguments_and_counts():
    @adpy.numerical(static="power")
    def energy(spring, load, *, power):
        assert type(spring.lengths) is np.ndarray and spring.name == "soft" and type(load["n"]) is int
        return {"e": float(spring.stiffness * np.sum(spring.lengths**power)), "n": load["n"], "q": load["q"] * 2}

    def function(x):
        y = energy(Spring(x[0], x[1:], "soft"), {"n": 3, "q": x[2]}, power=3)
        return y["e"] * y["n"] * y["q"]

    expected = adpy.grad(lambda x: x[0] * np.sum(x[1:] ** 3) * 3 * 2 * x[2])(X)
    np.testing.assert_allclose(adpy.grad(function)(X), expected, rtol=1e-9)
    np.testing.assert_allclose(adpy.jacobian(function, mode="forward")(X), expected, rtol=1e-9)


def test_complex_operands_and_results():
    square = adpy.numerical(lambda z: np.array([abs(v) ** 2 + 1j * v for v in z]))
    z = np.array([3 + 4j, -1j])

    def function(square):
        return lambda z: np.sum(np.real(square(z) ** 2))

    expected = adpy.grad(function(lambda z: abs(z) ** 2 + 1j * z))(z)
    np.testing.assert_allclose(adpy.grad(function(square))(z), expected, rtol=1e-9)


def test_single_precision():
    found = adpy.grad(adpy.numerical(lambda x: x * x))(np.float32(1.3))
    assert type(found) is np.float32
    assert abs(found - 2.6) < 1e-4


def test_number_of_calls():
    calls = []
    counted = adpy.numerical(lambda x: calls.append(0) or np.sum(x**2), levels=4)
    adpy.jvp(counted, X, X)
    forward = len(calls)
    calls.clear()
    adpy.grad(counted)(X)
    assert forward <= 2 * 4 + 2
    assert len(calls) <= 3 * 2 * 4 + 2


@pytest.mark.parametrize("order", [2, 4, 6])
def test_order(order):
    """The error of a step goes with its power."""

    def error(size):
        middle = np.array([np.exp(1.0)])
        slope, _ = derivative_at_zero(lambda h: np.array([np.exp(1.0 + h)]), middle, size, order // 2 + 1, order)
        return abs(slope[0] - np.e)

    rate = math.log2(error(0.8) / error(0.4))
    assert abs(rate - order) < 0.3


def test_estimates_cover_the_errors():
    for function, slope in ((math.exp, math.exp), (math.sin, math.cos), (lambda x: 1 / x, lambda x: -1 / x**2)):
        for x in (0.3, 1.0, 2.5):
            found, error = adpy.numerical(lambda x, f=function: f(x), static="f").jvp_with_error(x, tangents=(1.0,))
            assert abs(found - slope(x)) <= error + 1e-13
            assert error < 1e-7


def test_noise_is_met_by_a_larger_step():
    def noisy(x):
        return round(math.exp(x), 5)

    with pytest.raises(NonDifferentiableError, match=r"differences of 'noisy' do not converge.*step="):
        adpy.derivative(adpy.numerical(noisy, step=1e-4))(1.0)
    assert abs(adpy.derivative(adpy.numerical(noisy, step=0.5, max_error=1e-2))(1.0) - math.e) < 1e-2


@pytest.mark.parametrize(("function", "x"), [(abs, 0.0), (lambda x: float(x > 1.0), 1.0), (math.sqrt, 0.0)])
def test_kinks_and_jumps_are_refused(function, x):
    box = adpy.numerical(lambda x: function(abs(x)) if function is math.sqrt else function(x))
    with pytest.raises(NonDifferentiableError):
        adpy.grad(box)(x)


def test_all_is_accepted_on_request():
    assert adpy.grad(adpy.numerical(lambda x: abs(x), max_error=None))(0.0) == 0.0


def test_a_function_that_does_not_depend_on_its_argument():
    assert adpy.grad(adpy.numerical(lambda x: 3.0))(2.0) == 0.0


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"step": 0}, "step"),
        ({"step": "small"}, "step"),
        ({"levels": 1}, "levels"),
        ({"levels": 2.5}, "levels"),
        ({"order": 3}, "order"),
        ({"order": 14}, "order"),
        ({"max_error": 0}, "max_error"),
        ({"static": "n"}, "static"),
    ],
)
def test_bad_settings(options, name):
    with pytest.raises(ArgumentError, match=name):
        adpy.numerical(lambda x: x, **options)


def test_static_is_no_reserved_name():
    box = adpy.numerical(lambda static, _missing=1.0: static**2 * _missing)
    assert abs(adpy.grad(box)(3.0) - 6.0) < 1e-9
