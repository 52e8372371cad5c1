"""Values, partials and second partials by opcode, generated from the rule table by ``adpy.kernels.generate``.

``a`` and ``b`` are the operands (``b`` is anything for a function of one), ``y`` the result.  Functions on tiles take
contiguous arrays and the number of entries.
"""

# ruff: noqa: E501

from __future__ import annotations

import numba
import numpy as np

__all__ = [
    "second",
    "second_tile",
    "value",
    "value_tile",
    "weights",
    "weights_tile",
]


@numba.njit(cache=True)
def where(condition, a, b):
    """Either of two numbers."""
    return a if condition else b


@numba.njit(cache=True, error_model="numpy", nogil=True)
def value(op, a, b):
    """Return y, or a copy of ``a``, for an opcode at numbers."""
    if op == 2:  # add
        y = a + b
        return y
    elif op == 3:  # subtract
        y = a - b
        return y
    elif op == 4:  # multiply
        y = a * b
        return y
    elif op == 5:  # divide
        y = a / b
        return y
    elif op == 6:  # negative
        y = -a
        return y
    elif op == 7:  # square
        y = a * a
        return y
    elif op == 8:  # power
        y = np.power(a, b)
        return y
    elif op == 9:  # sqrt
        y = np.sqrt(a)
        return y
    elif op == 10:  # exp
        y = np.exp(a)
        return y
    elif op == 11:  # log
        y = np.log(a)
        return y
    elif op == 12:  # sin
        y = np.sin(a)
        return y
    elif op == 13:  # cos
        y = np.cos(a)
        return y
    elif op == 14:  # tanh
        y = np.tanh(a)
        return y
    elif op == 15:  # absolute
        y = np.absolute(a)
        return y
    elif op == 16:  # maximum
        y = np.maximum(a, b)
        return y
    elif op == 17:  # minimum
        y = np.minimum(a, b)
        return y
    elif op == 18:  # reciprocal
        y = 1.0 / a
        return y
    elif op == 19:  # log1p
        y = np.log1p(a)
        return y
    elif op == 20:  # expm1
        y = np.expm1(a)
        return y
    elif op == 21:  # logaddexp
        y = np.logaddexp(a, b)
        return y
    elif op == 22:  # tan
        y = np.tan(a)
        return y
    elif op == 23:  # sinh
        y = np.sinh(a)
        return y
    elif op == 24:  # cosh
        y = np.cosh(a)
        return y
    elif op == 25:  # arcsin
        y = np.arcsin(a)
        return y
    elif op == 26:  # arccos
        y = np.arccos(a)
        return y
    elif op == 27:  # arctan
        y = np.arctan(a)
        return y
    elif op == 28:  # arctan2
        y = np.arctan2(a, b)
        return y
    elif op == 29:  # arcsinh
        y = np.arcsinh(a)
        return y
    elif op == 30:  # arccosh
        y = np.arccosh(a)
        return y
    elif op == 31:  # arctanh
        y = np.arctanh(a)
        return y
    elif op == 32:  # hypot
        y = np.hypot(a, b)
        return y
    elif op == 33:  # exp2
        y = np.exp2(a)
        return y
    elif op == 34:  # log2
        y = np.log2(a)
        return y
    elif op == 35:  # log10
        y = np.log10(a)
        return y
    elif op == 36:  # cbrt
        y = np.cbrt(a)
        return y
    elif op == 37:  # fabs
        y = np.fabs(a)
        return y
    elif op == 38:  # copysign
        y = np.copysign(a, b)
        return y
    elif op == 39:  # fmax
        y = np.fmax(a, b)
        return y
    elif op == 40:  # fmin
        y = np.fmin(a, b)
        return y
    elif op == 41:  # floor
        y = np.floor(a)
        return y
    elif op == 42:  # ceil
        y = np.ceil(a)
        return y
    elif op == 43:  # trunc
        y = np.trunc(a)
        return y
    elif op == 44:  # rint
        y = np.rint(a)
        return y
    elif op == 45:  # sign
        y = np.sign(a)
        return y
    elif op == 46:  # remainder
        y = np.remainder(a, b)
        return y
    elif op == 47:  # fmod
        y = np.fmod(a, b)
        return y
    elif op == 48:  # deg2rad
        y = np.deg2rad(a)
        return y
    elif op == 49:  # rad2deg
        y = np.rad2deg(a)
        return y
    elif op == 50:  # less
        y = 1.0 if a < b else 0.0
        return y
    elif op == 51:  # less_equal
        y = 1.0 if a <= b else 0.0
        return y
    elif op == 52:  # greater
        y = 1.0 if a > b else 0.0
        return y
    elif op == 53:  # greater_equal
        y = 1.0 if a >= b else 0.0
        return y
    elif op == 54:  # equal
        y = 1.0 if a == b else 0.0
        return y
    elif op == 55:  # not_equal
        y = 1.0 if a != b else 0.0
        return y
    y = a
    return y


