"""Polynomials, interpolation, splines and quadrature written with NumPy."""

import numpy as np
from numpy.polynomial import chebyshev, legendre, polynomial

from tests.corpus.registry import case

C = np.array([0.5, -1.0, 2.0, 0.3])
KNOTS = np.array([0.0, 0.7, 1.5, 2.2])


@case(C, 0.7)
def polyval_at_a_number(c, x):
    return np.polyval(c, x) + np.poly1d([1.0, 2.0])(x)


@case(C, np.array([0.1, 0.5, -0.4]))
def horner(c, x):
    y = np.zeros_like(x)
    for coefficient in c:
        y = y * x + coefficient
    return y


@case(C)
def polynomial_arithmetic(c):
    product = np.polymul(c, [1.0, -2.0])
    return np.polyadd(product, np.polyder(product)) + np.polyint(c)[1:].sum()


@case(np.array([1.0, 0.3, -0.2, 0.9]))
def polynomial_fit(y):
    return np.polyfit(KNOTS, y, 2)


@case(C, np.array([0.1, 0.5, -0.4]))
def orthogonal_series(c, x):
    return chebyshev.chebval(x, c) + legendre.legval(x, c) * polynomial.polyval(x, c)


@case(np.array([0.3, 1.1, 2.0]), np.array([1.0, 0.3, -0.2, 0.9]))
def linear_interpolation(x, y):
    return np.interp(x, KNOTS, y)


@case(np.array([0.0, 0.8, 1.4, 2.5]), np.array([1.0, 0.3, -0.2, 0.9]))
def interpolation_with_moving_knots(knots, y):
    return np.interp([0.5, 1.0, 2.0, 3.0], knots, y, left=0.0)


@case(1.1, np.array([1.0, 0.3, -0.2, 0.9]))
def lagrange(x, y):
    total = 0
    for i in range(len(KNOTS)):
        weight = 1
        for j in range(len(KNOTS)):
            if j != i:
                weight *= (x - KNOTS[j]) / (KNOTS[i] - KNOTS[j])
        total += y[i] * weight
    return total


@case(0.9, np.array([1.0, 0.3, -0.2, 0.9]))
def neville(x, y):
    p = list(y)
    n = len(p)
    for level in range(1, n):
        for i in range(n - level):
            p[i] = ((x - KNOTS[i + level]) * p[i] + (KNOTS[i] - x) * p[i + 1]) / (KNOTS[i] - KNOTS[i + level])
    return p[0]


@case(np.array([1.0, 0.3, -0.2, 0.9]))
def natural_cubic_spline(y):
    h = np.diff(KNOTS)
    a = np.zeros((4, 4))
    rhs = np.zeros(4)
    a[0, 0] = a[3, 3] = 1
    for i in range(1, 3):
        a[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        rhs[i] = 6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    m = np.linalg.solve(a, rhs)
    t = 1.1
    i = np.searchsorted(KNOTS, t) - 1
    left, right = KNOTS[i + 1] - t, t - KNOTS[i]
    return (
        (m[i] * left**3 + m[i + 1] * right**3) / (6 * h[i])
        + (y[i] / h[i] - m[i] * h[i] / 6) * left
        + (y[i + 1] / h[i] - m[i + 1] * h[i] / 6) * right
    )


@case(np.array([0.3, 1.8]), np.array([[0.2, 1.0, 0.5], [0.4, -1.0, 0.1], [0.3, 0.8, 2.0]]))
def bilinear_interpolation(point, grid):
    i, j = int(point[0]), int(point[1])
    u, v = point[0] - i, point[1] - j
    return (
        (1 - u) * (1 - v) * grid[i, j]
        + u * (1 - v) * grid[i + 1, j]
        + (1 - u) * v * grid[i, j + 1]
        + u * v * grid[i + 1, j + 1]
    )


@case(0.4, 1.6)
def simpson_with_traced_limits(a, b):
    n = 20
    x = np.linspace(a, b, n + 1)
    y = np.exp(-(x**2)) * x
    return (b - a) / n / 3 * (y[0] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum() + y[-1])


@case(0.7, 1.3)
def gauss_legendre_quadrature(a, b):
    nodes, weights = np.polynomial.legendre.leggauss(8)
    x = 0.5 * (b - a) * nodes + 0.5 * (a + b)
    return 0.5 * (b - a) * np.sum(weights * np.cos(x) * np.exp(a * x))


@case(0.5)
def romberg(b):
    def f(x):
        return np.exp(x) * x

    r = [[b / 2 * (f(0.0) + f(b))]]
    for n in range(1, 5):
        h = b / 2**n
        row = [r[-1][0] / 2 + h * sum(f((2 * k - 1) * h) for k in range(1, 2 ** (n - 1) + 1))]
        for m in range(1, n + 1):
            row.append(row[m - 1] + (row[m - 1] - r[-1][m - 1]) / (4**m - 1))
        r.append(row)
    return r[-1][-1]


@case(np.array([0.2, 1.0, 0.4, 0.1, 0.6]), 0.37)
def b_spline_by_recursion(coefficients, x):
    knots = np.arange(9) / 5 - 0.6

    def basis(i, degree):
        if degree == 0:
            return 1.0 if knots[i] <= x < knots[i + 1] else 0.0
        left = (x - knots[i]) / (knots[i + degree] - knots[i]) * basis(i, degree - 1)
        right = (knots[i + degree + 1] - x) / (knots[i + degree + 1] - knots[i + 1]) * basis(i + 1, degree - 1)
        return left + right

    return sum(c * basis(i, 3) for i, c in enumerate(coefficients))


@case(C)
def polynomial_class(c):
    p = np.polynomial.Polynomial([1.0, 2.0, 0.5])
    return p(c) * p.deriv()(c)


@case(np.array([0.9, 0.2, -0.3]), np.array([[0.0, 0.1], [1.0, 0.3], [0.4, 1.2]]))
def radial_basis_functions(weights, centres):
    query = np.array([[0.5, 0.5], [0.2, 0.9]])
    r = np.linalg.norm(query[:, None] - centres[None], axis=-1)
    phi = r**2 * np.log(r)
    return phi @ weights
