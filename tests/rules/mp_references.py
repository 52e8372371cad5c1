"""Primals in mpmath, by the name of their row: what elementwise partials are checked against.

Rows that are not listed here are checked against extrapolated differences of the function itself.
"""

import mpmath
from mpmath import mp, mpf

__all__ = ["PRIMALS", "derivative"]


def derivative(primal, point, *operands):
    """A partial derivative of an mpmath function by one or several operands, to more digits than a float has."""
    order = [operands.count(i) for i in range(len(point))]
    with mp.workdps(40):
        exact = [mpmath.mpmathify(x) for x in point]
        return complex(mpmath.diff(primal, tuple(exact), tuple(order)))


def _quotient_floor(a, b):
    return mpmath.floor(a / b)


def _clip(x, low, high):
    return min(max(x, low), high)


def _copysign(a, b):
    return abs(a) if b > 0 else -abs(a)


def _logaddexp2(a, b):
    return mpmath.log(mpf(2) ** a + mpf(2) ** b, 2)


PRIMALS = {
    "numpy.absolute": abs,
    "numpy.add": lambda a, b: a + b,
    "numpy.arccos": mpmath.acos,
    "numpy.arccosh": mpmath.acosh,
    "numpy.arcsin": mpmath.asin,
    "numpy.arcsinh": mpmath.asinh,
    "numpy.arctan": mpmath.atan,
    "numpy.arctan2": mpmath.atan2,
    "numpy.arctanh": mpmath.atanh,
    "numpy.cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "numpy.ceil": mpmath.ceil,
    "numpy.clip": _clip,
    "numpy.conjugate": lambda x: x,
    "numpy.copysign": _copysign,
    "numpy.cos": mpmath.cos,
    "numpy.cosh": mpmath.cosh,
    "numpy.deg2rad": mpmath.radians,
    "numpy.degrees": mpmath.degrees,
    "numpy.divide": lambda a, b: a / b,
    "numpy.exp": mpmath.exp,
    "numpy.exp2": lambda x: mpf(2) ** x,
    "numpy.expm1": mpmath.expm1,
    "numpy.fabs": abs,
    "numpy.float_power": lambda x, p: x**p,
    "numpy.floor": mpmath.floor,
    "numpy.floor_divide": _quotient_floor,
    "numpy.fmax": max,
    "numpy.fmin": min,
    "numpy.fmod": lambda a, b: a - b * _quotient_floor(a, b),
    "numpy.hypot": mpmath.hypot,
    "numpy.i0": lambda x: mpmath.besseli(0, x),
    "numpy.log": mpmath.log,
    "numpy.log10": mpmath.log10,
    "numpy.log1p": mpmath.log1p,
    "numpy.log2": lambda x: mpmath.log(x, 2),
    "numpy.logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "numpy.logaddexp2": _logaddexp2,
    "numpy.maximum": max,
    "numpy.minimum": min,
    "numpy.multiply": lambda a, b: a * b,
    "numpy.negative": lambda x: -x,
    "numpy.positive": lambda x: x,
    "numpy.power": lambda x, p: x**p,
    "numpy.rad2deg": mpmath.degrees,
    "numpy.radians": mpmath.radians,
    "numpy.reciprocal": lambda x: 1 / x,
    "numpy.remainder": lambda a, b: a - b * _quotient_floor(a, b),
    "numpy.rint": mpmath.nint,
    "numpy.sign": mpmath.sign,
    "numpy.sin": mpmath.sin,
    "numpy.sinc": mpmath.sincpi,
    "numpy.sinh": mpmath.sinh,
    "numpy.sqrt": mpmath.sqrt,
    "numpy.square": lambda x: x * x,
    "numpy.subtract": lambda a, b: a - b,
    "numpy.tan": mpmath.tan,
    "numpy.tanh": mpmath.tanh,
    "numpy.trunc": mpmath.floor,
    "scipy.special.agm": mpmath.agm,
    "scipy.special.bei": lambda x: mpmath.bei(0, x),
    "scipy.special.ber": lambda x: mpmath.ber(0, x),
    "scipy.special.beta": mpmath.beta,
    "scipy.special.betainc": lambda a, b, x: mpmath.betainc(a, b, 0, x, regularized=True),
    "scipy.special.betaln": lambda a, b: mpmath.log(mpmath.beta(a, b)),
    "scipy.special.binom": mpmath.binomial,
    "scipy.special.boxcox": lambda x, p: (x**p - 1) / p,
    "scipy.special.dawsn": lambda x: mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-x * x) * mpmath.erfi(x),
    "scipy.special.psi": mpmath.digamma,
    "scipy.special.ellipe": mpmath.ellipe,
    "scipy.special.ellipeinc": mpmath.ellipe,
    "scipy.special.ellipk": mpmath.ellipk,
    "scipy.special.ellipkinc": mpmath.ellipf,
    "scipy.special.ellipkm1": lambda p: mpmath.ellipk(1 - p),
    "scipy.special.elliprf": mpmath.elliprf,
    "scipy.special.entr": lambda x: -x * mpmath.log(x),
    "scipy.special.erf": mpmath.erf,
    "scipy.special.erfc": mpmath.erfc,
    "scipy.special.erfcx": lambda x: mpmath.exp(x * x) * mpmath.erfc(x),
    "scipy.special.erfi": mpmath.erfi,
    "scipy.special.eval_gegenbauer": mpmath.gegenbauer,
    "scipy.special.eval_genlaguerre": mpmath.laguerre,
    "scipy.special.eval_hermite": mpmath.hermite,
    "scipy.special.eval_jacobi": mpmath.jacobi,
    "scipy.special.eval_legendre": mpmath.legendre,
    "scipy.special.exp1": mpmath.e1,
    "scipy.special.expi": mpmath.ei,
    "scipy.special.expit": lambda x: 1 / (1 + mpmath.exp(-x)),
    "scipy.special.expn": mpmath.expint,
    "scipy.special.exprel": lambda x: mpmath.expm1(x) / x,
    "scipy.special.gamma": mpmath.gamma,
    "scipy.special.gammainc": lambda a, x: mpmath.gammainc(a, 0, x, regularized=True),
    "scipy.special.gammaln": mpmath.loggamma,
    "scipy.special.hankel1": mpmath.hankel1,
    "scipy.special.hankel2": mpmath.hankel2,
    "scipy.special.hyp0f1": mpmath.hyp0f1,
    "scipy.special.hyp1f1": mpmath.hyp1f1,
    "scipy.special.hyp2f1": mpmath.hyp2f1,
    "scipy.special.hyperu": mpmath.hyperu,
    "scipy.special.i0": lambda x: mpmath.besseli(0, x),
    "scipy.special.i1": lambda x: mpmath.besseli(1, x),
    "scipy.special.iv": mpmath.besseli,
    "scipy.special.j0": mpmath.j0,
    "scipy.special.j1": mpmath.j1,
    "scipy.special.jv": mpmath.besselj,
    "scipy.special.k0": lambda x: mpmath.besselk(0, x),
    "scipy.special.k1": lambda x: mpmath.besselk(1, x),
    "scipy.special.kv": mpmath.besselk,
    "scipy.special.lambertw": lambda z, k, tol: mpmath.lambertw(z),
    "scipy.special.log_ndtr": lambda x: mpmath.log(mpmath.ncdf(x)),
    "scipy.special.loggamma": mpmath.loggamma,
    "scipy.special.logit": lambda x: mpmath.log(x / (1 - x)),
    "scipy.special.modstruve": mpmath.struvel,
    "scipy.special.ndtr": mpmath.ncdf,
    "scipy.special.poch": mpmath.rf,
    "scipy.special.radian": lambda d, m, s: mpmath.radians(d + m / 60 + s / 3600),
    "scipy.special.rgamma": mpmath.rgamma,
    "scipy.special.spence": lambda x: mpmath.polylog(2, 1 - x),
    "scipy.special.struve": mpmath.struveh,
    "scipy.special.wofz": lambda z: mpmath.exp(-z * z) * mpmath.erfc(-1j * z),
    "scipy.special.xlogy": lambda x, z: x * mpmath.log(z),
    "scipy.special.y0": lambda x: mpmath.bessely(0, x),
    "scipy.special.y1": lambda x: mpmath.bessely(1, x),
    "scipy.special.yv": mpmath.bessely,
    "scipy.special.zeta": mpmath.zeta,
}