@numba.njit(cache=True, error_model="numpy", nogil=True)
def value_tile(op, a_, b_, y_, n):
    """As :func:`value`, entry by entry."""
    if op == 2:  # add
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = a + b
            y_[i] = y
    elif op == 3:  # subtract
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = a - b
            y_[i] = y
    elif op == 4:  # multiply
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = a * b
            y_[i] = y
    elif op == 5:  # divide
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = a / b
            y_[i] = y
    elif op == 6:  # negative
        for i in range(n):
            a = a_[i]
            y = -a
            y_[i] = y
    elif op == 7:  # square
        for i in range(n):
            a = a_[i]
            y = a * a
            y_[i] = y
    elif op == 8:  # power
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.power(a, b)
            y_[i] = y
    elif op == 9:  # sqrt
        for i in range(n):
            a = a_[i]
            y = np.sqrt(a)
            y_[i] = y
    elif op == 10:  # exp
        for i in range(n):
            a = a_[i]
            y = np.exp(a)
            y_[i] = y
    elif op == 11:  # log
        for i in range(n):
            a = a_[i]
            y = np.log(a)
            y_[i] = y
    elif op == 12:  # sin
        for i in range(n):
            a = a_[i]
            y = np.sin(a)
            y_[i] = y
    elif op == 13:  # cos
        for i in range(n):
            a = a_[i]
            y = np.cos(a)
            y_[i] = y
    elif op == 14:  # tanh
        for i in range(n):
            a = a_[i]
            y = np.tanh(a)
            y_[i] = y
    elif op == 15:  # absolute
        for i in range(n):
            a = a_[i]
            y = np.absolute(a)
            y_[i] = y
    elif op == 16:  # maximum
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.maximum(a, b)
            y_[i] = y
    elif op == 17:  # minimum
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.minimum(a, b)
            y_[i] = y
    elif op == 18:  # reciprocal
        for i in range(n):
            a = a_[i]
            y = 1.0 / a
            y_[i] = y
    elif op == 19:  # log1p
        for i in range(n):
            a = a_[i]
            y = np.log1p(a)
            y_[i] = y
    elif op == 20:  # expm1
        for i in range(n):
            a = a_[i]
            y = np.expm1(a)
            y_[i] = y
    elif op == 21:  # logaddexp
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.logaddexp(a, b)
            y_[i] = y
    elif op == 22:  # tan
        for i in range(n):
            a = a_[i]
            y = np.tan(a)
            y_[i] = y
    elif op == 23:  # sinh
        for i in range(n):
            a = a_[i]
            y = np.sinh(a)
            y_[i] = y
    elif op == 24:  # cosh
        for i in range(n):
            a = a_[i]
            y = np.cosh(a)
            y_[i] = y
    elif op == 25:  # arcsin
        for i in range(n):
            a = a_[i]
            y = np.arcsin(a)
            y_[i] = y
    elif op == 26:  # arccos
        for i in range(n):
            a = a_[i]
            y = np.arccos(a)
            y_[i] = y
    elif op == 27:  # arctan
        for i in range(n):
            a = a_[i]
            y = np.arctan(a)
            y_[i] = y
    elif op == 28:  # arctan2
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.arctan2(a, b)
            y_[i] = y
    elif op == 29:  # arcsinh
        for i in range(n):
            a = a_[i]
            y = np.arcsinh(a)
            y_[i] = y
    elif op == 30:  # arccosh
        for i in range(n):
            a = a_[i]
            y = np.arccosh(a)
            y_[i] = y
    elif op == 31:  # arctanh
        for i in range(n):
            a = a_[i]
            y = np.arctanh(a)
            y_[i] = y
    elif op == 32:  # hypot
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.hypot(a, b)
            y_[i] = y
    elif op == 33:  # exp2
        for i in range(n):
            a = a_[i]
            y = np.exp2(a)
            y_[i] = y
    elif op == 34:  # log2
        for i in range(n):
            a = a_[i]
            y = np.log2(a)
            y_[i] = y
    elif op == 35:  # log10
        for i in range(n):
            a = a_[i]
            y = np.log10(a)
            y_[i] = y
    elif op == 36:  # cbrt
        for i in range(n):
            a = a_[i]
            y = np.cbrt(a)
            y_[i] = y
    elif op == 37:  # fabs
        for i in range(n):
            a = a_[i]
            y = np.fabs(a)
            y_[i] = y
    elif op == 38:  # copysign
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.copysign(a, b)
            y_[i] = y
    elif op == 39:  # fmax
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.fmax(a, b)
            y_[i] = y
    elif op == 40:  # fmin
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.fmin(a, b)
            y_[i] = y
    elif op == 41:  # floor
        for i in range(n):
            a = a_[i]
            y = np.floor(a)
            y_[i] = y
    elif op == 42:  # ceil
        for i in range(n):
            a = a_[i]
            y = np.ceil(a)
            y_[i] = y
    elif op == 43:  # trunc
        for i in range(n):
            a = a_[i]
            y = np.trunc(a)
            y_[i] = y
    elif op == 44:  # rint
        for i in range(n):
            a = a_[i]
            y = np.rint(a)
            y_[i] = y
    elif op == 45:  # sign
        for i in range(n):
            a = a_[i]
            y = np.sign(a)
            y_[i] = y
    elif op == 46:  # remainder
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.remainder(a, b)
            y_[i] = y
    elif op == 47:  # fmod
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = np.fmod(a, b)
            y_[i] = y
    elif op == 48:  # deg2rad
        for i in range(n):
            a = a_[i]
            y = np.deg2rad(a)
            y_[i] = y
    elif op == 49:  # rad2deg
        for i in range(n):
            a = a_[i]
            y = np.rad2deg(a)
            y_[i] = y
    elif op == 50:  # less
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = 1.0 if a < b else 0.0
            y_[i] = y
    elif op == 51:  # less_equal
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = 1.0 if a <= b else 0.0
            y_[i] = y
    elif op == 52:  # greater
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = 1.0 if a > b else 0.0
            y_[i] = y
    elif op == 53:  # greater_equal
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = 1.0 if a >= b else 0.0
            y_[i] = y
    elif op == 54:  # equal
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = 1.0 if a == b else 0.0
            y_[i] = y
    elif op == 55:  # not_equal
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = 1.0 if a != b else 0.0
            y_[i] = y
    else:
        for i in range(n):
            a = a_[i]
            y = a
            y_[i] = y


