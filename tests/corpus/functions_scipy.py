"""SciPy called from user code: quadrature, ODEs, roots, optimisers, interpolation, sparse, distances."""

import numpy as np
from scipy import integrate, interpolate, linalg, ndimage, optimize, sparse, stats
from scipy.sparse.linalg import spsolve
from scipy.spatial.distance import cdist, cosine, euclidean

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1])
POINTS = np.array([[0.0, 0.1], [1.2, 0.2], [0.4, 1.1]])


@case(0.5, 1.5, rtol=1e-6)
def adaptive_quadrature(a, b):
    value, _ = integrate.quad(lambda t: np.exp(-a * t) * np.sin(b * t), 0, 2)
    return value


@case(0.4, 1.3, rtol=1e-6)
def quadrature_with_traced_limits(a, b):
    return integrate.quad(lambda t: t**2 + a, a, b)[0]


@case(np.array([1.0, 0.5]), 0.7, rtol=1e-5)
def initial_value_problem(y0, k):
    def rates(t, y):
        return [y[1], -k * y[0] - 0.1 * y[1]]

    solution = integrate.solve_ivp(rates, (0, 2), y0, rtol=1e-10, atol=1e-12)
    return solution.y[:, -1]


@case(np.array([1.0, 0.5]), 0.7, rtol=1e-5)
def odeint_trajectory(y0, k):
    def rates(y, t):
        return [y[1], -k * y[0]]

    return integrate.odeint(rates, y0, [0.0, 0.5, 1.0], rtol=1e-10, atol=1e-12)[-1]


@case(1.5, rtol=1e-6)
def scalar_root(a):
    return optimize.brentq(lambda t: t**3 + a * t - 2, 0, 2, xtol=1e-14)


@case(1.5, 0.3, rtol=1e-6)
def newton_root(a, b):
    return optimize.newton(lambda t: np.exp(-t) + b - a * t, 0.5)


@case(np.array([1.5, 0.4]), rtol=1e-6)
def root_of_a_system(p):
    solution = optimize.root(
        lambda v: np.array([v[0] + p[0] * v[1] - 1, v[0] ** 2 - v[1] + p[1]]), [0.5, 0.5], tol=1e-13
    )
    return solution.x


@case(np.array([1.5, 0.4]), rtol=1e-4)
def minimiser_as_a_function(p):
    return optimize.minimize(lambda v: (v[0] - p[0]) ** 2 + (v[1] - v[0] * p[1]) ** 2, np.zeros(2), tol=1e-10).x


@case(np.array([1.0, 0.3, -0.2, 0.9]))
def cubic_spline(y):
    spline = interpolate.CubicSpline([0.0, 0.7, 1.5, 2.2], y)
    return spline([0.3, 1.0]) + spline(1.2, 1)


@case(np.array([1.0, 0.3, -0.2, 0.9]))
def interpolated_linearly(y):
    return interpolate.interp1d([0.0, 0.7, 1.5, 2.2], y)(np.array([0.3, 1.0, 2.0]))


@case(0.9)
def interpolated_at_a_traced_point(t):
    table = interpolate.CubicSpline([0.0, 0.7, 1.5, 2.2], [1.0, 0.3, -0.2, 0.9])
    return table(t) ** 2


@case(np.array([1.0, 0.3, 0.2, 0.9]))
def shape_preserving_interpolation(y):
    return interpolate.PchipInterpolator([0.0, 0.7, 1.5, 2.2], y)([0.3, 1.0])


@case(X)
def sampled_integrals(y):
    t = np.array([0.0, 0.5, 1.0, 1.5])
    return integrate.trapezoid(y, t) + integrate.simpson(y, x=t) + integrate.cumulative_trapezoid(y, t)


@case(X)
def sparse_matrix_vector(x):
    a = sparse.csr_matrix(np.array([[1.0, 0, 2, 0], [0, 3, 0, 0], [0, 0, 1, 4]]))
    return a @ x + a.dot(x) ** 2


@case(X)
def sparse_solve(b):
    a = sparse.diags([-1.0, 4.0, -1.0], [-1, 0, 1], shape=(4, 4), format="csc")
    return spsolve(a, b)


@case(POINTS)
def distances(p):
    return cdist(p, p[:2] + 1.0)


@case(X)
def single_distances(x):
    return euclidean(x[:2], x[2:]) + cosine(x[:2], x[2:])


@case(X)
def gaussian_blur(x):
    return ndimage.gaussian_filter1d(x, 1.0)


@case(X)
def frozen_distribution(x):
    distribution = stats.norm(loc=x[0], scale=x[1])
    return distribution.logpdf(x[2:]) + distribution.cdf(0.3)


@case(np.array([2.0, 3.0]), 0.4)
def gamma_and_beta_distributions(a, x):
    return stats.gamma.logpdf(x, a[0]) + stats.beta.logpdf(x, a[0], a[1]) + stats.expon.pdf(x, scale=a[1])


@case(X)
def descriptive_statistics(x):
    return stats.skew(x) + stats.kurtosis(x) + stats.zscore(x) + stats.gmean(np.exp(x))


@case(X)
def rosenbrock_of_scipy(x):
    return optimize.rosen(x)


@case(np.array([0.5, 0.1, 0.2, 0.4]))
def scipy_matrix_functions(x):
    a = x.reshape(2, 2)
    return linalg.expm(a) @ linalg.inv(a) + linalg.det(a) + linalg.norm(a)
