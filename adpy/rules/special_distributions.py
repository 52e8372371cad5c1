"""Rows of scipy.special: distribution functions, their complements and inverses.

The derivative of a distribution function is its density, that of an inverse one over the density at the result.
Parameters of the distributions (shapes, degrees of freedom) mostly have no closed-form derivative: ``None``.
"""

import math

import numpy as np
from scipy import special

from adpy.rules.elementwise import POSITIVE, REAL
from adpy.rules.table import rule

__all__: list[str] = []

ROOT_2 = math.sqrt(2.0)
ROOT_2PI = math.sqrt(2.0 * math.pi)
SHAPE = (0.5, 4.0)
UNIT = (0.05, 0.95)
COUNT = (0, 4)
TRIALS = (5, 8)


# Normal


@rule(special.ndtr, domain=[REAL])
def d_ndtr(x, y):
    return (np.exp(-0.5 * x * x) / ROOT_2PI,)


# The ratio of density and distribution function is 2 / (sqrt(2 pi) erfcx(-x / sqrt(2))), also far out.
@rule(special.log_ndtr, domain=[REAL], special=[(-1e4, 10000.000099999998)])
def d_log_ndtr(x, y):
    return (2 / (ROOT_2PI * special.erfcx(-x / ROOT_2)),)


@rule(special.ndtri, domain=[UNIT])
def d_ndtri(x, y):
    return (ROOT_2PI * np.exp(0.5 * y * y),)


@rule(special.ndtri_exp, domain=[(-4.0, -0.1)])
def d_ndtri_exp(x, y):
    return (0.5 * ROOT_2PI * special.erfcx(-y / ROOT_2),)


# Gamma, Poisson and chi-square


@rule(special.gammainc, domain=[SHAPE, POSITIVE], special=[((1.0, 0.0), (None, 1.0)), ((2.0, 0.0), (None, 0.0))])
def d_gammainc(a, x, y):
    return (None, np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a)))


@rule(special.gammaincc, domain=[SHAPE, POSITIVE], special=[((1.0, 0.0), (None, -1.0))])
def d_gammaincc(a, x, y):
    return (None, -np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a)))


@rule(special.gammaincinv, domain=[SHAPE, UNIT])
def d_gammaincinv(a, p, y):
    return (None, np.exp(y + special.gammaln(a) - special.xlogy(a - 1, y)))


@rule(special.gammainccinv, domain=[SHAPE, UNIT])
def d_gammainccinv(a, p, y):
    return (None, -np.exp(y + special.gammaln(a) - special.xlogy(a - 1, y)))


@rule(special.gdtr, domain=[SHAPE, SHAPE, POSITIVE])
def d_gdtr(a, b, x, y):
    density = np.exp(special.xlogy(b - 1, a * x) - a * x - special.gammaln(b))
    return (x * density, None, a * density)


@rule(special.gdtrc, domain=[SHAPE, SHAPE, POSITIVE])
def d_gdtrc(a, b, x, y):
    density = np.exp(special.xlogy(b - 1, a * x) - a * x - special.gammaln(b))
    return (-x * density, None, -a * density)


@rule(special.gdtrix, domain=[SHAPE, SHAPE, UNIT])
def d_gdtrix(a, b, p, y):
    return (-y / a, None, np.exp(a * y + special.gammaln(b) - special.xlogy(b - 1, a * y)) / a)


@rule(special.pdtr, domain=[COUNT, POSITIVE])
def d_pdtr(k, m, y):
    count = np.floor(k)
    return (None, -np.exp(special.xlogy(count, m) - m - special.gammaln(count + 1.0)))


@rule(special.pdtrc, domain=[COUNT, POSITIVE])
def d_pdtrc(k, m, y):
    count = np.floor(k)
    return (None, np.exp(special.xlogy(count, m) - m - special.gammaln(count + 1.0)))


@rule(special.pdtri, domain=[COUNT, UNIT])
def d_pdtri(k, p, y):
    return (None, -np.exp(y + special.gammaln(k + 1.0) - special.xlogy(k, y)))


@rule(special.chdtr, domain=[SHAPE, POSITIVE])
def d_chdtr(v, x, y):
    return (None, 0.5 * np.exp(special.xlogy(0.5 * v - 1, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v)))


@rule(special.chdtrc, domain=[SHAPE, POSITIVE])
def d_chdtrc(v, x, y):
    return (None, -0.5 * np.exp(special.xlogy(0.5 * v - 1, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v)))


@rule(special.chdtri, domain=[SHAPE, UNIT])
def d_chdtri(v, p, y):
    return (None, -2 * np.exp(0.5 * y + special.gammaln(0.5 * v) - special.xlogy(0.5 * v - 1, 0.5 * y)))