@numba.njit(cache=True, error_model="numpy", nogil=True)
def weights(op, a, b, y):
    """Return the partials at numbers."""
    if op == 2:  # add
        u = 1.0
        v = 1.0
        return u, v
    elif op == 3:  # subtract
        u = 1.0
        v = -1.0
        return u, v
    elif op == 4:  # multiply
        u = b
        v = a
        return u, v
    elif op == 5:  # divide
        u = 1 / b
        v = -y / b
        return u, v
    elif op == 6:  # negative
        u = -1.0
        v = 0.0
        return u, v
    elif op == 7:  # square
        u = 2 * a
        v = 0.0
        return u, v
    elif op == 8:  # power
        t0 = np.power(a, b - 1.0)
        t1 = np.log(a)
        u = where((b == 0) & (a == 0), 0.0, b * t0)
        v = where((a == 0) & (b >= 0), 0.0, y * t1)
        return u, v
    elif op == 9:  # sqrt
        u = 0.5 / y
        v = 0.0
        return u, v
    elif op == 10:  # exp
        u = y
        v = 0.0
        return u, v
    elif op == 11:  # log
        u = 1 / a
        v = 0.0
        return u, v
    elif op == 12:  # sin
        t0 = np.cos(a)
        u = t0
        v = 0.0
        return u, v
    elif op == 13:  # cos
        t0 = np.sin(a)
        u = -t0
        v = 0.0
        return u, v
    elif op == 14:  # tanh
        u = 1 - y * y
        v = 0.0
        return u, v
    elif op == 15:  # absolute
        t0 = np.sign(a)
        u = t0
        v = 0.0
        return u, v
    elif op == 16:  # maximum
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        return u, v
    elif op == 17:  # minimum
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        return u, v
    elif op == 18:  # reciprocal
        u = -y * y
        v = 0.0
        return u, v
    elif op == 19:  # log1p
        u = 1 / (1 + a)
        v = 0.0
        return u, v
    elif op == 20:  # expm1
        t0 = np.exp(a)
        u = t0
        v = 0.0
        return u, v
    elif op == 21:  # logaddexp
        t0 = np.isinf(a)
        t1 = np.exp(where(a >= b, b - a, a - b))
        u = where((a == b) & t0, 0.5, where(a >= b, 1.0, t1) / (1 + t1))
        v = where((a == b) & t0, 0.5, where(a >= b, t1, 1.0) / (1 + t1))
        return u, v
    elif op == 22:  # tan
        u = 1 + y * y
        v = 0.0
        return u, v
    elif op == 23:  # sinh
        t0 = np.cosh(a)
        u = t0
        v = 0.0
        return u, v
    elif op == 24:  # cosh
        t0 = np.sinh(a)
        u = t0
        v = 0.0
        return u, v
    elif op == 25:  # arcsin
        t0 = np.sqrt(-(a - 1) * (a - -1))
        u = 1 / t0
        v = 0.0
        return u, v
    elif op == 26:  # arccos
        t0 = np.sqrt(-(a - 1) * (a - -1))
        u = -1 / t0
        v = 0.0
        return u, v
    elif op == 27:  # arctan
        u = 1 / (1 + a * a)
        v = 0.0
        return u, v
    elif op == 28:  # arctan2
        t0 = np.hypot(a, b)
        u = where(t0 == 0, 0.0, b / t0 / t0)
        v = where(t0 == 0, 0.0, -a / t0 / t0)
        return u, v
    elif op == 29:  # arcsinh
        t0 = np.sqrt(-(-a * a - 1))
        u = 1 / t0
        v = 0.0
        return u, v
    elif op == 30:  # arccosh
        t0 = np.sqrt(a - 1)
        t1 = np.sqrt(a - -1)
        u = 1 / (t0 * t1)
        v = 0.0
        return u, v
    elif op == 31:  # arctanh
        u = 1 / ((1 - a) * (1 + a))
        v = 0.0
        return u, v
    elif op == 32:  # hypot
        u = where(y == 0, 0.0, a / y)
        v = where(y == 0, 0.0, b / y)
        return u, v
    elif op == 33:  # exp2
        u = 0.6931471805599453 * y
        v = 0.0
        return u, v
    elif op == 34:  # log2
        u = 1 / (0.6931471805599453 * a)
        v = 0.0
        return u, v
    elif op == 35:  # log10
        u = 1 / (2.302585092994046 * a)
        v = 0.0
        return u, v
    elif op == 36:  # cbrt
        u = 1 / (3 * y * y)
        v = 0.0
        return u, v
    elif op == 37:  # fabs
        t0 = np.sign(a)
        u = t0
        v = 0.0
        return u, v
    elif op == 38:  # copysign
        t0 = np.sign(a)
        t1 = np.copysign(1.0, b)
        u = t0 * t1
        v = 0.0
        return u, v
    elif op == 39:  # fmax
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        return u, v
    elif op == 40:  # fmin
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        return u, v
    elif op == 41:  # floor
        u = 0.0
        v = 0.0
        return u, v
    elif op == 42:  # ceil
        u = 0.0
        v = 0.0
        return u, v
    elif op == 43:  # trunc
        u = 0.0
        v = 0.0
        return u, v
    elif op == 44:  # rint
        u = 0.0
        v = 0.0
        return u, v
    elif op == 45:  # sign
        u = 0.0
        v = 0.0
        return u, v
    elif op == 46:  # remainder
        t0 = np.rint((a - y) / b)
        u = 1.0
        v = -t0
        return u, v
    elif op == 47:  # fmod
        t0 = np.rint((a - y) / b)
        u = 1.0
        v = -t0
        return u, v
    elif op == 48:  # deg2rad
        u = 3.141592653589793 / 180.0
        v = 0.0
        return u, v
    elif op == 49:  # rad2deg
        u = 180.0 / 3.141592653589793
        v = 0.0
        return u, v
    elif op == 50:  # less
        u = 0.0
        v = 0.0
        return u, v
    elif op == 51:  # less_equal
        u = 0.0
        v = 0.0
        return u, v
    elif op == 52:  # greater
        u = 0.0
        v = 0.0
        return u, v
    elif op == 53:  # greater_equal
        u = 0.0
        v = 0.0
        return u, v
    elif op == 54:  # equal
        u = 0.0
        v = 0.0
        return u, v
    elif op == 55:  # not_equal
        u = 0.0
        v = 0.0
        return u, v
    u = 1.0
    v = 0.0
    return u, v


