"""Complex numbers where real and complex meet: closed forms, special functions, types."""

import numpy as np
import pytest
from mpmath import mp
from scipy import special

import adpy
from adpy.rules.complex_gamma import trigamma

X = np.array([0.3, 0.7])


def test_real_entries_of_a_complex_array():
    """Real scalars beside complex constants in one array take the real part of its cotangent."""

    def f(x):
        a = np.array([[x[0] ** 2 + 1, 1j], [2.0 - 1j, x[1]]])
        return np.sum(a @ a).imag + np.sum(a @ a @ a).real

    gradient = adpy.grad(f)(X)
    np.testing.assert_allclose(gradient, [adpy.jvp(f, X, e)[1] for e in np.eye(2)], rtol=1e-13)
    assert gradient.dtype == float


@pytest.mark.parametrize("dtype", [complex, np.complex64])
def test_loop_into_a_complex_buffer(dtype):
    def f(x):
        z = np.zeros(3, dtype)
        for i in range(3):
            z[i] = x[0] ** i
            z[i] += 1j * x[1] * i
            z[i] *= 1j
        return z

    y, y_dot = adpy.jvp(f, X, np.array([1.0, 0.0]))
    i = np.arange(3)
    np.testing.assert_allclose(y_dot, 1j * i * 0.3 ** np.maximum(i - 1, 0), rtol=1e-6)
    assert y.dtype == y_dot.dtype == dtype
    gradient = adpy.grad(lambda x: np.sum(np.abs(f(x)) ** 2))(X)
    np.testing.assert_allclose(gradient, [2 * np.sum(i * 0.3 ** np.maximum(2 * i - 1, 0)), 2 * 0.7 * 5], rtol=1e-6)


@pytest.mark.parametrize("z", [0.3 + 0.2j, -4.2 + 0.1j, 5j, 30 - 2j, 2 + 0j, -1.5 - 8j])
def test_trigamma(z):
    one = np.complex128(1)
    higher = adpy.jvp(lambda z: adpy.jvp(trigamma, z, one)[1], np.complex128(z), one)
    for found, order in ((trigamma(np.complex128(z)), 1), (higher[0], 2), (higher[1], 3)):
        np.testing.assert_allclose(found, complex(mp.psi(order, z)), rtol=1e-13)


def test_gamma_of_complex_arrays():
    z = np.array([[0.4 + 1j, -2.3 + 0.5j], [3.0 - 1j, 1j]])
    found = adpy.grad(lambda z: np.sum(special.loggamma(z)), holomorphic=True)(z)
    np.testing.assert_allclose(found, special.digamma(z), rtol=1e-13)
    assert trigamma(np.zeros(0, complex)).shape == (0,)


@pytest.mark.parametrize("mode", ["grad", "jvp"])
def test_kinds_of_numbers(mode):
    for z in (1 + 2j, np.complex128(1 + 2j), np.complex64(1 + 2j), np.array(1 + 2j)):
        if mode == "grad":
            found = adpy.grad(lambda z: abs(z) ** 2)(z)
        else:
            found = adpy.jvp(lambda z: z * z, z, 1.0)[1]
        assert found == 2 + 4j
        assert np.asarray(found).dtype == np.asarray(z).dtype


def test_real_argument_gets_a_real_gradient():
    """|e^{-ia} + i e^{-ib}|² = 2 + 2 sin(b - a)."""
    gradient = adpy.grad(lambda x: abs(np.vdot(np.exp(1j * x), np.array([1, 1j]))) ** 2)(X)
    assert gradient.dtype == float
    np.testing.assert_allclose(gradient, 2 * np.cos(X[1] - X[0]) * np.array([-1, 1]), rtol=1e-13)


def test_numpys_types_keep_the_derivative():
    """numpy.complex128(x) and its kin, of a number and of an array, are conversions and not the end of the trace."""

    def f(x):
        return abs(np.complex128(x[0]) * 1j + np.complex64(x[1])) + np.sum(abs(np.complex128(x))) + np.float32(x[1])

    size = np.hypot(*X)
    expected = np.array([X[0] / size + 1, X[1] / size + 2])
    np.testing.assert_allclose(adpy.grad(f)(X), expected, rtol=1e-6)
    np.testing.assert_allclose(adpy.jvp(f, X, np.array([0.0, 1.0]))[1], expected[1], rtol=1e-6)
    assert np.complex128.__module__ == "numpy" and type(np.complex128(1)) is np.complex128
