"""Rows of scipy.special: hypergeometric functions, elliptic integrals and orthogonal polynomials."""

import math

import numpy as np
from scipy import special

from adpy.rules.elementwise import POSITIVE, REAL
from adpy.rules.elementwise_functions import several_outputs
from adpy.rules.table import rule

__all__: list[str] = []

SHAPE = (0.5, 3.0)
DEGREE = (0, 4)
INSIDE = (-0.9, 0.9)
DUPLICATIONS = 14  # leave arguments within 1e-8 of each other


# Hypergeometric functions: the derivative by the argument shifts the parameters.


@rule(special.hyp0f1, domain=[SHAPE, REAL])
def d_hyp0f1(v, z, y):
    return (None, special.hyp0f1(v + 1.0, z) / v)


@rule(special.hyp1f1, domain=[SHAPE, SHAPE, REAL])
def d_hyp1f1(a, b, z, y):
    return (None, None, a / b * special.hyp1f1(a + 1.0, b + 1.0, z))


@rule(special.hyp2f1, domain=[SHAPE, SHAPE, SHAPE, INSIDE])
def d_hyp2f1(a, b, c, z, y):
    return (None, None, None, a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z))


@rule(special.hyperu, domain=[SHAPE, SHAPE, POSITIVE])
def d_hyperu(a, b, x, y):
    return (None, None, -a * special.hyperu(a + 1.0, b + 1.0, x))


@rule(special.wright_bessel, domain=[SHAPE, SHAPE, POSITIVE])
def d_wright_bessel(a, b, x, y):
    return (None, None, special.wright_bessel(a, a + b, x))


@rule(special.log_wright_bessel, domain=[SHAPE, SHAPE, POSITIVE])
def d_log_wright_bessel(a, b, x, y):
    return (None, None, np.exp(special.log_wright_bessel(a, a + b, x) - y))


# Elliptic integrals.  As hypergeometric or Carlson functions the derivatives have no 0 / 0 at m == 0.


@rule(special.ellipk, domain=[INSIDE], special=[(0.0, math.pi / 8)])
def d_ellipk(m, y):
    return (np.pi / 8 * special.hyp2f1(1.5, 1.5, 2.0, m),)


@rule(special.ellipe, domain=[INSIDE], special=[(0.0, -math.pi / 8)])
def d_ellipe(m, y):
    return (-np.pi / 8 * special.hyp2f1(0.5, 1.5, 2.0, m),)


@rule(special.ellipkm1, domain=[(0.1, 1.9)])
def d_ellipkm1(p, y):
    return (special.elliprd(0.0, 1.0, p) / -6,)


@rule(special.ellipkinc, domain=[REAL, INSIDE], special=[((1.0, 0.0), (1.0, 0.25 - math.sin(2.0) / 8))])
def d_ellipkinc(phi, m, y):
    # phi is split into an angle in [-pi/2, pi/2] and half turns, each of which adds two complete integrals.
    turns = np.rint(phi / np.pi)
    s = np.sin(phi - turns * np.pi)
    c = np.cos(phi - turns * np.pi)
    root = 1 - m * s * s
    complete = np.pi / 4 * special.hyp2f1(1.5, 1.5, 2.0, m)
    return (1 / np.sqrt(root), s * s * s * special.elliprd(c * c, 1.0, root) / 6 + turns * complete)


@rule(special.ellipeinc, domain=[REAL, INSIDE], special=[((1.0, 0.0), (1.0, math.sin(2.0) / 8 - 0.25))])
def d_ellipeinc(phi, m, y):
    turns = np.rint(phi / np.pi)
    s = np.sin(phi - turns * np.pi)
    c = np.cos(phi - turns * np.pi)
    root = 1 - m * s * s
    complete = np.pi / 4 * special.hyp2f1(0.5, 1.5, 2.0, m)
    return (np.sqrt(root), -s * s * s * special.elliprd(c * c, root, 1.0) / 6 - turns * complete)