@numba.njit(cache=True, error_model="numpy", nogil=True)
def weights_tile(op, a_, b_, y_, u_, v_, n):
    """As :func:`weights`, entry by entry."""
    if op == 2:  # add
        for i in range(n):
            u = 1.0
            v = 1.0
            u_[i] = u
            v_[i] = v
    elif op == 3:  # subtract
        for i in range(n):
            u = 1.0
            v = -1.0
            u_[i] = u
            v_[i] = v
    elif op == 4:  # multiply
        for i in range(n):
            a = a_[i]
            b = b_[i]
            u = b
            v = a
            u_[i] = u
            v_[i] = v
    elif op == 5:  # divide
        for i in range(n):
            b = b_[i]
            y = y_[i]
            u = 1 / b
            v = -y / b
            u_[i] = u
            v_[i] = v
    elif op == 6:  # negative
        for i in range(n):
            u = -1.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 7:  # square
        for i in range(n):
            a = a_[i]
            u = 2 * a
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 8:  # power
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            t0 = np.power(a, b - 1.0)
            t1 = np.log(a)
            u = where((b == 0) & (a == 0), 0.0, b * t0)
            v = where((a == 0) & (b >= 0), 0.0, y * t1)
            u_[i] = u
            v_[i] = v
    elif op == 9:  # sqrt
        for i in range(n):
            y = y_[i]
            u = 0.5 / y
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 10:  # exp
        for i in range(n):
            y = y_[i]
            u = y
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 11:  # log
        for i in range(n):
            a = a_[i]
            u = 1 / a
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 12:  # sin
        for i in range(n):
            a = a_[i]
            t0 = np.cos(a)
            u = t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 13:  # cos
        for i in range(n):
            a = a_[i]
            t0 = np.sin(a)
            u = -t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 14:  # tanh
        for i in range(n):
            y = y_[i]
            u = 1 - y * y
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 15:  # absolute
        for i in range(n):
            a = a_[i]
            t0 = np.sign(a)
            u = t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 16:  # maximum
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            u_[i] = u
            v_[i] = v
    elif op == 17:  # minimum
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            u_[i] = u
            v_[i] = v
    elif op == 18:  # reciprocal
        for i in range(n):
            y = y_[i]
            u = -y * y
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 19:  # log1p
        for i in range(n):
            a = a_[i]
            u = 1 / (1 + a)
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 20:  # expm1
        for i in range(n):
            a = a_[i]
            t0 = np.exp(a)
            u = t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 21:  # logaddexp
        for i in range(n):
            a = a_[i]
            b = b_[i]
            t0 = np.isinf(a)
            t1 = np.exp(where(a >= b, b - a, a - b))
            u = where((a == b) & t0, 0.5, where(a >= b, 1.0, t1) / (1 + t1))
            v = where((a == b) & t0, 0.5, where(a >= b, t1, 1.0) / (1 + t1))
            u_[i] = u
            v_[i] = v
    elif op == 22:  # tan
        for i in range(n):
            y = y_[i]
            u = 1 + y * y
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 23:  # sinh
        for i in range(n):
            a = a_[i]
            t0 = np.cosh(a)
            u = t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 24:  # cosh
        for i in range(n):
            a = a_[i]
            t0 = np.sinh(a)
            u = t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 25:  # arcsin
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(-(a - 1) * (a - -1))
            u = 1 / t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 26:  # arccos
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(-(a - 1) * (a - -1))
            u = -1 / t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 27:  # arctan
        for i in range(n):
            a = a_[i]
            u = 1 / (1 + a * a)
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 28:  # arctan2
        for i in range(n):
            a = a_[i]
            b = b_[i]
            t0 = np.hypot(a, b)
            u = where(t0 == 0, 0.0, b / t0 / t0)
            v = where(t0 == 0, 0.0, -a / t0 / t0)
            u_[i] = u
            v_[i] = v
    elif op == 29:  # arcsinh
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(-(-a * a - 1))
            u = 1 / t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 30:  # arccosh
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(a - 1)
            t1 = np.sqrt(a - -1)
            u = 1 / (t0 * t1)
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 31:  # arctanh
        for i in range(n):
            a = a_[i]
            u = 1 / ((1 - a) * (1 + a))
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 32:  # hypot
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(y == 0, 0.0, a / y)
            v = where(y == 0, 0.0, b / y)
            u_[i] = u
            v_[i] = v
    elif op == 33:  # exp2
        for i in range(n):
            y = y_[i]
            u = 0.6931471805599453 * y
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 34:  # log2
        for i in range(n):
            a = a_[i]
            u = 1 / (0.6931471805599453 * a)
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 35:  # log10
        for i in range(n):
            a = a_[i]
            u = 1 / (2.302585092994046 * a)
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 36:  # cbrt
        for i in range(n):
            y = y_[i]
            u = 1 / (3 * y * y)
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 37:  # fabs
        for i in range(n):
            a = a_[i]
            t0 = np.sign(a)
            u = t0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 38:  # copysign
        for i in range(n):
            a = a_[i]
            b = b_[i]
            t0 = np.sign(a)
            t1 = np.copysign(1.0, b)
            u = t0 * t1
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 39:  # fmax
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            u_[i] = u
            v_[i] = v
    elif op == 40:  # fmin
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            u_[i] = u
            v_[i] = v
    elif op == 41:  # floor
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 42:  # ceil
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 43:  # trunc
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 44:  # rint
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 45:  # sign
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 46:  # remainder
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            t0 = np.rint((a - y) / b)
            u = 1.0
            v = -t0
            u_[i] = u
            v_[i] = v
    elif op == 47:  # fmod
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            t0 = np.rint((a - y) / b)
            u = 1.0
            v = -t0
            u_[i] = u
            v_[i] = v
    elif op == 48:  # deg2rad
        for i in range(n):
            u = 3.141592653589793 / 180.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 49:  # rad2deg
        for i in range(n):
            u = 180.0 / 3.141592653589793
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 50:  # less
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 51:  # less_equal
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 52:  # greater
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 53:  # greater_equal
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 54:  # equal
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    elif op == 55:  # not_equal
        for i in range(n):
            u = 0.0
            v = 0.0
            u_[i] = u
            v_[i] = v
    else:
        for i in range(n):
            u = 1.0
            v = 0.0
            u_[i] = u
            v_[i] = v


