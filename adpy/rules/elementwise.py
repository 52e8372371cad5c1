"""Elementwise rows of the rule table: the partials of NumPy's ufuncs.

Conventions (``special`` lists the points where they matter):

* where two operands tie (``maximum``, ``minimum``, ``clip`` …) each gets half: the mean of the one-sided derivatives;
* the same mean makes ``absolute``, ``hypot`` and ``arctan2`` flat at the origin;
* piecewise constant functions (``floor``, ``sign``, ``floor_divide`` …) have derivative zero at their jumps too.

Rules run under ``np.errstate(all="ignore")``: a branch of ``np.where`` that is not taken may divide by zero.
Complex operands get the complex derivative.  On a branch cut the sign of a zero imaginary part says which side is
meant; ``x - 1`` keeps that sign, ``1 - x`` and ``x + 1`` lose it, hence forms like ``-(x - 1)`` and ``x - -1``.
"""

import math

import numpy as np

from adpy.rules.table import inert, rule

__all__: list[str] = []

LN2 = math.log(2.0)
LN10 = math.log(10.0)
POSITIVE = (0.1, 4.0)
REAL = (-3.0, 3.0)


# Arithmetic


@rule(np.add, domain=[REAL, REAL])
def d_add(a, b, y):
    return (1, 1)


@rule(np.subtract, domain=[REAL, REAL])
def d_subtract(a, b, y):
    return (1, -1)


@rule(np.multiply, domain=[REAL, REAL])
def d_multiply(a, b, y):
    return (b, a)


@rule(np.divide, domain=[REAL, POSITIVE])
def d_divide(a, b, y):
    return (1 / b, -y / b)


@rule(np.negative, domain=[REAL])
def d_negative(x, y):
    return (-1,)


# The core conjugates the result of a complex ``conjugate`` itself: no complex partial could.
@rule(np.positive, domain=[REAL])
@rule(np.conjugate, domain=[REAL])
def d_positive(x, y):
    return (1,)


@rule(
    np.power,
    domain=[POSITIVE, REAL],
    special=[
        ((0.0, 0.0), (0.0, 0.0)),
        ((0.0, 1.0), (1.0, 0.0)),
        ((0.0, 2.0), (0.0, 0.0)),
        ((0.0, 0.5), (np.inf, 0.0)),
        ((0.0, -1.0), (-np.inf, -np.inf)),
        ((2.0, 0.0), (0.0, LN2)),
        ((-2.0, 3.0), (12.0, np.nan)),
        ((-2.0, 0.0), (0.0, np.nan)),
        ((-2.0, -1.0), (-0.25, np.nan)),
    ],
)
@rule(np.float_power, domain=[POSITIVE, REAL], special=[((0.0, 0.0), (0.0, 0.0)), ((-2.0, 3.0), (12.0, np.nan))])
def d_power(x, p, y):
    # Only 0**0 is replaced, not all of p == 0: the mixed second derivative at p == 0 is 1 / x.
    # 1.0 rather than 1: an unsigned exponent of zero must not wrap around.
    return (
        np.where((p == 0) & (x == 0), 0.0, p * np.power(x, p - 1.0)),
        np.where((x == 0) & (p >= 0), 0.0, y * np.log(x)),
    )


@rule(np.square, domain=[REAL])
def d_square(x, y):
    return (2 * x,)


@rule(np.reciprocal, domain=[POSITIVE])
def d_reciprocal(x, y):
    return (-y * y,)


@rule(np.sqrt, domain=[POSITIVE], special=[(0.0, np.inf)])
def d_sqrt(x, y):
    return (0.5 / y,)


@rule(np.cbrt, domain=[REAL], special=[(0.0, np.inf)])
def d_cbrt(x, y):
    return (1 / (3 * y * y),)


@rule(np.fmod, domain=[(0.0, 9.0), (2.0, 3.0)], special=[((1.0, 0.1), (1.0, -9.0)), ((-7.0, 2.0), (1.0, 3.0))])
@rule(np.remainder, domain=[(0.0, 9.0), (2.0, 3.0)], special=[((1.0, 0.1), (1.0, -9.0)), ((-7.0, 2.0), (1.0, 4.0))])
def d_remainder(a, b, y):
    # The quotient from y: a / b itself may round up to the next integer.
    return (1, -np.rint((a - y) / b))


# Exponentials and logarithms


@rule(np.exp, domain=[REAL])
def d_exp(x, y):
    return (y,)


@rule(np.exp2, domain=[REAL])
def d_exp2(x, y):
    return (LN2 * y,)


@rule(np.expm1, domain=[REAL], special=[(-40.0, math.exp(-40.0))])
def d_expm1(x, y):
    return (np.exp(x),)