@rule(special.elliprf, domain=[POSITIVE, POSITIVE, POSITIVE])
def d_elliprf(x, y, z, r):
    return (special.elliprd(y, z, x) / -6, special.elliprd(x, z, y) / -6, special.elliprd(x, y, z) / -6)


@rule(special.elliprd, domain=[POSITIVE, POSITIVE, POSITIVE], special=[((1.0, 1.0, 1.0), (-0.3, -0.3, -0.9))])
def d_elliprd(x, y, z, r):
    return (_elliprd_dot(x, y, z, 1, 0, 0), _elliprd_dot(x, y, z, 0, 1, 0), _elliprd_dot(x, y, z, 0, 0, 1))


def _elliprd_dot(x, y, z, x_dot, y_dot, z_dot):
    """Derivative of ``elliprd`` in one direction: Carlson's duplication (1995), differentiated step by step.

    Each step takes the arguments four times closer together, so no quotient of small differences appears.
    """
    total_dot, scale = 0.0, 1.0
    for step in range(DUPLICATIONS):
        r, s, t = np.sqrt(x), np.sqrt(y), np.sqrt(z)
        if step:
            r_dot, s_dot = 0.5 * x_dot / r, 0.5 * y_dot / s
        else:  # one of x and y may be zero, which then stays there
            r_dot = 0.5 / r if x_dot else 0.0
            s_dot = 0.5 / s if y_dot else 0.0
        t_dot = 0.5 * z_dot / t
        rise = r * (s + t) + s * t
        rise_dot = r_dot * (s + t) + r * (s_dot + t_dot) + s_dot * t + s * t_dot
        bottom = t * (z + rise)
        total_dot = total_dot - 3 * scale * (t_dot * (z + rise) + t * (z_dot + rise_dot)) / (bottom * bottom)
        scale = 0.25 * scale
        x, y, z = 0.25 * (x + rise), 0.25 * (y + rise), 0.25 * (z + rise)
        x_dot, y_dot, z_dot = 0.25 * (x_dot + rise_dot), 0.25 * (y_dot + rise_dot), 0.25 * (z_dot + rise_dot)
    # The rest, expanded about the mean, whose terms of first order cancel.
    mean, mean_dot = (x + y + 3 * z) / 5, (x_dot + y_dot + 3 * z_dot) / 5
    return total_dot - 1.5 * scale * mean_dot / (mean * mean * np.sqrt(mean))


@rule(special.agm, domain=[POSITIVE, POSITIVE])
def d_agm(a, b, y):
    scale = 2 / (3 * math.pi) * y * y
    return (scale * a * special.elliprd(0.0, b * b, a * a), scale * b * special.elliprd(0.0, a * a, b * b))


@several_outputs(special.ellipj, "u")
def d_ellipj(u, m, y):
    sn, cn, dn, _ = y
    return cn * dn, -sn * dn, -m * sn * cn, dn


# Orthogonal polynomials: the derivative is of the next family and one degree lower.


@rule(
    special.eval_jacobi, domain=[DEGREE, SHAPE, SHAPE, INSIDE], special=[((2, 0.0, 0.0, 1.0), (None, None, None, 3.0))]
)
def d_eval_jacobi(n, a, b, x, y):
    lower = special.eval_jacobi(n - 1.0, a + 1, b + 1, x)
    return (None, None, None, np.where(n == 0, 0.0, 0.5 * (n + a + b + 1) * lower))


@rule(special.eval_sh_jacobi, domain=[DEGREE, (2.0, 3.0), SHAPE, (0.1, 0.9)])
def d_eval_sh_jacobi(n, p, q, x, y):
    return (None, None, None, np.where(n == 0, 0.0, n * special.eval_sh_jacobi(n - 1.0, p + 2, q + 1, x)))


@rule(special.eval_gegenbauer, domain=[DEGREE, SHAPE, INSIDE])
def d_eval_gegenbauer(n, a, x, y):
    return (None, None, np.where(n == 0, 0.0, 2 * a * special.eval_gegenbauer(n - 1.0, a + 1, x)))


