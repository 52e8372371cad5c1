"""Sine, cosine, tangent and their inverses.

References
----------
Cody and Waite (1980): the reduction by a multiple of pi / 2 in three parts, of which the first two have 37 bits, so
that their products with integers of 16 bits are exact.  Polynomials are weighted least squares at 60 digits.
"""

from __future__ import annotations

from adpy.kernels.vector_math.exponential import to_integer
from adpy.kernels.vector_math.words import Code, Real, Truth, Whole

__all__ = ["arccos", "arcsin", "arctan", "arctan2", "cos", "sin", "sincos", "tan"]

LIMIT = 1e5
"""Arguments beyond which the C library takes over."""

_PARTS = (1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23)
_PI = (3.141592653589793, 1.2246467991473532e-16)

# As far as pi / 4: (sin(r) - r) / r**3 in r**2, error 2**-57.9, and (cos(r) - 1 + r**2 / 2) / r**4, error 2**-64
_SIN = (-0.1666666666666663, 0.00833333333332197, -0.00019841269829518114, 2.755731360582739e-06)
_SIN += (-2.505074621316137e-08, 1.5896173534548321e-10)
_COS = (0.041666666666666595, -0.0013888888888873455, 2.480158728911283e-05, -2.7557314256010603e-07)
_COS += (2.0875711271648677e-09, -1.1359071590227981e-11)
# (arctan(t) - t) / t**3 in t**2 as far as tan(pi / 8), error 2**-59.3; (arcsin(t) - t) / t**3 as far as 1 / 2, 2**-59.7
_ARCTAN = (-0.33333333333333187, 0.1999999999995096, -0.14285714279953626, 0.11111110772053326, -0.09090897445367872)
_ARCTAN += (0.07692054873595902, -0.06663045280561854, 0.058474732199278755, -0.05037472995527675)
_ARCTAN += (0.03801894621988354, -0.01785812111636359)
_ARCSIN = (0.1666666666666676, 0.07499999999971048, 0.044642857174297765, 0.030381942724964518, 0.022372214468978826)
_ARCSIN += (0.01735162168053499, 0.013980702568058462, 0.01139988310534913, 0.010774824439180288)
_ARCSIN += (0.003726744826143709, 0.021658578259609377, -0.020930973202394763, 0.032586801620723464)


def _remainder(code: Code, x: Real, n: Real) -> tuple[Real, Real]:
    """``x - n pi / 2`` in two parts."""
    first = code.add_product(n, -_PARTS[0], x)
    r, error = code.sum(first, n * -_PARTS[1])
    return r, code.add_product(n, -_PARTS[2], error)


def _flip(x: Real, k: Whole) -> Real:
    """The number with another sign for odd ``k``."""
    return (x.bits() ^ (k << 63)).number()


def _both(code: Code, r: Real, low: Real) -> tuple:
    """Sine and cosine as far as pi / 4: the larger parts, and what is added to them."""
    z = r * r
    half = 0.5 * z
    near = 1.0 - half
    sine = code.add_product(r * z, code.polynomial(z, _SIN), low * near)
    return r, sine, near, ((1.0 - near) - half) + code.add_product(z * z, code.polynomial(z, _COS), r * -low)


def sincos(code: Code, x: Real) -> tuple[tuple[Real, Real], Truth]:
    """Sine and cosine by one reduction."""
    n, k = to_integer(code, x, 0.6366197723675814)
    a, b, c, d = _both(code, *_remainder(code, x, n))
    sine, cosine = a + b, c + d
    odd = (k & 1).equals(1)
    first, second = code.either(odd, cosine, sine), code.either(odd, sine, cosine)
    first = code.either(abs(x) < 1e-9, x, _flip(first, k >> 1))
    return (first, _flip(second, (k + 1) >> 1)), ~(abs(x) <= LIMIT)


def sin(code: Code, x: Real) -> tuple[Real, Truth]:
    """The sine."""
    (found, _), outside = sincos(code, x)
    return found, outside


def cos(code: Code, x: Real) -> tuple[Real, Truth]:
    """The cosine."""
    (_, found), outside = sincos(code, x)
    return found, outside


