"""Primals in mpmath, by the name of their row: what elementwise partials are checked against.

Rows that are not listed here are checked against extrapolated differences of the function itself.
"""

import mpmath
from mpmath import mp, mpf

__all__ = ["PRIMALS", "derivative"]


def derivative(primal, point, operand):
    """The partial of an mpmath function with respect to one operand, to more digits than a float has."""
    order = [0] * len(point)
    order[operand] = 1
    with mp.workdps(40):
        exact = [mpmath.mpmathify(x) for x in point]
        return complex(mpmath.diff(primal, tuple(exact), tuple(order)))


def _quotient_floor(a, b):
    return mpmath.floor(a / b)


def _clip(x, low, high):
    return min(max(x, low), high)


def _copysign(a, b):
    return abs(a) if b > 0 else -abs(a)


def _logaddexp2(a, b):
    return mpmath.log(mpf(2) ** a + mpf(2) ** b, 2)


PRIMALS = {
    "numpy.absolute": abs,
    "numpy.add": lambda a, b: a + b,
    "numpy.arccos": mpmath.acos,
    "numpy.arccosh": mpmath.acosh,
    "numpy.arcsin": mpmath.asin,
    "numpy.arcsinh": mpmath.asinh,
    "numpy.arctan": mpmath.atan,
    "numpy.arctan2": mpmath.atan2,
    "numpy.arctanh": mpmath.atanh,
    "numpy.cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "numpy.ceil": mpmath.ceil,
    "numpy.clip": _clip,
    "numpy.conjugate": lambda x: x,
    "numpy.copysign": _copysign,
    "numpy.cos": mpmath.cos,
    "numpy.cosh": mpmath.cosh,
    "numpy.deg2rad": mpmath.radians,
    "numpy.degrees": mpmath.degrees,
    "numpy.divide": lambda a, b: a / b,
    "numpy.exp": mpmath.exp,
    "numpy.exp2": lambda x: mpf(2) ** x,
    "numpy.expm1": mpmath.expm1,
    "numpy.fabs": abs,
    "numpy.float_power": lambda x, p: x**p,
    "numpy.floor": mpmath.floor,
    "numpy.floor_divide": _quotient_floor,
    "numpy.fmax": max,
    "numpy.fmin": min,
    "numpy.fmod": lambda a, b: a - b * _quotient_floor(a, b),
    "numpy.hypot": mpmath.hypot,
    "numpy.i0": lambda x: mpmath.besseli(0, x),
    "numpy.log": mpmath.log,
    "numpy.log10": mpmath.log10,
    "numpy.log1p": mpmath.log1p,
    "numpy.log2": lambda x: mpmath.log(x, 2),
    "numpy.logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "numpy.logaddexp2": _logaddexp2,
    "numpy.maximum": max,
    "numpy.minimum": min,
    "numpy.multiply": lambda a, b: a * b,
    "numpy.negative": lambda x: -x,
    "numpy.positive": lambda x: x,
    "numpy.power": lambda x, p: x**p,
    "numpy.rad2deg": mpmath.degrees,
    "numpy.radians": mpmath.radians,
    "numpy.reciprocal": lambda x: 1 / x,
    "numpy.remainder": lambda a, b: a - b * _quotient_floor(a, b),
    "numpy.rint": mpmath.nint,
    "numpy.sign": mpmath.sign,
    "numpy.sin": mpmath.sin,
    "numpy.sinc": mpmath.sincpi,
    "numpy.sinh": mpmath.sinh,
    "numpy.sqrt": mpmath.sqrt,
    "numpy.square": lambda x: x * x,
    "numpy.subtract": lambda a, b: a - b,
    "numpy.tan": mpmath.tan,
    "numpy.tanh": mpmath.tanh,
    "numpy.trunc": mpmath.floor,
}
