"""check_derivatives finds what is wrong, and says where; stop_gradient drops what it is asked to."""

import math

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError
from adpy.testing import DerivativeMismatch, check_derivatives, differences


def test_right_derivatives_pass():
    report = check_derivatives(lambda x, p: (np.sin(x) * p["k"], [x.sum() ** 2]), np.array([0.3, 0.5]), {"k": 2.0})
    assert report.ok and report.entries == 9 and report.unsure == 0


def test_a_wrong_derivative_is_named():
    def f(x):
        return np.array([x[0] ** 2, x[0] * adpy.stop_gradient(x[1])])

    with pytest.raises(DerivativeMismatch) as caught:
        check_derivatives(f, np.array([1.0, 2.0]))
    report = caught.value.report
    assert {(d.output, d.input) for d in report.disagreements} == {("y[1]", "args[0][1]")}
    assert {d.methods for d in report.disagreements} == {("reverse", "differences"), ("forward", "differences")}
    assert not check_derivatives(f, np.array([1.0, 2.0]), raises=False).ok


def test_a_kink_is_not_called_wrong():
    assert check_derivatives(lambda x: abs(x - 1e-9), 0.0).unsure == 1


def test_arguments_stay_as_they_are():
    x = np.array([1.0, 2.0])

    def f(x):
        x[0] *= 2
        return x.sum()

    assert check_derivatives(f, x).ok
    assert x.tolist() == [1.0, 2.0]


def test_nothing_to_vary():
    with pytest.raises(ArgumentError, match="args"):
        check_derivatives(lambda: 1.0)


def test_differences_are_extrapolated():
    jacobian, error = differences(lambda x: np.array([math.exp(x[0]) * x[1]]), np.array([0.3, 2.0]))
    np.testing.assert_allclose(jacobian, [[2 * math.exp(0.3), math.exp(0.3)]], rtol=1e-10)
    assert np.all(error < 1e-8)


def test_stop_gradient():
    assert adpy.grad(lambda x: x * adpy.stop_gradient(x))(3.0) == 3.0
    assert adpy.stop_gradient(2.0) == 2.0

    def f(x):
        held = adpy.stop_gradient(x)
        held[0] = x[1]
        return (held * x).sum()

    np.testing.assert_array_equal(adpy.grad(f)(np.array([1.0, 2.0])), [2.0, 3.0])


def test_stop_gradient_drops_every_level():
    assert adpy.grad(adpy.grad(lambda x: x * x * adpy.stop_gradient(x)))(3.0) == 6.0