@numba.njit(cache=True, error_model="numpy", nogil=True)
def second(op, a, b, y):
    """Return the partials ``u, v`` and second partials ``p, q, r`` at numbers."""
    if op == 2:  # add
        u = 1.0
        v = 1.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 3:  # subtract
        u = 1.0
        v = -1.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 4:  # multiply
        u = b
        v = a
        p = 0.0
        q = 1.0
        r = 0.0
        return u, v, p, q, r
    elif op == 5:  # divide
        u = 1 / b
        v = -y / b
        p = 0.0
        q = -(1 / b / b)
        r = -(-y / b / b) + -1.0 / b * (-y / b)
        return u, v, p, q, r
    elif op == 6:  # negative
        u = -1.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 7:  # square
        u = 2 * a
        v = 0.0
        p = 2.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 8:  # power
        t0 = np.power(a, b - 1.0)
        t1 = np.log(a)
        t2 = np.power(a, b - 1.0 - 1.0)
        u = where((b == 0) & (a == 0), 0.0, b * t0)
        v = where((a == 0) & (b >= 0), 0.0, y * t1)
        p = where((b == 0) & (a == 0), 0.0, b * where((b - 1.0 == 0) & (a == 0), 0.0, (b - 1.0) * t2))
        q = where((b == 0) & (a == 0), 0.0, t0 + b * where((a == 0) & (b - 1.0 >= 0), 0.0, t0 * t1))
        r = where((a == 0) & (b >= 0), 0.0, t1) * where((a == 0) & (b >= 0), 0.0, y * t1)
        return u, v, p, q, r
    elif op == 9:  # sqrt
        u = 0.5 / y
        v = 0.0
        p = -(0.5 / y / y) * (0.5 / y)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 10:  # exp
        u = y
        v = 0.0
        p = y
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 11:  # log
        u = 1 / a
        v = 0.0
        p = -(1 / a / a)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 12:  # sin
        t0 = np.cos(a)
        t1 = np.sin(a)
        u = t0
        v = 0.0
        p = -t1
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 13:  # cos
        t0 = np.sin(a)
        t1 = np.cos(a)
        u = -t0
        v = 0.0
        p = -t1
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 14:  # tanh
        u = 1 - y * y
        v = 0.0
        p = -(y + y) * (1 - y * y)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 15:  # absolute
        t0 = np.sign(a)
        u = t0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 16:  # maximum
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 17:  # minimum
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 18:  # reciprocal
        u = -y * y
        v = 0.0
        p = (-1.0 * y + -y) * (-y * y)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 19:  # log1p
        u = 1 / (1 + a)
        v = 0.0
        p = -(1 / (1 + a) / (1 + a))
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 20:  # expm1
        t0 = np.exp(a)
        u = t0
        v = 0.0
        p = t0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 21:  # logaddexp
        t0 = np.isinf(a)
        t1 = np.exp(where(a >= b, b - a, a - b))
        u = where((a == b) & t0, 0.5, where(a >= b, 1.0, t1) / (1 + t1))
        v = where((a == b) & t0, 0.5, where(a >= b, t1, 1.0) / (1 + t1))
        p = where(
            (a == b) & t0,
            0.0,
            where(a >= b, 0.0, t1 * where(a >= b, -1.0, 1.0)) / (1 + t1)
            + -(where(a >= b, 1.0, t1) / (1 + t1) * (t1 * where(a >= b, -1.0, 1.0)) / (1 + t1)),
        )
        q = where(
            (a == b) & t0,
            0.0,
            where(a >= b, 0.0, t1 * where(a >= b, 1.0, -1.0)) / (1 + t1)
            + -(where(a >= b, 1.0, t1) / (1 + t1) * (t1 * where(a >= b, 1.0, -1.0)) / (1 + t1)),
        )
        r = where(
            (a == b) & t0,
            0.0,
            where(a >= b, t1 * where(a >= b, 1.0, -1.0), 0.0) / (1 + t1)
            + -(where(a >= b, t1, 1.0) / (1 + t1) * (t1 * where(a >= b, 1.0, -1.0)) / (1 + t1)),
        )
        return u, v, p, q, r
    elif op == 22:  # tan
        u = 1 + y * y
        v = 0.0
        p = (y + y) * (1 + y * y)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 23:  # sinh
        t0 = np.cosh(a)
        t1 = np.sinh(a)
        u = t0
        v = 0.0
        p = t1
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 24:  # cosh
        t0 = np.sinh(a)
        t1 = np.cosh(a)
        u = t0
        v = 0.0
        p = t1
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 25:  # arcsin
        t0 = np.sqrt(-(a - 1) * (a - -1))
        u = 1 / t0
        v = 0.0
        p = -(1 / t0 * (0.5 / t0 * (-1.0 * (a - -1) + -(a - 1))) / t0)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 26:  # arccos
        t0 = np.sqrt(-(a - 1) * (a - -1))
        u = -1 / t0
        v = 0.0
        p = -(-1 / t0 * (0.5 / t0 * (-1.0 * (a - -1) + -(a - 1))) / t0)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 27:  # arctan
        u = 1 / (1 + a * a)
        v = 0.0
        p = -(1 / (1 + a * a) * (a + a) / (1 + a * a))
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 28:  # arctan2
        t0 = np.hypot(a, b)
        u = where(t0 == 0, 0.0, b / t0 / t0)
        v = where(t0 == 0, 0.0, -a / t0 / t0)
        p = where(
            t0 == 0,
            0.0,
            -(b / t0 * where(t0 == 0, 0.0, a / t0) / t0) / t0 + -(b / t0 / t0 * where(t0 == 0, 0.0, a / t0) / t0),
        )
        q = where(
            t0 == 0,
            0.0,
            (1.0 / t0 + -(b / t0 * where(t0 == 0, 0.0, b / t0) / t0)) / t0
            + -(b / t0 / t0 * where(t0 == 0, 0.0, b / t0) / t0),
        )
        r = where(
            t0 == 0,
            0.0,
            -(-a / t0 * where(t0 == 0, 0.0, b / t0) / t0) / t0 + -(-a / t0 / t0 * where(t0 == 0, 0.0, b / t0) / t0),
        )
        return u, v, p, q, r
    elif op == 29:  # arcsinh
        t0 = np.sqrt(-(-a * a - 1))
        u = 1 / t0
        v = 0.0
        p = -(1 / t0 * (0.5 / t0 * -(-1.0 * a + -a)) / t0)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 30:  # arccosh
        t0 = np.sqrt(a - 1)
        t1 = np.sqrt(a - -1)
        u = 1 / (t0 * t1)
        v = 0.0
        p = -(1 / (t0 * t1) * (0.5 / t0 * t1 + t0 * (0.5 / t1)) / (t0 * t1))
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 31:  # arctanh
        u = 1 / ((1 - a) * (1 + a))
        v = 0.0
        p = -(1 / ((1 - a) * (1 + a)) * (-1.0 * (1 + a) + (1 - a)) / ((1 - a) * (1 + a)))
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 32:  # hypot
        u = where(y == 0, 0.0, a / y)
        v = where(y == 0, 0.0, b / y)
        p = where(y == 0, 0.0, 1.0 / y) + where(y == 0, 0.0, -(a / y / y)) * where(y == 0, 0.0, a / y)
        q = where(y == 0, 0.0, -(a / y / y)) * where(y == 0, 0.0, b / y)
        r = where(y == 0, 0.0, 1.0 / y) + where(y == 0, 0.0, -(b / y / y)) * where(y == 0, 0.0, b / y)
        return u, v, p, q, r
    elif op == 33:  # exp2
        u = 0.6931471805599453 * y
        v = 0.0
        p = 0.6931471805599453 * (0.6931471805599453 * y)
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 34:  # log2
        u = 1 / (0.6931471805599453 * a)
        v = 0.0
        p = -(1 / (0.6931471805599453 * a) * 0.6931471805599453 / (0.6931471805599453 * a))
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 35:  # log10
        u = 1 / (2.302585092994046 * a)
        v = 0.0
        p = -(1 / (2.302585092994046 * a) * 2.302585092994046 / (2.302585092994046 * a))
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 36:  # cbrt
        u = 1 / (3 * y * y)
        v = 0.0
        p = -(1 / (3 * y * y) * (3 * y + 3 * y) / (3 * y * y)) * (1 / (3 * y * y))
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 37:  # fabs
        t0 = np.sign(a)
        u = t0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 38:  # copysign
        t0 = np.sign(a)
        t1 = np.copysign(1.0, b)
        u = t0 * t1
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 39:  # fmax
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 40:  # fmin
        u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
        v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 41:  # floor
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 42:  # ceil
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 43:  # trunc
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 44:  # rint
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 45:  # sign
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 46:  # remainder
        t0 = np.rint((a - y) / b)
        u = 1.0
        v = -t0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 47:  # fmod
        t0 = np.rint((a - y) / b)
        u = 1.0
        v = -t0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 48:  # deg2rad
        u = 3.141592653589793 / 180.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 49:  # rad2deg
        u = 180.0 / 3.141592653589793
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 50:  # less
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 51:  # less_equal
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 52:  # greater
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 53:  # greater_equal
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 54:  # equal
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    elif op == 55:  # not_equal
        u = 0.0
        v = 0.0
        p = 0.0
        q = 0.0
        r = 0.0
        return u, v, p, q, r
    u = 1.0
    v = 0.0
    p = 0.0
    q = 0.0
    r = 0.0
    return u, v, p, q, r


