"""Complex functions, contour integrals, polynomials, buffers and views, Python's complex numbers."""

import cmath
import math

import numpy as np
from scipy import special

from tests.complex.registry import case

Z = np.array([0.6 + 0.8j, -0.4 + 1.1j, 1.3 - 0.2j])
X = np.array([0.3, 1.2, 0.7])


@case(Z)
def elementary_functions(z):
    return np.exp(z), np.log(z), np.sqrt(z), z**3, 1 / z


@case(Z)
def trigonometric_functions(z):
    return np.sin(z), np.cos(z), np.tan(z), np.sinh(z), np.cosh(z), np.tanh(z)


@case(Z)
def inverse_functions(z):
    return np.arcsin(z), np.arccos(z), np.arctan(z), np.arcsinh(z), np.arccosh(z), np.arctanh(z)


@case(Z)
def other_functions(z):
    return np.expm1(z), np.log1p(z), np.log2(z), np.log10(z), np.exp2(z), np.square(z), np.reciprocal(z), +z, -z


@case(Z)
def parts_and_modulus(z):
    return np.abs(z), np.angle(z), z.real, z.imag, np.conj(z), np.absolute(z) ** 2


@case(Z, 1.5 - 0.3j)
def complex_powers(z, p):
    return z**p, np.power(z, 2.5), 2.0**z, p ** z[0]


@case(X)
def powers_of_real_numbers(x):
    return x ** (1 + 2j), (1j) ** x, np.emath.sqrt(x - 1.0), np.emath.log(-x)


@case(0.4, 1.1)
def python_complex_numbers(a, b):
    z = complex(a, b)
    w = z * z.conjugate() + z**2 / (1 + z) - 3j
    return w, abs(w), w.real * w.imag


@case(0.6 + 0.8j)
def python_complex_argument(z):
    total = 0
    term = 1
    for k in range(1, 6):
        term = term * z / k
        total += term
    return total


@case(0.4, 1.1)
def every_function_of_cmath(a, b):
    z = a + 1j * b
    return (
        cmath.exp(z),
        cmath.log(z),
        cmath.log10(z),
        cmath.sqrt(z),
        cmath.sin(z),
        cmath.cos(z),
        cmath.tan(z),
        cmath.sinh(z),
        cmath.cosh(z),
        cmath.tanh(z),
        cmath.asin(z),
        cmath.acos(z),
        cmath.atan(z),
        cmath.asinh(z),
        cmath.acosh(z),
        cmath.atanh(z),
        cmath.phase(z),
        cmath.log(z, 3.0),
    )


@case(0.3, 0.2)
def contour_integral(center, radius):
    total = 0j
    n = 16
    for k in range(n):
        t = 2 * math.pi * k / n
        z = center + (1 + radius) * cmath.exp(1j * t)
        total += cmath.exp(z) / (z - 0.1) * 1j * (z - center)
    return total / (1j * n)


@case(X)
def residue_by_quadrature(poles):
    t = 2 * np.pi * np.arange(12) / 12
    z = 3 * np.exp(1j * t)
    values = np.ones_like(z)
    for p in poles:
        values /= z - p
    return np.mean(values * z**3)


@case(0.7, 1.4)
def inverse_laplace_talbot(t, a):
    n = 8
    theta = -np.pi + (np.arange(n) + 0.5) * (2 * np.pi / n)
    z = n / t * (0.5017 * theta / np.tan(0.6407 * theta) - 0.6122 + 0.2645j * theta)
    dz = n / t * (0.5017 / np.tan(0.6407 * theta) - 0.3214 * theta / np.sin(0.6407 * theta) ** 2 + 0.2645j)
    return np.sum(np.exp(z * t) / (z + a) * dz).imag * (1.0 / n)


@case(np.array([0.5, -0.3, 0.2 + 0.4j]), 0.7 - 0.2j)
def polynomial_values(c, z):
    horner = 0
    for k in c:
        horner = horner * z + k
    return np.polyval(c, z) + horner


@case(np.array([1.0, -0.4, 1.3, 0.2]))
def roots_of_a_polynomial(c):
    r = np.roots(c)
    r = r[np.argsort(r.imag)]
    return r, np.abs(r)