@rule(special.eval_legendre, domain=[DEGREE, INSIDE], special=[((3, 1.0), (None, 6.0)), ((3, 0.0), (None, -1.5))])
def d_eval_legendre(n, x, y):
    return (None, np.where(n == 0, 0.0, special.eval_gegenbauer(n - 1.0, 1.5, x)))


@rule(special.lpmv, domain=[(0, 2), (2, 4), INSIDE])
def d_lpmv(m, v, x, y):
    return (None, None, (v * x * y - (v + m) * special.lpmv(m, v - 1.0, x)) / (x * x - 1))


@rule(special.eval_sh_legendre, domain=[DEGREE, (0.1, 0.9)])
def d_eval_sh_legendre(n, x, y):
    return (None, np.where(n == 0, 0.0, 2 * special.eval_gegenbauer(n - 1.0, 1.5, 2 * x - 1)))


@rule(special.eval_chebyt, domain=[DEGREE, INSIDE], special=[((3, 1.0), (None, 9.0))])
def d_eval_chebyt(n, x, y):
    return (None, np.where(n == 0, 0.0, n * special.eval_chebyu(n - 1.0, x)))


@rule(special.eval_sh_chebyt, domain=[DEGREE, (0.1, 0.9)])
def d_eval_sh_chebyt(n, x, y):
    return (None, np.where(n == 0, 0.0, 2 * n * special.eval_chebyu(n - 1.0, 2 * x - 1)))


@rule(special.eval_chebyu, domain=[DEGREE, INSIDE])
def d_eval_chebyu(n, x, y):
    return (None, np.where(n == 0, 0.0, 2 * special.eval_gegenbauer(n - 1.0, 2.0, x)))


@rule(special.eval_sh_chebyu, domain=[DEGREE, (0.1, 0.9)])
def d_eval_sh_chebyu(n, x, y):
    return (None, np.where(n == 0, 0.0, 4 * special.eval_gegenbauer(n - 1.0, 2.0, 2 * x - 1)))


@rule(special.eval_chebyc, domain=[DEGREE, INSIDE])
def d_eval_chebyc(n, x, y):
    return (None, np.where(n == 0, 0.0, n * special.eval_chebys(n - 1.0, x)))


@rule(special.eval_chebys, domain=[DEGREE, INSIDE])
def d_eval_chebys(n, x, y):
    return (None, np.where(n == 0, 0.0, special.eval_gegenbauer(n - 1.0, 2.0, 0.5 * x)))


@rule(special.eval_hermite, domain=[DEGREE, REAL])
def d_eval_hermite(n, x, y):
    return (None, np.where(n == 0, 0.0, 2 * n * special.eval_hermite(np.where(n == 0, 0, n - 1), x)))


@rule(special.eval_hermitenorm, domain=[DEGREE, REAL])
def d_eval_hermitenorm(n, x, y):
    return (None, np.where(n == 0, 0.0, n * special.eval_hermitenorm(np.where(n == 0, 0, n - 1), x)))


@rule(special.eval_laguerre, domain=[DEGREE, POSITIVE])
def d_eval_laguerre(n, x, y):
    return (None, np.where(n == 0, 0.0, -special.eval_genlaguerre(n - 1.0, 1.0, x)))


@rule(special.eval_genlaguerre, domain=[DEGREE, SHAPE, POSITIVE])
def d_eval_genlaguerre(n, a, x, y):
    return (None, None, np.where(n == 0, 0.0, -special.eval_genlaguerre(n - 1.0, a + 1, x)))


# Integrals with several outputs


@several_outputs(special.sici)
def d_sici(x, y):
    return np.sinc(x / np.pi), np.cos(x) / x


@several_outputs(special.shichi)
def d_shichi(x, y):
    # sinh(x) / x, regular at zero
    return np.exp(-x) * special.exprel(2 * x), np.cosh(x) / x


@several_outputs(special.fresnel, "z")
def d_fresnel(z, y):
    return np.sin(np.pi / 2 * z * z), np.cos(np.pi / 2 * z * z)
