"""Rows of scipy.special: Bessel functions and their kin (Hankel, spherical, Kelvin, Struve, Airy)."""

import math

import numpy as np
from scipy import special
from scipy.special._ufuncs import (
    _spherical_in,
    _spherical_in_d,
    _spherical_jn,
    _spherical_jn_d,
    _spherical_kn,
    _spherical_kn_d,
    _spherical_yn,
    _spherical_yn_d,
)

from adpy.rules.elementwise import POSITIVE, REAL
from adpy.rules.elementwise_functions import several_outputs
from adpy.rules.table import rule

__all__: list[str] = []

ORDER = (0.2, 3.0)
INTEGER = (0, 3)


# Cylinder functions of any order: the neighbouring orders give the derivative.


@rule(special.jv, domain=[ORDER, POSITIVE])
def d_jv(v, x, y):
    return (None, 0.5 * (special.jv(v - 1.0, x) - special.jv(v + 1.0, x)))


@rule(special.yv, domain=[ORDER, POSITIVE])
def d_yv(v, x, y):
    return (None, 0.5 * (special.yv(v - 1.0, x) - special.yv(v + 1.0, x)))


@rule(special.yn, domain=[INTEGER, POSITIVE])
def d_yn(n, x, y):
    return (None, 0.5 * (special.yv(n - 1.0, x) - special.yv(n + 1.0, x)))


@rule(special.iv, domain=[ORDER, POSITIVE])
def d_iv(v, x, y):
    return (None, 0.5 * (special.iv(v - 1.0, x) + special.iv(v + 1.0, x)))


@rule(special.kv, domain=[ORDER, POSITIVE])
@rule(special.kn, domain=[INTEGER, POSITIVE])
def d_kv(v, x, y):
    return (None, -0.5 * (special.kv(v - 1.0, x) + special.kv(v + 1.0, x)))


@rule(special.hankel1, domain=[ORDER, POSITIVE])
def d_hankel1(v, x, y):
    return (None, 0.5 * (special.hankel1(v - 1.0, x) - special.hankel1(v + 1.0, x)))


@rule(special.hankel2, domain=[ORDER, POSITIVE])
def d_hankel2(v, x, y):
    return (None, 0.5 * (special.hankel2(v - 1.0, x) - special.hankel2(v + 1.0, x)))


# Scaled by an exponential.  That of jve, yve and ive is of |Im x| or |Re x|, so they have no complex derivative.


@rule(special.jve, domain=[ORDER, POSITIVE], holomorphic=False)
def d_jve(v, x, y):
    return (None, 0.5 * (special.jve(v - 1.0, x) - special.jve(v + 1.0, x)))


@rule(special.yve, domain=[ORDER, POSITIVE], holomorphic=False)
def d_yve(v, x, y):
    return (None, 0.5 * (special.yve(v - 1.0, x) - special.yve(v + 1.0, x)))


@rule(special.ive, domain=[ORDER, POSITIVE], holomorphic=False)
def d_ive(v, x, y):
    return (None, 0.5 * (special.ive(v - 1.0, x) + special.ive(v + 1.0, x)) - np.sign(x) * y)


@rule(special.kve, domain=[ORDER, POSITIVE])
def d_kve(v, x, y):
    return (None, y - 0.5 * (special.kve(v - 1.0, x) + special.kve(v + 1.0, x)))


@rule(special.hankel1e, domain=[ORDER, POSITIVE])
def d_hankel1e(v, x, y):
    return (None, 0.5 * (special.hankel1e(v - 1.0, x) - special.hankel1e(v + 1.0, x)) - 1j * y)


@rule(special.hankel2e, domain=[ORDER, POSITIVE])
def d_hankel2e(v, x, y):
    return (None, 0.5 * (special.hankel2e(v - 1.0, x) - special.hankel2e(v + 1.0, x)) + 1j * y)


# Orders zero and one


@rule(special.j0, domain=[REAL], special=[(0.0, 0.0)])
def d_j0(x, y):
    return (-special.j1(x),)


@rule(special.j1, domain=[REAL], special=[(0.0, 0.5)])
def d_j1(x, y):
    return (0.5 * (special.j0(x) - special.jv(2.0, x)),)


@rule(special.y0, domain=[POSITIVE])
def d_y0(x, y):
    return (-special.y1(x),)


@rule(special.y1, domain=[POSITIVE])
def d_y1(x, y):
    return (special.y0(x) - y / x,)


@rule(special.i0, domain=[REAL], special=[(0.0, 0.0)])
def d_i0(x, y):
    return (special.i1(x),)


@rule(special.i1, domain=[REAL], special=[(0.0, 0.5)])
def d_i1(x, y):
    return (0.5 * (special.i0(x) + special.iv(2.0, x)),)


@rule(special.k0, domain=[POSITIVE])
def d_k0(x, y):
    return (-special.k1(x),)


@rule(special.k1, domain=[POSITIVE])
def d_k1(x, y):
    return (-special.k0(x) - y / x,)


@rule(special.i0e, domain=[REAL], kinks=[0.0], special=[(0.0, 0.0)])
def d_i0e(x, y):
    return (special.i1e(x) - np.sign(x) * y,)


@rule(special.i1e, domain=[REAL], special=[(0.0, 0.5)])
def d_i1e(x, y):
    return (0.5 * (special.i0e(x) + special.ive(2.0, x)) - np.sign(x) * y,)


@rule(special.k0e, domain=[POSITIVE])
def d_k0e(x, y):
    return (y - special.k1e(x),)


@rule(special.k1e, domain=[POSITIVE])
def d_k1e(x, y):
    return (y - special.k0e(x) - y / x,)