@rule(np.log, domain=[POSITIVE])
def d_log(x, y):
    return (1 / x,)


@rule(np.log2, domain=[POSITIVE])
def d_log2(x, y):
    return (1 / (LN2 * x),)


@rule(np.log10, domain=[POSITIVE])
def d_log10(x, y):
    return (1 / (LN10 * x),)


@rule(np.log1p, domain=[(-0.9, 3.0)])
def d_log1p(x, y):
    return (1 / (1 + x),)


INFINITE_SUMS = [
    ((-np.inf, 1.0), (0.0, 1.0)),
    ((1.0, -np.inf), (1.0, 0.0)),
    ((-np.inf, -np.inf), (0.5, 0.5)),
    ((np.inf, 1.0), (1.0, 0.0)),
    ((np.inf, np.inf), (0.5, 0.5)),
    ((2.0, 2.0), (0.5, 0.5)),
    ((800.0, -800.0), (1.0, 0.0)),
]


@rule(np.logaddexp, domain=[REAL, REAL], special=INFINITE_SUMS)
def d_logaddexp(a, b, y):
    # Written in e <= 1, which neither overflows nor loses digits where a and b are large.
    tie = (a == b) & np.isinf(a)
    e = np.exp(np.where(a >= b, b - a, a - b))
    return (
        np.where(tie, 0.5, np.where(a >= b, 1.0, e) / (1 + e)),
        np.where(tie, 0.5, np.where(a >= b, e, 1.0) / (1 + e)),
    )


@rule(np.logaddexp2, domain=[REAL, REAL], special=INFINITE_SUMS)
def d_logaddexp2(a, b, y):
    tie = (a == b) & np.isinf(a)
    e = np.exp2(np.where(a >= b, b - a, a - b))
    return (
        np.where(tie, 0.5, np.where(a >= b, 1.0, e) / (1 + e)),
        np.where(tie, 0.5, np.where(a >= b, e, 1.0) / (1 + e)),
    )


# Trigonometric and hyperbolic functions


@rule(np.sin, domain=[REAL])
def d_sin(x, y):
    return (np.cos(x),)


@rule(np.cos, domain=[REAL])
def d_cos(x, y):
    return (-np.sin(x),)


@rule(np.tan, domain=[(-1.4, 1.4)])
def d_tan(x, y):
    return (1 + y * y,)


@rule(np.arcsin, domain=[(-0.99, 0.99)])
def d_arcsin(x, y):
    return (1 / np.sqrt(-(x - 1) * (x - -1)),)


@rule(np.arccos, domain=[(-0.99, 0.99)])
def d_arccos(x, y):
    return (-1 / np.sqrt(-(x - 1) * (x - -1)),)


@rule(np.arctan, domain=[REAL])
def d_arctan(x, y):
    return (1 / (1 + x * x),)


@rule(np.sinh, domain=[REAL])
def d_sinh(x, y):
    return (np.cosh(x),)


@rule(np.cosh, domain=[REAL])
def d_cosh(x, y):
    return (np.sinh(x),)


@rule(np.tanh, domain=[REAL])
def d_tanh(x, y):
    return (1 - y * y,)


@rule(np.arcsinh, domain=[REAL])
def d_arcsinh(x, y):
    return (1 / np.sqrt(-(-x * x - 1)),)


@rule(np.arccosh, domain=[(1.05, 4.0)])
def d_arccosh(x, y):
    return (1 / (np.sqrt(x - 1) * np.sqrt(x - -1)),)


@rule(np.arctanh, domain=[(-0.95, 0.95)])
def d_arctanh(x, y):
    return (1 / ((1 - x) * (1 + x)),)


@rule(np.arctan2, domain=[REAL, POSITIVE], special=[((0.0, 0.0), (0.0, 0.0)), ((1e-200, 0.0), (0.0, -1e200))])
def d_arctan2(a, b, y):
    # Dividing twice by the radius: its square may underflow.
    r = np.hypot(a, b)
    return (np.where(r == 0, 0.0, b / r / r), np.where(r == 0, 0.0, -a / r / r))


@rule(np.hypot, domain=[REAL, REAL], special=[((0.0, 0.0), (0.0, 0.0)), ((0.0, -2.0), (0.0, -1.0))])
def d_hypot(a, b, y):
    return (np.where(y == 0, 0.0, a / y), np.where(y == 0, 0.0, b / y))


@rule(np.deg2rad, domain=[REAL])
@rule(np.radians, domain=[REAL])
def d_radians(x, y):
    return (math.pi / 180.0,)


@rule(np.rad2deg, domain=[REAL])
@rule(np.degrees, domain=[REAL])
def d_degrees(x, y):
    return (180.0 / math.pi,)


