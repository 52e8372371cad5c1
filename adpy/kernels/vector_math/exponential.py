"""Exponential and hyperbolic functions.

References
----------
Cody and Waite, "Software Manual for the Elementary Functions" (1980): the reduction by a multiple of log 2 in two
parts.  The rational function of tanh is that of Moshier's Cephes; polynomials are weighted least squares at 60 digits.
"""

from __future__ import annotations

import struct

from adpy.kernels.vector_math.words import Code, Real, Truth, Whole

__all__ = ["cosh", "exp", "exp2", "expm1", "power_of_two", "reduced", "sinh", "tanh", "to_integer"]

LOG2E = 1.4426950408889634
LN2 = 0.6931471805599453
LN2_HIGH = 0.6931471803691238  # 33 bits: its product with an exponent is exact
LN2_LOW = 1.9082149292705877e-10
ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer, which the low bits then hold
ROUND_BITS = struct.unpack("<q", struct.pack("<d", ROUND))[0]

# (e**r - 1 - r) / r**2, error 2**-57.9; (2**r - 1 - r log 2) / r**2
_EXP = (0.5000000000000013, 0.16666666666666685, 0.04166666666651089, 0.008333333333315896, 0.001388888894816722)
_EXP += (0.00019841269898899198, 2.480148876295461e-05, 2.7557232566082736e-06, 2.763170074177052e-07)
_EXP += (2.511277996633329e-08,)
_EXP2 = (0.24022650695910136, 0.05550410866482164, 0.009618129107592419, 0.0013333558146401466)
_EXP2 += (0.00015403530459073424, 1.5252733847370813e-05, 1.3215434374924602e-06, 1.017805444364611e-07)
_EXP2 += (7.0739294247837274e-09, 4.456234875948439e-10)
# (sinh(r) - r) / r**3 and (cosh(r) - 1 - r**2 / 2) / r**4 in r**2, errors 2**-61.7 and 2**-70
_SINH = (0.16666666666666677, 0.0083333333333214, 0.0001984126988675412, 2.755724353574257e-06, 2.5109285330647263e-08)
_COSH = (0.041666666666666685, 0.0013888888888873273, 2.4801587349243794e-05, 2.755725176880631e-07)
_COSH += (2.0921789833821464e-09,)
_TANH = (-1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1)
_TANH_BELOW = (4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1.0)


def to_integer(code: Code, x: Real, factor: float = 1.0) -> tuple[Real, Whole]:
    """The integer next to ``x * factor``, below 2**51, as a float and as one."""
    shifted = code.add_product(x, factor, ROUND) if factor != 1.0 else x + ROUND
    return shifted - ROUND, shifted.bits() - ROUND_BITS


def power_of_two(k: Whole) -> Real:
    """``2**k`` for normal results."""
    return ((k + 1023) << 52).number()


def reduced(code: Code, x: Real) -> tuple[Real, Real, Real, Whole]:
    """``x = n log 2 + r + rest``: ``r``, ``rest``, ``n`` as a float, and as an integer."""
    n, k = to_integer(code, x, LOG2E)
    high = code.add_product(n, -LN2_HIGH, x)
    low = n * LN2_LOW
    r = high - low
    return r, (high - r) - low, n, k


def exp(code: Code, x: Real) -> tuple[Real, Truth]:
    """The exponential function."""
    r, rest, _, k = reduced(code, x)
    y = 1.0 + (r + code.add_product(r * r, code.polynomial(r, _EXP), rest))
    return y * power_of_two(k), ~(abs(x) <= 708.0)


def exp2(code: Code, x: Real) -> tuple[Real, Truth]:
    """Powers of two."""
    n, k = to_integer(code, x)
    r = x - n
    y = 1.0 + code.add_product(r * r, code.polynomial(r, _EXP2), r * LN2)
    return y * power_of_two(k), ~(abs(x) <= 1022.0)


def expm1(code: Code, x: Real) -> tuple[Real, Truth]:
    """``exp(x) - 1``."""
    r, rest, _, k = reduced(code, code.either(x < -100.0, -100.0, x))
    tail = code.add_product(r * r, code.polynomial(r, _EXP), rest)
    total, error = code.ordered_sum(1.0 - power_of_two(-k), r)
    return code.either(x.equals(0.0), x, (total + (tail + error)) * power_of_two(k)), ~(x <= 708.0)


def _halves(code: Code, size: Real) -> tuple:
    """``r``, ``rest``, and half the sum and the difference of ``2**n`` and ``2**-n``."""
    r, rest, n, k = reduced(code, size)
    _, less = to_integer(code, code.either(n > 100.0, 100.0, n))
    up, down = power_of_two(k - 1), power_of_two(-(less + 1))
    return r, rest, up + down, up - down


def sinh(code: Code, x: Real) -> tuple[Real, Truth]:
    """The hyperbolic sine: ``exp(n log 2)`` and ``exp(r)`` by the addition theorem."""
    size = abs(x)
    r, rest, plus, minus = _halves(code, size)
    z = r * r
    odd = code.add_product(z * r, code.polynomial(z, _SINH), rest)
    even = z * code.add_product(z, code.polynomial(z, _COSH), 0.5)
    total, error = code.ordered_sum(minus, plus * r)
    return (total + (error + code.add_product(minus, even, plus * odd))).signed(x), ~(size <= 709.0)


def cosh(code: Code, x: Real) -> tuple[Real, Truth]:
    """The hyperbolic cosine."""
    size = abs(x)
    r, rest, plus, minus = _halves(code, size)
    z = r * r
    odd = r + code.add_product(z * r, code.polynomial(z, _SINH), rest)
    even = z * code.add_product(z, code.polynomial(z, _COSH), 0.5)
    return plus + code.add_product(plus, even, minus * odd), ~(size <= 709.0)


def tanh(code: Code, x: Real) -> tuple[Real, None]:
    """The hyperbolic tangent: a rational function, or ``1 - 2 / (exp(2 x) + 1)``."""
    size = abs(x)
    size = code.either(size > 22.0, 22.0, size)
    r, rest, _, k = reduced(code, 2.0 * size)
    large = (1.0 + (r + code.add_product(r * r, code.polynomial(r, _EXP), rest))) * power_of_two(k)
    z = size * size
    near = size < 0.625
    above = code.either(near, z * size * code.horner(z, _TANH), -2.0)
    below = code.either(near, code.horner(z, _TANH_BELOW), large + 1.0)
    return (code.either(near, size, 1.0) + above / below).signed(x), None