# Spherical: SciPy has the first derivatives as ufuncs; the second ones follow from the neighbouring orders.


@rule(_spherical_jn, name="scipy.special.spherical_jn", domain=[INTEGER, POSITIVE])
def d_spherical_jn(n, x, y):
    return (None, _spherical_jn_d(n, x))


@rule(_spherical_yn, name="scipy.special.spherical_yn", domain=[INTEGER, POSITIVE])
def d_spherical_yn(n, x, y):
    return (None, _spherical_yn_d(n, x))


@rule(_spherical_in, name="scipy.special.spherical_in", domain=[INTEGER, POSITIVE])
def d_spherical_in(n, x, y):
    return (None, _spherical_in_d(n, x))


@rule(_spherical_kn, name="scipy.special.spherical_kn", domain=[INTEGER, POSITIVE])
def d_spherical_kn(n, x, y):
    return (None, _spherical_kn_d(n, x))


@rule(_spherical_jn_d, name="scipy.special.spherical_jn'", domain=[INTEGER, POSITIVE])
def d_spherical_jn_d(n, x, y):
    below = np.where(n == 0, 0.0, n * _spherical_jn_d(np.where(n == 0, 0, n - 1), x))
    return (None, (below - (n + 1) * _spherical_jn_d(n + 1, x)) / (2 * n + 1))


@rule(_spherical_yn_d, name="scipy.special.spherical_yn'", domain=[INTEGER, POSITIVE])
def d_spherical_yn_d(n, x, y):
    below = np.where(n == 0, 0.0, n * _spherical_yn_d(np.where(n == 0, 0, n - 1), x))
    return (None, (below - (n + 1) * _spherical_yn_d(n + 1, x)) / (2 * n + 1))


@rule(_spherical_in_d, name="scipy.special.spherical_in'", domain=[INTEGER, POSITIVE])
def d_spherical_in_d(n, x, y):
    below = np.where(n == 0, 0.0, n * _spherical_in_d(np.where(n == 0, 0, n - 1), x))
    return (None, (below + (n + 1) * _spherical_in_d(n + 1, x)) / (2 * n + 1))


@rule(_spherical_kn_d, name="scipy.special.spherical_kn'", domain=[INTEGER, POSITIVE])
def d_spherical_kn_d(n, x, y):
    below = np.where(n == 0, 0.0, n * _spherical_kn_d(np.where(n == 0, 0, n - 1), x))
    return (None, -(below + (n + 1) * _spherical_kn_d(n + 1, x)) / (2 * n + 1))


# Kelvin functions


@rule(special.ber, domain=[POSITIVE])
def d_ber(x, y):
    return (special.berp(x),)


@rule(special.bei, domain=[POSITIVE])
def d_bei(x, y):
    return (special.beip(x),)


@rule(special.ker, domain=[POSITIVE])
def d_ker(x, y):
    return (special.kerp(x),)


@rule(special.kei, domain=[POSITIVE])
def d_kei(x, y):
    return (special.keip(x),)


@rule(special.berp, domain=[POSITIVE], special=[(0.0, 0.0)])
def d_berp(x, y):
    return (-special.bei(x) - np.where(x == 0, 0.0, y / x),)


@rule(special.beip, domain=[POSITIVE], special=[(0.0, 0.5)])
def d_beip(x, y):
    return (special.ber(x) - np.where(x == 0, 0.5, y / x),)


@rule(special.kerp, domain=[POSITIVE])
def d_kerp(x, y):
    return (-special.kei(x) - y / x,)


@rule(special.keip, domain=[POSITIVE])
def d_keip(x, y):
    return (special.ker(x) - y / x,)


# Struve functions and their integrals


@rule(special.struve, domain=[ORDER, POSITIVE])
def d_struve(v, x, y):
    edge = np.power(0.5 * x, v) * special.rgamma(v + 1.5) / math.sqrt(math.pi)
    return (None, 0.5 * (special.struve(v - 1.0, x) - special.struve(v + 1.0, x) + edge))


@rule(special.modstruve, domain=[ORDER, POSITIVE])
def d_modstruve(v, x, y):
    edge = np.power(0.5 * x, v) * special.rgamma(v + 1.5) / math.sqrt(math.pi)
    return (None, 0.5 * (special.modstruve(v - 1.0, x) + special.modstruve(v + 1.0, x) + edge))


@rule(special.itstruve0, domain=[POSITIVE])
def d_itstruve0(x, y):
    return (special.struve(0.0, x),)


@rule(special.itmodstruve0, domain=[POSITIVE])
def d_itmodstruve0(x, y):
    return (special.modstruve(0.0, x),)


# Several outputs


@several_outputs(special.itj0y0)
def d_itj0y0(x, y):
    return special.j0(x), special.y0(x)


@several_outputs(special.iti0k0)
def d_iti0k0(x, y):
    return special.i0(x), special.k0(x)


@several_outputs(special.airy, "z")
def d_airy(z, y):
    ai, aip, bi, bip = y
    return aip, z * ai, bip, z * bi


@several_outputs(special.itairy)
def d_itairy(x, y):
    ai, _, bi, _ = special.airy(x)
    ai_left, _, bi_left, _ = special.airy(-x)
    return ai, bi, ai_left, bi_left


@several_outputs(special.pbdv)
@several_outputs(special.pbvv)
def d_pbdv(v, x, y):
    return y[1], (0.25 * x * x - v - 0.5) * y[0]


@several_outputs(special.pbwa)
def d_pbwa(a, x, y):
    return y[1], (a - 0.25 * x * x) * y[0]
