"""Code on the math module: from math import names, math.f, even from math import *."""

import math
from math import *  # noqa: F403  (what scripts do)

import numpy as np

from tests.corpus.registry import case


@case(0.6)
def star_imported(x):
    return sin(x) * exp(-x) + sqrt(x) * log(x + 1) - tanh(x) + pi  # noqa: F405


@case(0.4)
def every_trigonometric_function(x):
    return math.tan(x) + math.asin(x) * math.acos(x) - math.atan(x) * math.cos(x) + math.sinh(x) * math.cosh(x)


@case(1.4)
def inverse_hyperbolic(x):
    return math.asinh(x) + math.acosh(x) + math.atanh(x / 2) + math.log2(x) * math.log10(x) * math.log1p(x)


@case(0.8)
def errors_and_gammas(x):
    return math.erf(x) * math.gamma(x) + math.lgamma(x + 2) - math.erfc(x) + math.expm1(x)


@case(3.0, 4.0)
def hypotenuses(a, b):
    return math.hypot(a, b) * math.atan2(b, a) + math.dist((a, b), (1.0, 0.5)) - math.hypot(a, b, 2.0)


@case(np.array([0.5, 1.5, -0.3]))
def math_on_elements(x):
    return math.exp(x[0]) * math.cos(x[1]) + math.pow(x[1], 3) - math.fabs(x[2])


@case(np.array([0.5, 1.5, 0.3]))
def sums_and_products(x):
    return (
        math.fsum(x) * math.prod(x) + math.fsum(v**2 for v in x) + math.sumprod(x, [1, 2, 3])
        if hasattr(math, "sumprod")
        else math.fsum(x) * math.prod(x)
    )


@case(5.3)
def integer_parts(x):
    return x * math.floor(x) + math.ceil(x) ** 2 * x - math.trunc(x) + math.fmod(x, 2.0)


@case(2.7)
def fraction_parts(x):
    fraction, whole = math.modf(x)
    return fraction**2 * whole + x % 1 + math.copysign(x, -1.0) + math.remainder(x, 1.0)


@case(70.0)
def degrees_and_radians(angle):
    r = math.radians(angle)
    return math.degrees(math.atan(2 * math.tan(r))) + math.sin(r)


@case(1.5, 2.5)
def log_with_base(x, base):
    return math.log(x, base) + math.log(x) * math.exp2(x) + math.cbrt(x)


@case(0.7)
def checks_do_not_hurt(x):
    if math.isnan(x) or math.isinf(x) or not math.isfinite(x):
        return 0.0
    if math.isclose(x, 0.5, abs_tol=1e-3):
        return x
    return math.exp(-(x**2) / 2) / math.sqrt(math.tau)


@case(0.25)
def normal_quantile_rational(p):
    t = math.sqrt(-2 * math.log(p))
    top = 2.515517 + t * (0.802853 + t * 0.010328)
    bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    return -(t - top / bottom)


@case(100.0, 95.0, 0.03, 0.2, 0.5)
def black_scholes(spot, strike, rate, volatility, maturity):
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * maturity) / (volatility * math.sqrt(maturity))
    d2 = d1 - volatility * math.sqrt(maturity)

    def cdf(z):
        return 0.5 * (1 + math.erf(z / math.sqrt(2)))

    return spot * cdf(d1) - strike * math.exp(-rate * maturity) * cdf(d2)


@case(100.0, 0.2)
def binomial_option_tree(spot, volatility):
    n, rate, dt = 12, 0.03, 1 / 12
    up = math.exp(volatility * math.sqrt(dt))
    p = (math.exp(rate * dt) - 1 / up) / (up - 1 / up)
    values = [max(spot * up ** (n - 2 * i) - 95.0, 0.0) for i in range(n + 1)]
    for step in range(n, 0, -1):
        values = [math.exp(-rate * dt) * (p * values[i] + (1 - p) * values[i + 1]) for i in range(step)]
    return values[0]


@case(np.array([-100.0, 39.0, 39.0, 59.0]), 0.28)
def net_present_value(cash, rate):
    return sum(c / (1 + rate) ** t for t, c in enumerate(cash))


@case(np.array([0.3, 0.7]))
def mixed_math_and_numpy(x):
    return math.sqrt(np.sum(x**2)) + np.exp(math.sin(x[0])) * math.log(float(2))
