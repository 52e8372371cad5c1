"""Special functions of SciPy on arrays and numbers."""

import numpy as np
from scipy import special
from scipy.special import erf, expit, gammaln, jv, xlogy

from tests.corpus.registry import case

X = np.array([0.4, 1.3, 2.2])
UNIT = np.array([0.2, 0.5, 0.9])


@case(X)
def error_functions(x):
    return erf(x) * special.erfc(x / 2) + special.erfcx(x) - special.erfi(x / 2)


@case(UNIT)
def inverse_error_functions(p):
    return special.erfinv(p) + special.erfcinv(p) + special.ndtri(p)


@case(X)
def gammas(x):
    return special.gamma(x) + gammaln(x) * special.digamma(x) - special.rgamma(x) + special.polygamma(1, x)


@case(X, X[::-1] + 0.5)
def betas(a, b):
    return special.beta(a, b) + special.betaln(a, b)


@case(X)
def bessel_functions_of_fixed_order(x):
    return special.j0(x) * special.j1(x) + jv(2, x) - special.y0(x) + special.kn(1, x) * special.iv(0, x)


@case(X)
def modified_bessel_functions(x):
    return special.i0(x) * special.i0e(x) + special.i1(x) - special.k0(x) * special.k1e(x)


@case(X)
def logistic_functions(x):
    return expit(x) * special.log_expit(x) + special.logit(expit(x) * 0.9)


@case(UNIT)
def entropies(p):
    return (
        special.entr(p) + special.rel_entr(p, 1 - p / 2) + special.kl_div(p, 0.3) + xlogy(p, p) + special.xlog1py(p, p)
    )


@case(np.array([0.0, 0.5, 1.0]), np.array([0.3, 0.5, 0.2]))
def xlogy_at_zero(x, y):
    return xlogy(x, y)


@case(X)
def softmax_and_logsumexp(x):
    return special.softmax(x) * special.logsumexp(x) + special.log_softmax(x)


@case(X)
def normal_distribution(x):
    return special.ndtr(x) + special.log_ndtr(-x)


@case(X)
def integrals(x):
    s, c = special.sici(x)
    fs, fc = special.fresnel(x)
    return special.expi(x) - special.exp1(x) + s * c + fs - fc


@case(UNIT)
def elliptic_integrals(m):
    return special.ellipk(m) + special.ellipe(m) + special.ellipkinc(0.7, m) * special.ellipeinc(0.7, m)


@case(X)
def airy_functions(x):
    ai, aip, bi, bip = special.airy(x)
    return ai * bi + aip * bip


@case(UNIT)
def incomplete_functions(x):
    return special.gammainc(2.5, x) + special.gammaincc(1.5, x) + special.betainc(2.0, 3.0, x)


@case(X)
def spherical_and_struve(x):
    return special.spherical_jn(1, x) + special.struve(0, x) + special.dawsn(x)


@case(UNIT)
def orthogonal_polynomials(x):
    return (
        special.eval_legendre(3, x)
        + special.eval_chebyt(4, x)
        + special.eval_hermite(2, x) * special.eval_laguerre(2, x)
    )


@case(UNIT)
def hypergeometric(x):
    return special.hyp2f1(0.5, 1.5, 2.5, x) + special.hyp1f1(0.5, 1.5, x) + special.hyp0f1(1.5, x)


@case(X)
def small_difference_helpers(x):
    return (
        special.exprel(x)
        + special.cosm1(x)
        + special.log1p(x)
        + special.expm1(x)
        + special.cbrt(x)
        + special.exp10(x / 3)
    )


@case(X)
def box_cox(x):
    return special.boxcox(x, 0.3) + special.inv_boxcox(x, 0.3) + special.boxcox1p(x, 0.5)


@case(X)
def huber_functions(x):
    return special.huber(1.0, x - 1) + special.pseudo_huber(1.5, x)


@case(X)
def lambert_zeta_and_friends(x):
    return special.zeta(x + 1.5) + special.lambertw(x).real + special.wrightomega(x)


@case(X)
def voigt_like_profile(x):
    z = (x + 0.5j) / np.sqrt(2)
    return special.wofz(z).real / np.sqrt(2 * np.pi)


@case(X)
def degree_trigonometry(x):
    return special.sindg(20 * x) + special.cosdg(20 * x) * special.tandg(10 * x)


@case(3.5, 2.2)
def combinations(n, k):
    return special.binom(n, k) + special.poch(n, k)
