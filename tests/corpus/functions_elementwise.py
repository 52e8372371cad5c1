"""Elementwise mathematics: one-line formulas over arrays and numbers."""

import numpy as np
from numpy import arctan2, cos, exp, log, sin, sqrt

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1])
POSITIVE = np.array([0.4, 1.7, 0.9, 3.2])


@case(X)
def damped_oscillation(t):
    return exp(-0.3 * t) * cos(2 * np.pi * t) + sin(t) ** 2


@case(POSITIVE)
def log_ratio(x):
    return log(x / (1 + x)) + np.log1p(x) - np.log2(x) * np.log10(x)


@case(X)
def sigmoid_and_friends(x):
    sigmoid = 1.0 / (1.0 + np.exp(-x))
    softplus = np.log1p(np.exp(x))
    return sigmoid * softplus + np.tanh(x) - np.expm1(x / 2)


@case(X)
def smooth_rectifiers(x):
    relu = np.maximum(x, 0)
    leaky = np.where(x > 0, x, 0.01 * x)
    elu = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
    return relu + leaky * elu


@case(np.array([[1.0, 2.0], [-0.5, 0.4]]))
def polar(xy):
    x, y = xy
    return np.array([np.hypot(x, y), arctan2(y, x)])


@case(POSITIVE, np.array([2.0, -0.5, 1.3, 0.2]))
def powers(x, p):
    return x**p + x**2 + x**-1 + x**0.5 + 2.0**p + np.power(x, 3)


@case(np.array([0.2, -0.5, 0.8]))
def inverse_trigonometry(x):
    return np.arcsin(x) + np.arccos(x) * np.arctan(x) - np.arctanh(x) + np.arcsinh(x)


@case(X)
def hyperbolic(x):
    return np.sinh(x) / np.cosh(x) + np.arccosh(2 + x**2)


@case(np.array([35.0, 120.0, 271.5]))
def angles_in_degrees(angle):
    radians = np.deg2rad(angle)
    return np.degrees(np.arctan(np.tan(radians) / 2)) + np.radians(angle) * np.sin(np.radians(angle))


@case(X)
def rounding_is_flat(x):
    return x * np.floor(3 * x) + np.ceil(x) * np.sin(x) + np.rint(x) * x - np.trunc(x) * x


@case(X)
def signs(x):
    return np.abs(x) * np.sign(x + 0.1) + np.fabs(x) + np.copysign(x**2, -x)


@case(np.array([5.3, -2.2, 7.7]), np.array([2.0, 1.5, -3.1]))
def remainders(x, y):
    return np.mod(x, y) + np.fmod(x, y) + np.remainder(x, 3.0) * y


@case(X, np.array([0.1, 1.5, -0.2, 2.0]))
def extremes(a, b):
    return np.maximum(a, b) - np.minimum(a, 2 * b) + np.fmax(a, 0.2) * np.fmin(b, 1.0)


@case(X)
def clipped(x):
    return np.clip(x, -0.5, 1.0) * x + np.clip(x * 3, None, 2.0)


@case(X, np.array([1.0, -0.4, 0.6, 0.2]))
def log_of_sums(a, b):
    return np.logaddexp(a, b) + np.logaddexp2(a, b) + np.logaddexp(0, a)


@case(X)
def sinc_kernel(x):
    return np.sinc(x) * np.sinc(x / 3)


@case(np.array([-0.4, 0.0, 0.7]))
def sinc_at_zero(x):
    return np.sinc(x) + x


@case(POSITIVE)
def roots(x):
    return sqrt(x) + np.cbrt(x) + np.square(x) + np.reciprocal(x) + np.exp2(x)


@case(1.3)
def number_in_number_out(x):
    y = x * x - 3 * x + 1
    y = y / (1 + x**2)
    return np.sin(y) + abs(y)


@case(0.7, 1.9)
def two_numbers(a, b):
    return a * np.exp(-b * a) - b**a + (a - b) ** 3


@case(X)
def heaviside_step(x):
    return np.heaviside(x, 0.5) * x**2 + x


@case(np.array([0.43, 1.7, 1.05, 3.2]))
def floor_division(x):
    whole, rest = np.divmod(x, 0.3)
    return rest**2 + whole * x + x // 0.7


@case(POSITIVE)
def fraction_and_exponent(x):
    fraction, whole = np.modf(x)
    return fraction**2 + whole * x + np.ldexp(x, 3)


@case(X)
def nan_to_number(x):
    y = x.copy()
    y[2] = np.nan
    return np.nan_to_num(y, nan=0.0) * x


@case(X)
def negated_and_positive(x):
    return -x + +x * np.negative(x) - np.positive(x) ** 3


@case(np.float32(0.5) * np.ones(1), rtol=1e-3)
def keeps_double_constants(x):
    return x.astype(np.float64) * np.pi


@case(POSITIVE)
def reversed_operators(x):
    return 1 - x + 2 / x + 3**x - 4 * x + np.array([1.0, 2.0, 3.0, 4.0]) / x


@case(np.array([0.5, 1.5]))
def bessel_like_series(x):
    total, term = np.ones_like(x), np.ones_like(x)
    for k in range(1, 15):
        term = term * (-(x**2) / 4) / k**2
        total = total + term
    return total
