"""Logarithms, and the inverses of hyperbolic functions.

References
----------
The coefficients of the logarithm's series, and the ways of log2 and log10, are those of Sun's fdlibm and FreeBSD.
"""

from __future__ import annotations

from adpy.kernels.vector_math.exponential import LN2_HIGH, LN2_LOW, ROUND, ROUND_BITS
from adpy.kernels.vector_math.words import Code, Real, Truth

__all__ = ["LEAST", "arccosh", "arcsinh", "arctanh", "log", "log10", "log1p", "log2", "parts"]

LEAST = 2.2250738585072014e-308
"""The smallest normal number."""
_LARGEST = 1.7976931348623157e308
_HALF = 0x3FE6A09E667F3BCD  # bits of sqrt(1/2)
_SERIES = (6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01)
_SERIES += (1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01)


def parts(code: Code, x: Real) -> tuple[Real, Real]:
    """``x = m 2**n`` with ``m`` from sqrt(1/2) to sqrt(2), for normal ``x > 0``."""
    bits = x.bits()
    k = (bits - _HALF + (1024 << 52)) >> 52
    m = (bits - (k << 52) + (1024 << 52)).number()
    return m, (k + ROUND_BITS).number() - (ROUND + 1024.0)


def _rest(code: Code, f: Real) -> tuple[Real, Real]:
    """``f**2 / 2``, and ``log(1 + f)`` without ``f - f**2 / 2``."""
    s = f / (2.0 + f)
    z = s * s
    square = 0.5 * f * f
    return square, s * code.add_product(z, code.polynomial(z, _SERIES), square)


def _sum(code: Code, f: Real, extra: Real | float, n: Real) -> Real:
    """``log(1 + f) + extra + n log 2``."""
    square, rest = _rest(code, f)
    return code.add_product(n, LN2_HIGH, f - (square - (rest + code.add_product(n, LN2_LOW, extra))))


def log(code: Code, x: Real) -> tuple[Real, Truth]:
    """The natural logarithm."""
    m, n = parts(code, x)
    return _sum(code, m - 1.0, 0.0, n), ~((x >= LEAST) & (x <= _LARGEST))


def _log1p(code: Code, x: Real, more: Real | float) -> Real:
    """``log(1 + x + more)``, where ``more`` is below the precision of ``x > -1``."""
    y, lost = code.sum(code.real(1.0), x)
    m, n = parts(code, y)
    unit = n.equals(0.0)
    f = code.either(unit, x, m - 1.0)
    return _sum(code, f, (code.either(unit, 0.0, lost) + more) / y, n)


def log1p(code: Code, x: Real) -> tuple[Real, Truth]:
    """``log(1 + x)``."""
    return code.either(abs(x) < 1e-20, x, _log1p(code, x, 0.0)), ~((x > -1.0) & (x <= _LARGEST))


def _other_base(code: Code, x: Real, high: float, low: float, two: float, two_low: float) -> Real:
    """The logarithm to another base, whose reciprocal natural logarithm is ``high + low``."""
    m, n = parts(code, x)
    f = m - 1.0
    square, rest = _rest(code, f)
    large = (f - square).without(32)
    small = ((f - large) - square) + rest
    first = large * high
    second = code.add_product(large + small, low, code.add_product(small, high, n * two_low))
    total, error = code.ordered_sum(n * two, first)
    return total + (second + error)


def log2(code: Code, x: Real) -> tuple[Real, Truth]:
    """The logarithm to base 2."""
    found = _other_base(code, x, 1.4426950216293335, 1.9259629911266175e-08, 1.0, 0.0)
    return found, ~((x >= LEAST) & (x <= _LARGEST))


def log10(code: Code, x: Real) -> tuple[Real, Truth]:
    """The logarithm to base 10."""
    found = _other_base(
        code, x, 0.4342944622039795, 1.9699272335463627e-08, 0.30102999566224753, 1.7336659603752853e-12
    )
    return found, ~((x >= LEAST) & (x <= _LARGEST))


def _root(code: Code, high: Real, low: Real) -> tuple[Real, Real]:
    """The square root of ``high + low``, and what it lacks."""
    root = high.sqrt()
    square, error = code.product(root, root)
    return root, ((high - square) - error + low) / (root + root)


def arcsinh(code: Code, x: Real) -> tuple[Real, Truth]:
    """``log1p(x + (sqrt(1 + x**2) - 1))`` of the size of ``x``, the root in two parts."""
    size = abs(x)
    square, lost = code.product(size, size)
    total, error = code.sum(square, code.real(1.0))
    root, low = _root(code, total, error + lost)
    # sqrt(1 + x**2) - 1 without cancellation: x**2 / (sqrt(1 + x**2) + 1)
    below = root + 1.0
    above = square / below
    product, rounding = code.product(above, below)
    missing = ((square - product) - rounding + lost - above * (low + ((root - below) + 1.0))) / below
    t, rest = code.sum(size, above)
    found = _log1p(code, t, rest + missing)
    return code.either(size < 1e-9, size, found).signed(x), ~(size <= 1e150)


def arccosh(code: Code, x: Real) -> tuple[Real, Truth]:
    """``log1p(t + sqrt(t (t + 2)))`` with ``t = x - 1``."""
    t, lost = code.sum(x, code.real(-1.0))
    other, lost_too = code.sum(t, code.real(2.0))
    product, error = code.product(t, other)
    root, low = _root(code, product, error + (t * lost_too + lost * (t + other)))
    total, rest = code.sum(t, root)
    found = _log1p(code, total, rest + (low + lost))
    return code.either(x.equals(1.0), 0.0, found), ~((x >= 1.0) & (x <= 1e150))


def arctanh(code: Code, x: Real) -> tuple[Real, Truth]:
    """``log1p(2 x / (1 - x)) / 2`` of the size of ``x``."""
    size = abs(x)
    below, lost = code.sum(code.real(1.0), -size)
    double = size + size
    t = double / below
    product, rounding = code.product(t, below)
    missing = ((double - product) - rounding - t * lost) / below
    found = 0.5 * _log1p(code, t, missing)
    return code.either(size < 1e-9, size, found).signed(x), ~(size < 1.0)