@case(0.3 + 0.5j, 0.1)
def newton_basin(z, shift):
    for _ in range(4):
        z = z - (z**3 - 1 - shift) / (3 * z**2)
    return z


@case(-0.4 + 0.55j)
def mandelbrot_orbit(c):
    z = 0j
    for _ in range(5):
        z = z * z + c
    return z, abs(z)


@case(X)
def complex_buffer(x):
    z = np.zeros(3, complex)
    z.real = x
    z.imag[1:] = x[:-1] ** 2
    z[0] *= 1j
    z[1] += x[2] * 1j
    return z, (z * z.conj()).real


@case(X)
def buffer_with_views(x):
    z = np.empty((2, 3), dtype=np.complex128)
    z[0] = 1j * x
    z[1] = np.exp(1j * x)
    imaginary = z.imag
    imaginary[0, 1] = x[0] * x[1]
    z *= 2 - 1j
    z[:, 0] /= z[0, 2]
    return imaginary.sum(axis=0), z


@case(Z)
def in_place_operators(z):
    w = z.copy()
    w += 1j
    w *= z
    w -= 2.0
    w /= 1 - z
    w **= 2
    np.multiply(w, 1j, out=w)
    np.conjugate(w, out=w)
    return w


@case(Z)
def masks_and_choices(z):
    upper = z.imag > 0
    w = np.where(upper, z, np.conj(z))
    w[~upper] *= 2j
    return w, np.max(np.abs(w)), z[np.argmax(np.abs(z))]


@case(X)
def constructors(x):
    a = np.array([x[0] + 1j, 2.0, 1j * x[1]])
    b = np.full(3, x[2] * 1j)
    c = x.astype(complex)
    d = np.asarray([complex(v, 2 * v) for v in x])
    return a * b + c * d, np.stack([a, b]), np.concatenate([c, d])


@case(Z)
def reductions(z):
    return np.sum(z), np.prod(z), np.mean(z), np.cumsum(z), np.cumprod(z), np.var(z), np.std(z)


@case(Z)
def products(z):
    return np.dot(z, z), np.vdot(z, z), np.outer(z, z.conj()), z @ z, np.kron(z, z[:2]), np.cross(z, z[::-1])


@case(Z)
def rearrangements(z):
    m = np.outer(z, z + 1)
    return m.T, np.roll(m, 1), np.diag(m), m[::-1, 1:], np.tile(z, 2), np.flip(z), np.triu(m), m.ravel()[[0, 4, 4]]


@case(Z)
def differences_and_integrals(z):
    return np.diff(z), np.gradient(z), np.trapezoid(z), np.interp(0.5, [0.0, 1.0], np.abs(z[:2]))


@case(Z, X)
def mixed_real_and_complex(z, x):
    return z * x, x / z, z + x, x - z, x[:, None] * z[None, :], z**2 + x**2


@case(X)
def rotations_in_the_plane(x):
    points = np.array([1.0, 1j, -1 + 0.5j])
    turned = points * np.exp(1j * x[0]) * x[1] + x[2]
    return np.column_stack([turned.real, turned.imag])


@case(X)
def fourier_series_sum(x):
    k = np.arange(-2, 3)
    c = 1 / (1 + k**2 + 1j * k)
    return np.real(np.exp(1j * np.outer(x, k)) @ c)


@case(X)
def elliptic_torus_points(x):
    return [cmath.exp(1j * v) * (2 + math.cos(v)) for v in x]


@case(Z, single=False)
def special_functions(z):
    return special.erf(z), special.gamma(z), special.loggamma(z), special.wofz(z), special.expi(z)


@case(X)
def hermitian_symmetry(x):
    spectrum = np.concatenate([x[:1] + 0j, x[1:] + 1j * x[:-1], [x[2] + 0j]])
    full = np.concatenate([spectrum, np.conj(spectrum[-2:0:-1])])
    return np.fft.ifft(full).real


@case(Z)
def real_and_imaginary_rows(z):
    pairs = np.stack([z.real, z.imag], axis=-1)
    back = pairs[:, 0] + 1j * pairs[:, 1]
    return np.linalg.norm(pairs, axis=1), back * back
