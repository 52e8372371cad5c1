"""Rows of scipy.special: gamma, error, logistic, logarithmic and exponential functions; loads all the other rows too.

A partial of ``None`` means that no usable derivative is known (the order of a Bessel function, the shape of a gamma
distribution): an error where that operand is active.
"""

import math

import numpy as np
from scipy import special
from scipy.special._ufuncs import _lambertw, _zeta

from adpy.rules import (  # noqa: F401
    special_bessel,
    special_distributions,
    special_functions,
    special_hypergeometric,
    special_kolmogorov,
)
from adpy.rules.complex_gamma import trigamma
from adpy.rules.elementwise import LN2, LN10, POSITIVE, REAL
from adpy.rules.table import rule

__all__: list[str] = []

ROOT_PI = math.sqrt(math.pi)
DEGREE = math.pi / 180.0
UNIT = (0.05, 0.95)


# Gamma functions


@rule(special.gamma, domain=[(0.2, 5.0)], special=[(-0.5, -0.07297994795715304 * ROOT_PI)])
def d_gamma(x, y):
    return (y * special.digamma(x),)


@rule(special.gammaln, domain=[(0.2, 5.0)])
@rule(special.loggamma, domain=[(0.2, 5.0)])
def d_gammaln(x, y):
    return (special.digamma(x),)


@rule(special.rgamma, domain=[(-2.5, 4.0)], special=[(0.0, 1.0), (-1.0, -1.0), (-3.0, -6.0)])
def d_rgamma(x, y):
    # At the poles of gamma y is zero and digamma infinite.
    at_pole = np.cos(np.pi * x) * special.gamma(1 - x)
    return (np.where((y == 0) & (x <= 0), at_pole, -y * special.digamma(x)),)


@rule(special.gammasgn, domain=[(0.1, 0.9)])
@rule(special.round, domain=[(0.1, 0.4)])
def d_gammasgn(x, y):
    return (0,)


@rule(special.digamma, domain=[(0.2, 5.0)])
def d_digamma(x, y):
    return (trigamma(x),)


@rule(_zeta, name="scipy.special.zeta", domain=[(1.5, 6.0), (0.2, 5.0)])
def d_zeta(s, q, y):
    return (None, -s * _zeta(s + 1.0, q))


@rule(special.beta, domain=[(0.2, 4.0), (0.2, 4.0)])
def d_beta(a, b, y):
    common = special.digamma(a + b)
    return (y * (special.digamma(a) - common), y * (special.digamma(b) - common))


@rule(special.betaln, domain=[(0.2, 4.0), (0.2, 4.0)])
def d_betaln(a, b, y):
    common = special.digamma(a + b)
    return (special.digamma(a) - common, special.digamma(b) - common)


@rule(special.poch, domain=[(0.2, 4.0), (0.2, 4.0)])
def d_poch(z, m, y):
    upper = special.digamma(z + m)
    return (y * (upper - special.digamma(z)), y * upper)


@rule(special.binom, domain=[(5.2, 8.0), (0.2, 4.0)])
def d_binom(n, k, y):
    rest = special.digamma(n - k + 1.0)
    return (y * (special.digamma(n + 1.0) - rest), y * (rest - special.digamma(k + 1.0)))


# Error functions


@rule(special.erf, domain=[REAL])
def d_erf(x, y):
    return (2 / ROOT_PI * np.exp(-x * x),)


@rule(special.erfc, domain=[REAL])
def d_erfc(x, y):
    return (-2 / ROOT_PI * np.exp(-x * x),)


@rule(special.erfcx, domain=[REAL], special=[(1e8, -1e-16 / ROOT_PI)])
def d_erfcx(x, y):
    # The difference loses its digits for large x, where the asymptotic series has them all.
    q = 0.5 / (x * x)
    series = 1 - 3 * q * (1 - 5 * q * (1 - 7 * q * (1 - 9 * q * (1 - 11 * q * (1 - 13 * q)))))
    return (np.where(x > 30, -2 / ROOT_PI * q * series, 2 * x * y - 2 / ROOT_PI),)


@rule(special.erfi, domain=[REAL])
def d_erfi(x, y):
    return (2 / ROOT_PI * np.exp(x * x),)


@rule(special.erfinv, domain=[(-0.95, 0.95)])
def d_erfinv(x, y):
    return (0.5 * ROOT_PI * np.exp(y * y),)


@rule(special.erfcinv, domain=[(0.05, 1.95)])
def d_erfcinv(x, y):
    return (-0.5 * ROOT_PI * np.exp(y * y),)


