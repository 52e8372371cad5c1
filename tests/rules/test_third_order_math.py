"""Functions of ``math`` and ``cmath`` to third order: every mix of forward and reverse mode gives one number."""

import cmath
import math

import pytest

from adpy.capture.mathlib import math_replacements
from tests.rules.mixes import check_mixes, derivatives_by_differences

# Values to which something smooth is added; 0.6 where nothing stands.
POINTS = {
    **{math.acosh: (1.6,), math.atan2: (0.6, 1.2), math.copysign: (0.6, -1.0), math.fmod: (7.3, 2.1)},
    **{math.hypot: (0.6, 1.2, -0.4), math.ldexp: (0.6, 3), math.log: (0.6, 3.0), math.pow: (0.6, 2.5)},
    **{math.remainder: (7.3, 2.1), math.nextafter: (0.6, 1.0), math.gamma: (2.3,), math.lgamma: (2.3,)},
}
SEQUENCES = {math.fsum, math.prod}
CONSTANT = {
    *(math.ceil, math.factorial, math.floor, math.gcd, math.isclose, math.isfinite, math.isinf, math.isnan),
    *(math.isqrt, math.lcm, math.trunc, math.perm, math.comb, math.ulp),
    *(cmath.isclose, cmath.isfinite, cmath.isinf, cmath.isnan),
}
FUNCTIONS = [f for f in math_replacements() if f not in CONSTANT]


def arguments(function):
    """The arguments as a function of one number, with which all of them move."""
    if function is math.dist:
        return lambda t: ([0.6 + t, t * t], [1.2 - t, 0.5])
    if function in SEQUENCES:
        return lambda t: ([0.6 + t, t * t - 1.0, 1.5],)
    if function is cmath.rect:
        return lambda t: (0.6 + t, 1.2 - t * t)
    if function.__module__ == "cmath":
        return lambda t: (0.6 + 0.3j + t * (0.5 - 0.2j),)
    start = POINTS.get(function, (0.6,))
    return lambda t: tuple(
        x + (0.3 + 0.2 * i) * t + 0.1 * t * t if isinstance(x, float) else x for i, x in enumerate(start)
    )


def total(y):
    """One real number of a result."""
    if isinstance(y, tuple):
        return y[0] + y[1] ** 2
    return y.real + 0.5 * y.imag


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_mixes(function):
    moving = arguments(function)

    def g(t):
        return total(function(*moving(t)))

    expected = derivatives_by_differences(g, 1e-2)
    check_mixes(g, expected, 1e-7, 1e-11, [max(1.0, *map(abs, expected))] * 3)
