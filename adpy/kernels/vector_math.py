"""exp, expm1, log, log1p and tanh without branches, so that loops over them vectorise.

Errors over the whole range of float64, subnormal numbers included, are below 2 ulp, special values those of C.

References
----------
Cody and Waite, "Software Manual for the Elementary Functions" (1980): the reduction by a multiple of log 2 in two
parts.  The coefficients of the logarithm's series are those of Sun's fdlibm.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["FUNCTIONS", "exp", "expm1", "log", "log1p", "tanh"]

LOG2E = 1.4426950408889634
LN2_HIGH = 0.6931471803691238  # 33 bits: its product with an exponent is exact
LN2_LOW = 1.9082149292705877e-10
ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer, which the low bits then hold
HALF = 0x3FE6A09E667F3BCD  # bits of sqrt(1/2)
INF = np.inf

_options = {"error_model": "numpy", "nogil": True, "forceinline": True, "cache": True}


@intrinsic
def bits(typingctx, x):
    """The 64 bits of a float as an integer."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic
def number(typingctx, x):
    """The float with these 64 bits."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), codegen


@intrinsic
def either(typingctx, condition, a, b):
    """``a`` where the condition holds, else ``b``: both are computed."""

    def codegen(context, builder, signature, args):
        return builder.select(*args)

    return types.float64(types.boolean, types.float64, types.float64), codegen


@numba.njit(**_options)
def _reduced(x):
    """``x = n log 2 + r``: ``exp(r) - 1``, ``n`` as a float, and as an integer."""
    shifted = x * LOG2E + ROUND
    n = shifted - ROUND
    k = bits(shifted) - bits(ROUND)
    high = x - n * LN2_HIGH
    low = n * LN2_LOW
    r = high - low
    rest = (high - r) - low
    q = 1.6059043836821613e-10
    q = q * r + 2.08767569878681e-09
    q = q * r + 2.505210838544172e-08
    q = q * r + 2.755731922398589e-07
    q = q * r + 2.7557319223985893e-06
    q = q * r + 2.48015873015873e-05
    q = q * r + 0.0001984126984126984
    q = q * r + 0.001388888888888889
    q = q * r + 0.008333333333333333
    q = q * r + 0.041666666666666664
    q = q * r + 0.16666666666666666
    q = q * r + 0.5
    return r, rest + r * r * q + rest * r, n, k


@numba.njit(**_options)
def _power(k):
    """``2**k`` for normal results."""
    return number((k + 1023) << 52)


@numba.njit(**_options)
def exp(x):
    """The exponential function."""
    clipped = either(x > 710.0, 710.0, either(x < -746.0, -746.0, x))
    r, tail, _, k = _reduced(clipped)
    half = k >> 1
    return ((1.0 + (r + tail)) * _power(half)) * _power(k - half)


@numba.njit(**_options)
def expm1(x):
    """``exp(x) - 1``."""
    clipped = either(x > 710.0, 710.0, either(x < -50.0, -50.0, x))
    r, tail, n, k = _reduced(clipped)
    half = k >> 1
    scale, other = _power(half), _power(k - half)
    one = 1.0 / scale / other
    large = either(n > 60.0, 0.0, one)
    # (1 + r + tail) 2**n - 1, the exact part of the sum first
    offset = 1.0 - large
    total = offset + r
    error = r - (total - offset)
    small = either(n == 0.0, r + tail, total + (tail + error))
    found = (small * scale) * other
    return either(x == 0.0, x, found)


@numba.njit(**_options)
def _series(f, extra, n):
    """``log(1 + f + extra) + n log 2`` for ``f`` between sqrt(1/2) - 1 and sqrt(2) - 1."""
    s = f / (2.0 + f)
    z = s * s
    w = 1.479819860511658591e-01
    w = w * z + 1.531383769920937332e-01
    w = w * z + 1.818357216161805012e-01
    w = w * z + 2.222219843214978396e-01
    w = w * z + 2.857142874366239149e-01
    w = w * z + 3.999999999940941908e-01
    w = w * z + 6.666666666666735130e-01
    square = 0.5 * f * f
    return n * LN2_HIGH - ((square - (s * (square + w * z) + (n * LN2_LOW + extra))) - f)


@numba.njit(**_options)
def _integer(k):
    """A small integer as a float."""
    return number(bits(ROUND) + k) - ROUND


@numba.njit(**_options)
def log(x):
    """The natural logarithm."""
    tiny = x < 2.2250738585072014e-308
    scaled = either(tiny, x * 18014398509481984.0, x)
    k = (bits(scaled) - HALF) >> 52
    m = number(bits(scaled) - (k << 52))
    n = _integer(k) - either(tiny, 54.0, 0.0)
    found = _series(m - 1.0, 0.0, n)
    found = either(x == 0.0, -INF, either(x < 0.0, np.nan, found))
    return either(x == INF, x, either(x != x, x, found))


@numba.njit(**_options)
def log1p(x):
    """``log(1 + x)``."""
    y = 1.0 + x
    lost = either(x > 1.0, 1.0 - (y - x), x - (y - 1.0))
    k = (bits(y) - HALF) >> 52
    m = number(bits(y) - (k << 52))
    found = _series(either(k == 0, x, m - 1.0), either(k == 0, 0.0, lost / y), _integer(k))
    found = either(x == -1.0, -INF, either(x < -1.0, np.nan, found))
    return either(x == INF, x, either(x != x, x, either(abs(x) < 1e-300, x, found)))


@numba.njit(**_options)
def tanh(x):
    """The hyperbolic tangent."""
    size = either(abs(x) > 22.0, 22.0, abs(x))
    r, tail, n, k = _reduced(2.0 * size)
    scale, offset = _power(k), 1.0 - _power(-k)
    total = offset + r
    e = (total + (tail + (r - (total - offset)))) * scale  # exp(2 |x|) - 1
    below = 2.0 + e
    quotient = e / below
    near = quotient - quotient * (e - (below - 2.0)) / below  # what rounding the sum has lost
    far = 1.0 - 2.0 / ((1.0 + (r + tail)) * scale + 1.0)
    found = either(size < 1e-9, size, either(size < 0.55, near, far))
    return either(x != x, x, number(bits(found) | (bits(x) & bits(-0.0))))


FUNCTIONS = {"exp": exp, "expm1": expm1, "log": log, "log1p": log1p, "tanh": tanh}
"""By name of NumPy's function."""