@rule(special.dawsn, domain=[REAL], special=[(1e4, -5.0000000750000036e-09)])
def d_dawsn(x, y):
    # Equal to 1 - 2 x y, without its loss of digits for large x.
    return (special.hyp1f1(1.0, 0.5, -x * x),)


@rule(special.wofz, domain=[REAL])
def d_wofz(x, y):
    return (2j / ROOT_PI - 2 * x * y,)


@rule(special.voigt_profile, domain=[REAL, (0.5, 2.0), (0.5, 2.0)])
def d_voigt_profile(x, sigma, gamma, y):
    z = (x + 1j * gamma) / (math.sqrt(2.0) * sigma)
    slope = (2j / ROOT_PI - 2 * z * special.wofz(z)) / (2 * ROOT_PI * sigma * sigma)
    by_sigma = -y / sigma - math.sqrt(2.0) * np.real(slope * z)
    return (np.real(slope), by_sigma, -np.imag(slope))


@rule(special.owens_t, domain=[REAL, REAL])
def d_owens_t(h, a, y):
    w = 1 + a * a
    return (
        -np.exp(-0.5 * h * h) * special.erf(h * a / math.sqrt(2.0)) / math.sqrt(8.0 * math.pi),
        np.exp(-0.5 * h * h * w) / (2 * np.pi * w),
    )


# Logistic functions


@rule(special.expit, domain=[REAL], special=[(40.0, math.exp(-40.0))])
def d_expit(x, y):
    return (y * special.expit(-x),)


@rule(special.logit, domain=[UNIT])
def d_logit(x, y):
    return (1 / (x * (1 - x)),)


@rule(special.log_expit, domain=[REAL])
def d_log_expit(x, y):
    return (special.expit(-x),)


# Entropies and penalties


@rule(special.entr, domain=[POSITIVE], special=[(0.0, np.inf)])
def d_entr(x, y):
    return (-np.log(x) - 1,)


@rule(
    special.xlogy,
    domain=[REAL, POSITIVE],
    special=[((0.0, 0.0), (-np.inf, 0.0)), ((0.0, 2.0), (LN2, 0.0)), ((2.0, 0.0), (-np.inf, np.inf))],
)
def d_xlogy(x, z, y):
    return (np.log(z), np.where((x == 0) & (z == 0), 0.0, x / z))


@rule(special.xlog1py, domain=[REAL, (-0.9, 3.0)], special=[((0.0, -1.0), (-np.inf, 0.0)), ((0.0, 1.0), (LN2, 0.0))])
def d_xlog1py(x, z, y):
    return (np.log1p(z), np.where((x == 0) & (z == -1), 0.0, x / (1 + z)))


# The logarithm of a quotient is exact where x is near z, the difference of two regular in z where x is zero.
@rule(special.rel_entr, domain=[POSITIVE, POSITIVE], special=[((0.0, 2.0), (-np.inf, 0.0))])
def d_rel_entr(x, z, y):
    log_ratio = np.where(x == 0, np.log(x) - np.log(z), np.log(x / z))
    return (log_ratio + 1, np.where((x == 0) & (z == 0), 0.0, -x / z))


@rule(special.kl_div, domain=[POSITIVE, POSITIVE], special=[((0.0, 2.0), (-np.inf, 1.0))])
def d_kl_div(x, z, y):
    log_ratio = np.where(x == 0, np.log(x) - np.log(z), np.log(x / z))
    return (log_ratio, np.where((x == 0) & (z == 0), 1.0, 1 - x / z))


@rule(special.huber, domain=[(0.5, 2.0), REAL], special=[((1.0, 1.0), (0.0, 1.0)), ((1.0, -3.0), (2.0, -1.0))])
def d_huber(delta, r, y):
    size = np.absolute(r)
    return (np.where(size <= delta, 0.0, size - delta), np.where(size <= delta, r, delta * np.sign(r)))


@rule(special.pseudo_huber, domain=[(0.5, 2.0), REAL], special=[((0.0, 2.0), (0.0, 0.0))])
def d_pseudo_huber(delta, r, y):
    # Without the difference of nearly equal terms that the partial by delta is at first sight.
    u = np.where(delta == 0, 0.0, r / delta)
    s = np.sqrt(1 + u * u)
    return (delta * (u * u) * (u * u) / (s * (s + 1) * (s + 1)), np.where(delta == 0, 0.0, r / s))


# Powers, exponentials and logarithms


@rule(special.cbrt, domain=[REAL])
def d_cbrt(x, y):
    return (1 / (3 * y * y),)


@rule(special.exp2, domain=[REAL])
def d_exp2(x, y):
    return (LN2 * y,)


