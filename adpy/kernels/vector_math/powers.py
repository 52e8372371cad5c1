"""Powers and roots."""

from __future__ import annotations

from adpy.kernels.vector_math.exponential import _EXP, ROUND, power_of_two, reduced, to_integer
from adpy.kernels.vector_math.logarithmic import LEAST, parts
from adpy.kernels.vector_math.words import Code, Real, Truth

__all__ = ["cbrt", "hypot", "power"]

_LN2 = (0.6931471804855391, 7.440617110012397e-11)  # the first has 33 bits
# (arctanh(s) / s - 1 - s**2 / 3) / s**4 in s**2, error 2**-73
_ARCTANH = (0.19999999999999987, 0.14285714285723358, 0.11111111108601034, 0.09090909453219287, 0.07692277328967573)
_ARCTANH += (0.06668197518181081, 0.05836682543852878, 0.06000142931354057)
_CBRT = (0.457866, 0.846832, -0.41542, 0.127532, -0.0156863)  # from 0.35 to 2.84


def _log(code: Code, x: Real) -> tuple[Real, Real]:
    """The logarithm in two parts, of which 65 bits are right."""
    m, n = parts(code, x)
    above = m - 1.0
    below, lost = code.ordered_sum(code.real(1.0), m)
    s = above / below
    product, error = code.product(s, below)
    s_low = ((above - product) - error - s * lost) / below
    z, z_low = code.product(s, s)
    z_low = z_low + 2.0 * s * s_low
    # 2 s (1 + z / 3 + z**2 q)
    third, third_low = code.product(z, code.real(1 / 3))
    third_low = third_low + z_low * (1 / 3) + z * 1.850371707708594e-17
    series, series_low = code.ordered_sum(third, z * z * code.polynomial(z, _ARCTANH))
    series_low = series_low + third_low
    double = s + s
    more, more_low = code.product(double, series)
    more_low = more_low + (2.0 * s_low * series + double * series_low)
    total, error = code.ordered_sum(double, more)
    low = error + (more_low + 2.0 * s_low)
    sum_, rest = code.sum(n * _LN2[0], total)
    return code.ordered_sum(sum_, rest + (low + n * _LN2[1]))


def power(code: Code, x: Real, y: Real) -> tuple[Real, Truth]:
    """Powers; of negative numbers where the exponent is an integer below 2**51."""
    size, exponent = abs(x), abs(y)
    high, low = _log(code, size)
    p, error = code.product(high, y)
    low = code.add_product(low, y, error)
    r, rest, _, k = reduced(code, p)
    r, rest = code.sum(r, rest + low)
    total, error = code.ordered_sum(code.real(1.0), r)
    scale = power_of_two(k)
    tail = code.add_product(r * r, code.polynomial(r, _EXP), rest)
    found = (total + (error + tail)) * scale
    shifted = exponent + ROUND
    whole = (shifted - ROUND).equals(exponent) & (exponent < 2.0**51)
    sign = (x.bits() & (shifted.bits() << 63)).number()
    ordinary = (size >= LEAST) & (size <= 1.7e308) & (abs(p) <= 708.0) & ((x > 0.0) | whole)
    return (found.bits() ^ (sign.bits() & (-1 << 63))).number(), ~ordinary


def hypot(code: Code, x: Real, y: Real) -> tuple[Real, Truth]:
    """The length of a vector."""
    total = code.add_product(x, x, y * y)
    return total.sqrt(), ~((total >= 1e-290) & (total <= 1e300))


def cbrt(code: Code, x: Real) -> tuple[Real, Truth]:
    """The cube root: a polynomial for two digits, two steps of Halley's method, the last with an exact square."""
    size = abs(x)
    tiny = size < LEAST
    m, n = parts(code, code.either(tiny, size * 2.0**54, size))
    third, k = to_integer(code, n * (1 / 3))
    rest = n - third * 3.0  # -1, 0, 1
    m = m * code.either(rest > 0.0, 2.0, code.either(rest < 0.0, 0.5, 1.0))
    t = code.horner(m, _CBRT)
    cube = t * t * t
    t = (t * (cube + (m + m)) / (cube + cube + m)).without(27)
    q = m / (t * t)
    t = t + t * ((q - t) / ((t + t) + q))
    found = t * power_of_two(k) * code.either(tiny, 2.0**-18, 1.0)
    return found.signed(x), ~((size > 0.0) & (size <= 1.7e308))