def tan(code: Code, x: Real) -> tuple[Real, Truth]:
    """The tangent: a quotient of numbers in two parts each."""
    n, k = to_integer(code, x, 0.6366197723675814)
    a, b, c, d = _both(code, *_remainder(code, x, n))
    sine, sine_low = code.ordered_sum(a, b)
    cosine, cosine_low = code.ordered_sum(c, d)
    odd = (k & 1).equals(1)
    above, above_low = code.either(odd, cosine, sine), code.either(odd, cosine_low, sine_low)
    below, below_low = code.either(odd, sine, cosine), code.either(odd, sine_low, cosine_low)
    quotient = above / below
    product, error = code.product(quotient, below)
    missing = ((above - product) - error + (above_low - quotient * below_low)) / below
    return code.either(abs(x) < 1e-9, x, _flip(quotient + missing, k)), ~(abs(x) <= LIMIT)


def arcsin(code: Code, x: Real) -> tuple[Real, None]:
    """The inverse of the sine; beyond one half by half the angle."""
    size, near, s, tail = _half_angle(code, x)
    total, error = code.ordered_sum(code.real(_PI[0] / 2), -2.0 * s)
    far = total - (2.0 * tail - _PI[1] / 2 - error)
    return code.either(near, s + tail, far).signed(x), None


def arccos(code: Code, x: Real) -> tuple[Real, None]:
    """The inverse of the cosine."""
    size, near, s, tail = _half_angle(code, x)
    total, error = code.ordered_sum(code.real(_PI[0]), -2.0 * s)
    opposite = total - (2.0 * tail - _PI[1] - error)
    side = _PI[0] / 2 - (x - (_PI[1] / 2 - tail.signed(x)))
    return code.either(near, side, code.either(x < 0.0, opposite, 2.0 * (s + tail))), None


def _half_angle(code: Code, x: Real) -> tuple:
    """Size, whether it is below one half, a sine, and what its inverse adds to it."""
    size = abs(x)
    near = size <= 0.5
    z = code.either(near, x * x, 0.5 - 0.5 * size)
    s = code.either(near, size, z.sqrt())
    return size, near, s, s * z * code.polynomial(z, _ARCSIN)


def _tail(code: Code, t: Real) -> Real:
    """What ``arctan(t)`` adds to ``t``."""
    z = t * t
    return t * z * code.polynomial(z, _ARCTAN)


def arctan(code: Code, x: Real) -> tuple[Real, None]:
    """The inverse of the tangent, beside the next multiple of pi / 4."""
    size = abs(x)
    middle, large = size > 0.4142135623730951, size > 2.414213562373095
    above = code.either(large, -1.0, code.either(middle, size - 1.0, size))
    below = code.either(large, size, code.either(middle, size + 1.0, 1.0))
    t = above / below
    angle = code.either(large, _PI[0] / 2, code.either(middle, _PI[0] / 4, 0.0))
    low = code.either(large, _PI[1] / 2, code.either(middle, _PI[1] / 4, 0.0))
    return (angle + (t + (_tail(code, t) + low))).signed(x), None


def arctan2(code: Code, y: Real, x: Real) -> tuple[Real, Truth]:
    """The angle of a point, beside the next multiple of pi / 4."""
    height, width = abs(y), abs(x)
    steep, left = height > width, x < 0.0
    u, v = code.either(steep, height, width), code.either(steep, width, height)
    middle = v > 0.4142135623730951 * u
    t = code.either(middle, v - u, v) / code.either(middle, v + u, u)
    down = steep ^ left
    eighths = code.either(steep, 2.0, code.either(left, 4.0, 0.0))
    eighths = eighths + code.either(middle, code.either(down, -1.0, 1.0), 0.0)
    tail = _tail(code, t)
    t, tail = code.either(down, -t, t), code.either(down, -tail, tail)
    # pi / 4 in parts of which the first has 50 bits
    found = eighths * 0.7853981633974478 + (t + (tail + eighths * 4.747053798287464e-16))
    return found.signed(y), ~((u <= 1e300) & (v > u * 1e-280) & (v >= 1e-290))