@numba.njit(cache=True, error_model="numpy", nogil=True)
def second_tile(op, a_, b_, y_, u_, v_, p_, q_, r_, n):
    """As :func:`second`, entry by entry."""
    if op == 2:  # add
        for i in range(n):
            u = 1.0
            v = 1.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 3:  # subtract
        for i in range(n):
            u = 1.0
            v = -1.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 4:  # multiply
        for i in range(n):
            a = a_[i]
            b = b_[i]
            u = b
            v = a
            p = 0.0
            q = 1.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 5:  # divide
        for i in range(n):
            b = b_[i]
            y = y_[i]
            u = 1 / b
            v = -y / b
            p = 0.0
            q = -(1 / b / b)
            r = -(-y / b / b) + -1.0 / b * (-y / b)
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 6:  # negative
        for i in range(n):
            u = -1.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 7:  # square
        for i in range(n):
            a = a_[i]
            u = 2 * a
            v = 0.0
            p = 2.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 8:  # power
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            t0 = np.power(a, b - 1.0)
            t1 = np.log(a)
            t2 = np.power(a, b - 1.0 - 1.0)
            u = where((b == 0) & (a == 0), 0.0, b * t0)
            v = where((a == 0) & (b >= 0), 0.0, y * t1)
            p = where((b == 0) & (a == 0), 0.0, b * where((b - 1.0 == 0) & (a == 0), 0.0, (b - 1.0) * t2))
            q = where((b == 0) & (a == 0), 0.0, t0 + b * where((a == 0) & (b - 1.0 >= 0), 0.0, t0 * t1))
            r = where((a == 0) & (b >= 0), 0.0, t1) * where((a == 0) & (b >= 0), 0.0, y * t1)
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 9:  # sqrt
        for i in range(n):
            y = y_[i]
            u = 0.5 / y
            v = 0.0
            p = -(0.5 / y / y) * (0.5 / y)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 10:  # exp
        for i in range(n):
            y = y_[i]
            u = y
            v = 0.0
            p = y
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 11:  # log
        for i in range(n):
            a = a_[i]
            u = 1 / a
            v = 0.0
            p = -(1 / a / a)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 12:  # sin
        for i in range(n):
            a = a_[i]
            t0 = np.cos(a)
            t1 = np.sin(a)
            u = t0
            v = 0.0
            p = -t1
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 13:  # cos
        for i in range(n):
            a = a_[i]
            t0 = np.sin(a)
            t1 = np.cos(a)
            u = -t0
            v = 0.0
            p = -t1
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 14:  # tanh
        for i in range(n):
            y = y_[i]
            u = 1 - y * y
            v = 0.0
            p = -(y + y) * (1 - y * y)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 15:  # absolute
        for i in range(n):
            a = a_[i]
            t0 = np.sign(a)
            u = t0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 16:  # maximum
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 17:  # minimum
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 18:  # reciprocal
        for i in range(n):
            y = y_[i]
            u = -y * y
            v = 0.0
            p = (-1.0 * y + -y) * (-y * y)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 19:  # log1p
        for i in range(n):
            a = a_[i]
            u = 1 / (1 + a)
            v = 0.0
            p = -(1 / (1 + a) / (1 + a))
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 20:  # expm1
        for i in range(n):
            a = a_[i]
            t0 = np.exp(a)
            u = t0
            v = 0.0
            p = t0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 21:  # logaddexp
        for i in range(n):
            a = a_[i]
            b = b_[i]
            t0 = np.isinf(a)
            t1 = np.exp(where(a >= b, b - a, a - b))
            u = where((a == b) & t0, 0.5, where(a >= b, 1.0, t1) / (1 + t1))
            v = where((a == b) & t0, 0.5, where(a >= b, t1, 1.0) / (1 + t1))
            p = where(
                (a == b) & t0,
                0.0,
                where(a >= b, 0.0, t1 * where(a >= b, -1.0, 1.0)) / (1 + t1)
                + -(where(a >= b, 1.0, t1) / (1 + t1) * (t1 * where(a >= b, -1.0, 1.0)) / (1 + t1)),
            )
            q = where(
                (a == b) & t0,
                0.0,
                where(a >= b, 0.0, t1 * where(a >= b, 1.0, -1.0)) / (1 + t1)
                + -(where(a >= b, 1.0, t1) / (1 + t1) * (t1 * where(a >= b, 1.0, -1.0)) / (1 + t1)),
            )
            r = where(
                (a == b) & t0,
                0.0,
                where(a >= b, t1 * where(a >= b, 1.0, -1.0), 0.0) / (1 + t1)
                + -(where(a >= b, t1, 1.0) / (1 + t1) * (t1 * where(a >= b, 1.0, -1.0)) / (1 + t1)),
            )
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 22:  # tan
        for i in range(n):
            y = y_[i]
            u = 1 + y * y
            v = 0.0
            p = (y + y) * (1 + y * y)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 23:  # sinh
        for i in range(n):
            a = a_[i]
            t0 = np.cosh(a)
            t1 = np.sinh(a)
            u = t0
            v = 0.0
            p = t1
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 24:  # cosh
        for i in range(n):
            a = a_[i]
            t0 = np.sinh(a)
            t1 = np.cosh(a)
            u = t0
            v = 0.0
            p = t1
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 25:  # arcsin
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(-(a - 1) * (a - -1))
            u = 1 / t0
            v = 0.0
            p = -(1 / t0 * (0.5 / t0 * (-1.0 * (a - -1) + -(a - 1))) / t0)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 26:  # arccos
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(-(a - 1) * (a - -1))
            u = -1 / t0
            v = 0.0
            p = -(-1 / t0 * (0.5 / t0 * (-1.0 * (a - -1) + -(a - 1))) / t0)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 27:  # arctan
        for i in range(n):
            a = a_[i]
            u = 1 / (1 + a * a)
            v = 0.0
            p = -(1 / (1 + a * a) * (a + a) / (1 + a * a))
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 28:  # arctan2
        for i in range(n):
            a = a_[i]
            b = b_[i]
            t0 = np.hypot(a, b)
            u = where(t0 == 0, 0.0, b / t0 / t0)
            v = where(t0 == 0, 0.0, -a / t0 / t0)
            p = where(
                t0 == 0,
                0.0,
                -(b / t0 * where(t0 == 0, 0.0, a / t0) / t0) / t0 + -(b / t0 / t0 * where(t0 == 0, 0.0, a / t0) / t0),
            )
            q = where(
                t0 == 0,
                0.0,
                (1.0 / t0 + -(b / t0 * where(t0 == 0, 0.0, b / t0) / t0)) / t0
                + -(b / t0 / t0 * where(t0 == 0, 0.0, b / t0) / t0),
            )
            r = where(
                t0 == 0,
                0.0,
                -(-a / t0 * where(t0 == 0, 0.0, b / t0) / t0) / t0 + -(-a / t0 / t0 * where(t0 == 0, 0.0, b / t0) / t0),
            )
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 29:  # arcsinh
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(-(-a * a - 1))
            u = 1 / t0
            v = 0.0
            p = -(1 / t0 * (0.5 / t0 * -(-1.0 * a + -a)) / t0)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 30:  # arccosh
        for i in range(n):
            a = a_[i]
            t0 = np.sqrt(a - 1)
            t1 = np.sqrt(a - -1)
            u = 1 / (t0 * t1)
            v = 0.0
            p = -(1 / (t0 * t1) * (0.5 / t0 * t1 + t0 * (0.5 / t1)) / (t0 * t1))
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 31:  # arctanh
        for i in range(n):
            a = a_[i]
            u = 1 / ((1 - a) * (1 + a))
            v = 0.0
            p = -(1 / ((1 - a) * (1 + a)) * (-1.0 * (1 + a) + (1 - a)) / ((1 - a) * (1 + a)))
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 32:  # hypot
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(y == 0, 0.0, a / y)
            v = where(y == 0, 0.0, b / y)
            p = where(y == 0, 0.0, 1.0 / y) + where(y == 0, 0.0, -(a / y / y)) * where(y == 0, 0.0, a / y)
            q = where(y == 0, 0.0, -(a / y / y)) * where(y == 0, 0.0, b / y)
            r = where(y == 0, 0.0, 1.0 / y) + where(y == 0, 0.0, -(b / y / y)) * where(y == 0, 0.0, b / y)
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 33:  # exp2
        for i in range(n):
            y = y_[i]
            u = 0.6931471805599453 * y
            v = 0.0
            p = 0.6931471805599453 * (0.6931471805599453 * y)
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 34:  # log2
        for i in range(n):
            a = a_[i]
            u = 1 / (0.6931471805599453 * a)
            v = 0.0
            p = -(1 / (0.6931471805599453 * a) * 0.6931471805599453 / (0.6931471805599453 * a))
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 35:  # log10
        for i in range(n):
            a = a_[i]
            u = 1 / (2.302585092994046 * a)
            v = 0.0
            p = -(1 / (2.302585092994046 * a) * 2.302585092994046 / (2.302585092994046 * a))
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 36:  # cbrt
        for i in range(n):
            y = y_[i]
            u = 1 / (3 * y * y)
            v = 0.0
            p = -(1 / (3 * y * y) * (3 * y + 3 * y) / (3 * y * y)) * (1 / (3 * y * y))
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 37:  # fabs
        for i in range(n):
            a = a_[i]
            t0 = np.sign(a)
            u = t0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 38:  # copysign
        for i in range(n):
            a = a_[i]
            b = b_[i]
            t0 = np.sign(a)
            t1 = np.copysign(1.0, b)
            u = t0 * t1
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 39:  # fmax
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 40:  # fmin
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            u = where(a == b, 0.5, where(b == y, 0.0, 1.0))
            v = where(a == b, 0.5, where(a == y, 0.0, 1.0))
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 41:  # floor
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 42:  # ceil
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 43:  # trunc
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 44:  # rint
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 45:  # sign
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 46:  # remainder
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            t0 = np.rint((a - y) / b)
            u = 1.0
            v = -t0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 47:  # fmod
        for i in range(n):
            a = a_[i]
            b = b_[i]
            y = y_[i]
            t0 = np.rint((a - y) / b)
            u = 1.0
            v = -t0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 48:  # deg2rad
        for i in range(n):
            u = 3.141592653589793 / 180.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 49:  # rad2deg
        for i in range(n):
            u = 180.0 / 3.141592653589793
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 50:  # less
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 51:  # less_equal
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 52:  # greater
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 53:  # greater_equal
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 54:  # equal
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    elif op == 55:  # not_equal
        for i in range(n):
            u = 0.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
    else:
        for i in range(n):
            u = 1.0
            v = 0.0
            p = 0.0
            q = 0.0
            r = 0.0
            u_[i] = u
            v_[i] = v
            p_[i] = p
            q_[i] = q
            r_[i] = r