@rule(special.chndtr, domain=[POSITIVE, SHAPE, POSITIVE])
def d_chndtr(x, df, nc, y):
    half = 0.5 * df - 1
    gap = np.sqrt(x) - np.sqrt(nc)
    density = np.exp(-0.5 * gap * gap) * np.power(x / nc, 0.5 * half) * special.ive(half, np.sqrt(nc * x))
    central = np.exp(special.xlogy(half, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * df))
    by_nc = 0.5 * (special.chndtr(x, df + 2, nc) - y)
    return (0.5 * np.where(nc == 0, central, density), None, by_nc)


# Beta, binomial, F and Student


@rule(special.betainc, domain=[SHAPE, SHAPE, UNIT], special=[((1.0, 1.0, 0.0), (None, None, 1.0))])
def d_betainc(a, b, x, y):
    return (None, None, np.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b)))


@rule(special.betaincc, domain=[SHAPE, SHAPE, UNIT])
def d_betaincc(a, b, x, y):
    return (None, None, -np.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b)))


@rule(special.betaincinv, domain=[SHAPE, SHAPE, UNIT])
def d_betaincinv(a, b, p, y):
    return (None, None, np.exp(special.betaln(a, b) - special.xlogy(a - 1, y) - special.xlog1py(b - 1, -y)))


@rule(special.betainccinv, domain=[SHAPE, SHAPE, UNIT])
def d_betainccinv(a, b, p, y):
    return (None, None, -np.exp(special.betaln(a, b) - special.xlogy(a - 1, y) - special.xlog1py(b - 1, -y)))


@rule(special.bdtr, domain=[COUNT, TRIALS, UNIT])
def d_bdtr(k, n, p, y):
    done = np.floor(k)
    rest = n - done
    density = special.xlogy(done, p) + special.xlog1py(rest - 1, -p) - special.betaln(rest, done + 1)
    return (None, None, -np.exp(density))


@rule(special.bdtrc, domain=[COUNT, TRIALS, UNIT])
def d_bdtrc(k, n, p, y):
    done = np.floor(k)
    rest = n - done
    density = special.xlogy(done, p) + special.xlog1py(rest - 1, -p) - special.betaln(rest, done + 1)
    return (None, None, np.exp(density))


@rule(special.bdtri, domain=[COUNT, TRIALS, UNIT])
def d_bdtri(k, n, p, y):
    done = np.floor(k)
    rest = n - done
    density = special.xlogy(done, y) + special.xlog1py(rest - 1, -y) - special.betaln(rest, done + 1)
    return (None, None, -np.exp(-density))


@rule(special.nbdtr, domain=[COUNT, TRIALS, UNIT])
def d_nbdtr(k, n, p, y):
    return (None, None, np.exp(special.xlogy(n - 1, p) + special.xlog1py(k, -p) - special.betaln(n, k + 1.0)))


@rule(special.nbdtrc, domain=[COUNT, TRIALS, UNIT])
def d_nbdtrc(k, n, p, y):
    return (None, None, -np.exp(special.xlogy(n - 1, p) + special.xlog1py(k, -p) - special.betaln(n, k + 1.0)))


@rule(special.nbdtri, domain=[COUNT, TRIALS, UNIT])
def d_nbdtri(k, n, p, y):
    return (None, None, np.exp(special.betaln(n, k + 1.0) - special.xlogy(n - 1, y) - special.xlog1py(k, -y)))


@rule(special.fdtr, domain=[SHAPE, SHAPE, POSITIVE])
def d_fdtr(n, d, x, y):
    scale = special.xlogy(0.5 * n, n) + special.xlogy(0.5 * d, d) - special.betaln(0.5 * n, 0.5 * d)
    return (None, None, np.exp(scale + special.xlogy(0.5 * n - 1, x) - 0.5 * (n + d) * np.log(n * x + d)))


@rule(special.fdtrc, domain=[SHAPE, SHAPE, POSITIVE])
def d_fdtrc(n, d, x, y):
    scale = special.xlogy(0.5 * n, n) + special.xlogy(0.5 * d, d) - special.betaln(0.5 * n, 0.5 * d)
    return (None, None, -np.exp(scale + special.xlogy(0.5 * n - 1, x) - 0.5 * (n + d) * np.log(n * x + d)))


@rule(special.fdtri, domain=[SHAPE, SHAPE, UNIT])
def d_fdtri(n, d, p, y):
    scale = special.xlogy(0.5 * n, n) + special.xlogy(0.5 * d, d) - special.betaln(0.5 * n, 0.5 * d)
    return (None, None, np.exp(0.5 * (n + d) * np.log(n * y + d) - scale - special.xlogy(0.5 * n - 1, y)))


@rule(special.stdtr, domain=[SHAPE, REAL])
def d_stdtr(df, t, y):
    scale = special.betaln(0.5 * df, 0.5) + 0.5 * np.log(df)
    return (None, np.exp(-scale - 0.5 * (df + 1) * np.log1p(t * t / df)))


@rule(special.stdtrit, domain=[SHAPE, UNIT])
def d_stdtrit(df, p, y):
    scale = special.betaln(0.5 * df, 0.5) + 0.5 * np.log(df)
    return (None, np.exp(scale + 0.5 * (df + 1) * np.log1p(y * y / df)))