@rule(special.exp10, domain=[REAL])
def d_exp10(x, y):
    return (LN10 * y,)


@rule(special.expm1, domain=[REAL])
def d_expm1(x, y):
    return (np.exp(x),)


@rule(special.log1p, domain=[(-0.9, 3.0)])
def d_log1p(x, y):
    return (1 / (1 + x),)


@rule(special.powm1, domain=[POSITIVE, REAL])
def d_powm1(x, p, y):
    return (
        np.where((p == 0) & (x == 0), 0.0, p * np.power(x, p - 1.0)),
        np.where((x == 0) & (p >= 0), 0.0, (1 + y) * np.log(x)),
    )


@rule(special.exprel, domain=[REAL], special=[(0.0, 0.5)])
def d_exprel(x, y):
    return (0.5 * special.hyp1f1(2.0, 3.0, x),)


@rule(special.boxcox, domain=[POSITIVE, REAL], special=[((2.0, 0.0), (0.5, LN2 * LN2 / 2)), ((0.0, 2.0), (0.0, 0.25))])
def d_boxcox(x, p, y):
    # log(x) exprel(p log(x)), differentiated by p: regular at p == 0.
    u = np.log(x)
    by_p = 0.5 * u * u * special.hyp1f1(2.0, 3.0, p * u)
    return (np.power(x, p - 1.0), np.where(x == 0, -y / p, by_p))


@rule(special.boxcox1p, domain=[(-0.9, 3.0), REAL], special=[((1.0, 0.0), (0.5, LN2 * LN2 / 2))])
def d_boxcox1p(x, p, y):
    u = np.log1p(x)
    return (np.exp((p - 1) * u), 0.5 * u * u * special.hyp1f1(2.0, 3.0, p * u))


@rule(special.inv_boxcox, domain=[(0.1, 3.0), (0.1, 2.0)], special=[((1.0, 0.0), (math.e, -0.5 * math.e))])
def d_inv_boxcox(x, p, y):
    return (np.power(y, 1.0 - p), -0.5 * x * x * y * special.hyp2f1(2.0, 2.0, 3.0, -p * x))


@rule(special.inv_boxcox1p, domain=[(0.1, 3.0), (0.1, 2.0)])
def d_inv_boxcox1p(x, p, y):
    return (np.exp((1 - p) * np.log1p(y)), -0.5 * x * x * (1 + y) * special.hyp2f1(2.0, 2.0, 3.0, -p * x))


@rule(_lambertw, name="scipy.special.lambertw", domain=[(0.1, 4.0), (0, 0), (1e-8, 1e-8)])
def d_lambertw(z, k, tol, y):
    return (np.exp(-y) / (1 + y), None, None)


@rule(special.wrightomega, domain=[REAL])
def d_wrightomega(x, y):
    return (y / (1 + y),)


@rule(special.spence, domain=[POSITIVE], special=[(1.0, -1.0)])
def d_spence(x, y):
    # log(x) / (1 - x), in a form that is smooth at x == 1 wherever x is not small.
    return (np.where(x < 0.5, np.log(x) / (1 - x), -special.hyp2f1(1.0, 1.0, 2.0, 1 - x)),)


# Trigonometric functions of degrees


@rule(special.sindg, domain=[(-170.0, 170.0)])
def d_sindg(x, y):
    return (DEGREE * special.cosdg(x),)


@rule(special.cosdg, domain=[(-170.0, 170.0)])
def d_cosdg(x, y):
    return (-DEGREE * special.sindg(x),)


@rule(special.tandg, domain=[(-80.0, 80.0)])
def d_tandg(x, y):
    return (DEGREE * (1 + y * y),)


@rule(special.cotdg, domain=[(10.0, 170.0)])
def d_cotdg(x, y):
    return (-DEGREE * (1 + y * y),)


@rule(special.radian, domain=[REAL, REAL, REAL])
def d_radian(degrees, minutes, seconds, y):
    return (DEGREE, DEGREE / 60, DEGREE / 3600)


@rule(special.cosm1, domain=[REAL])
def d_cosm1(x, y):
    return (-np.sin(x),)


# Exponential integrals


@rule(special.exp1, domain=[POSITIVE])
def d_exp1(x, y):
    return (-np.exp(-x) / x,)


@rule(special.expi, domain=[POSITIVE])
def d_expi(x, y):
    return (np.exp(x) / x,)


@rule(special.expn, domain=[(0, 4), POSITIVE])
def d_expn(n, x, y):
    return (None, np.where(n == 0, -y * (1 + 1 / x), -special.expn(n - 1, x)))