# Choices between operands, and sizes


TIES = [(0.0, 0.0)]
HALVES = [((2.0, 2.0), (0.5, 0.5)), ((np.inf, np.inf), (0.5, 0.5)), ((0.0, -0.0), (0.5, 0.5))]


@rule(np.maximum, domain=[REAL, REAL], kinks=TIES, special=[*HALVES, ((1.0, 2.0), (0.0, 1.0))])
@rule(np.minimum, domain=[REAL, REAL], kinks=TIES, special=[*HALVES, ((1.0, 2.0), (1.0, 0.0))])
@rule(np.fmax, domain=[REAL, REAL], kinks=TIES, special=[*HALVES, ((np.nan, 2.0), (0.0, 1.0))])
@rule(np.fmin, domain=[REAL, REAL], kinks=TIES, special=[*HALVES, ((1.0, np.nan), (1.0, 0.0))])
def d_maximum(a, b, y):
    return (
        np.where(a == b, 0.5, np.where(b == y, 0.0, 1.0)),
        np.where(a == b, 0.5, np.where(a == y, 0.0, 1.0)),
    )


@rule(
    np._core.umath.clip,
    name="numpy.clip",
    domain=[REAL, (-2.0, -1.0), (1.0, 2.0)],
    special=[
        ((0.0, -1.0, 1.0), (1.0, 0.0, 0.0)),
        ((-1.0, -1.0, 1.0), (0.5, 0.5, 0.0)),
        ((1.0, -1.0, 1.0), (0.5, 0.0, 0.5)),
        ((3.0, -1.0, 1.0), (0.0, 0.0, 1.0)),
        ((0.0, 2.0, 1.0), (0.0, 0.0, 1.0)),
    ],
)
def d_clip(x, low, high, y):
    # clip(x, low, high) is minimum(maximum(x, low), high), and its ties are those of that spelling.
    m = np.maximum(x, low)
    inside = np.where(m == high, 0.5, np.where(high == y, 0.0, 1.0))
    above = np.where(x == low, 0.5, np.where(low == m, 0.0, 1.0))
    return (above * inside, (1 - above) * inside, 1 - inside)


@rule(np.absolute, domain=[REAL], kinks=[0.0], special=[(0.0, 0.0), (-np.inf, -1.0)])
def d_absolute(x, y):
    # For complex x the core reads the partial w as y_dot = Re(w x_dot) and x_bar = conj(w) y_bar.
    return (np.where(y == 0, 0.0, np.conjugate(x) / y) if np.iscomplexobj(x) else np.sign(x),)


@rule(np.fabs, domain=[REAL], kinks=[0.0], special=[(0.0, 0.0)])
def d_fabs(x, y):
    return (np.sign(x),)


@rule(np.copysign, domain=[REAL, REAL], special=[((0.0, -1.0), (0.0, 0.0)), ((2.0, -0.0), (-1.0, 0.0))])
def d_copysign(a, b, y):
    return (np.sign(a) * np.copysign(1.0, b), 0)


@rule(np.heaviside, domain=[REAL, REAL], kinks=[(0.0, 0.0)], special=[((0.0, 0.3), (0.0, 1.0))])
def d_heaviside(x, h, y):
    return (0, np.where(x == 0, 1.0, 0.0))


@rule(np.ldexp, domain=[REAL, (3, 3)])
def d_ldexp(x, n, y):
    return (np.ldexp(1.0, n), None)


@rule(np.nextafter, domain=[REAL, REAL])
def d_nextafter(a, b, y):
    return (1, 0)


# Piecewise constant functions


@rule(np.floor, domain=[(0.1, 0.9)])
@rule(np.ceil, domain=[(0.1, 0.9)])
@rule(np.rint, domain=[(0.1, 0.4)])
@rule(np.trunc, domain=[(0.1, 0.9)])
@rule(np.spacing, domain=[(1.1, 1.9)])
def d_floor(x, y):
    return (0,)


# A complex sign turns with its operand, which no single complex partial describes.
@rule(np.sign, domain=[POSITIVE], kinks=[0.0], special=[(0.0, 0.0)], holomorphic=False)
def d_sign(x, y):
    return (0,)


@rule(np.floor_divide, domain=[(0.1, 0.9), (1.0, 2.0)])
def d_floor_divide(a, b, y):
    return (0, 0)


inert(
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.logical_and, np.logical_or, np.logical_xor, np.logical_not),
    *(np.isfinite, np.isinf, np.isnan, np.isnat, np.signbit),
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.bitwise_count),
    *(np.left_shift, np.right_shift, np.gcd, np.lcm),
)
