"""Functions of NumPy and SciPy that are seldom thought of when complex numbers are."""

import cmath

import numpy as np
import scipy.fft
import scipy.integrate
import scipy.linalg
import scipy.signal
from scipy import special

from tests.complex.registry import case

A = np.array([[1.2 + 0.3j, 0.4 - 0.1j, 0.2], [0.1j, 0.9 - 0.5j, 0.3 + 0.2j], [0.3, -0.2j, 2.0 + 0.1j]])
B = np.array([0.4 + 1j, -0.3, 0.8 - 0.2j])
Z = np.array([0.6 + 0.8j, -0.4 + 1.1j, 1.3 - 0.2j, 0.7 + 0.1j])
X = np.array([0.3, 1.2, -0.7, 2.1, 0.4, 0.9])


@case(A, B)
def least_squares_and_pseudoinverse(a, b):
    return np.linalg.lstsq(a[:, :2], b, rcond=None)[0], np.linalg.pinv(a[:, :2])


@case(A, single=False)
def matrix_functions(a):
    return scipy.linalg.sqrtm(a), scipy.linalg.logm(a), scipy.linalg.sinm(a)


@case(A, B)
def structured_matrices(a, b):
    column = np.array([4.0, 1j, 0.2])
    return (
        scipy.linalg.toeplitz(b, b.conj()),
        scipy.linalg.circulant(b),
        scipy.linalg.block_diag(a, a[:1] * 2),
        scipy.linalg.solve_toeplitz(column, b),
    )


@case(A, B)
def definite_systems(a, b):
    m = a @ a.conj().T + np.eye(3)
    return scipy.linalg.cho_solve(scipy.linalg.cho_factor(m), b), scipy.linalg.solve(m, b, assume_a="her")


@case(A, B)
def contractions(a, b):
    return np.tensordot(a, b, 1), np.einsum("ij,j,k->ik", a, b.conj(), b), np.linalg.multi_dot([a, a.T, a.conj()])


@case(B)
def vector_norms(b):
    return np.linalg.norm(b, 3), np.linalg.norm(b, np.inf), np.linalg.norm(np.outer(b, b), axis=1)


@case(X, Z)
def other_transforms(x, z):
    return (
        np.fft.ihfft(x),
        np.fft.hfft(z),
        np.fft.irfft(z, n=5),
        np.fft.fft(z, n=7, norm="ortho"),
        np.fft.irfft2(np.fft.rfft2(x.reshape(2, 3)), s=(2, 3)),
        scipy.fft.fft2(z.reshape(2, 2)),
    )


@case(X)
def signal_processing(x):
    return (
        scipy.signal.hilbert(x),
        scipy.signal.fftconvolve(x, x[:3]),
        scipy.signal.freqz(x[:3], [1.0, x[3] / 5], worN=4)[1],
        scipy.signal.welch(x, nperseg=4)[1],
        scipy.signal.czt(x),
    )


@case(Z)
def quadrature_and_interpolation(z):
    return (
        scipy.integrate.simpson(z, dx=0.3),
        scipy.integrate.cumulative_trapezoid(z),
        np.interp([0.2, 1.5], np.arange(4.0), z),
        np.convolve(z, z[:2]),
        np.correlate(z, z[:2], "full"),
    )


@case(Z)
def polynomials(z):
    return (
        np.polyfit(np.arange(4), z, 1),
        np.poly(z),
        np.polymul(z, z[:2]),
        np.polyder(z),
        np.polynomial.chebyshev.chebval(0.3j, z),
        np.vander(z),
    )


@case(Z)
def entry_by_entry(z):
    return (
        np.vectorize(cmath.exp, otypes=[complex])(z),
        np.array([cmath.sqrt(v) for v in z]),
        np.fromiter((v * v for v in z), complex, 4),
        sum(z) * sum(abs(v) for v in z),
        z[0].item() * z.item(1) + z.tolist()[2] ** 2,
    )


@case(Z)
def sorted_and_chosen(z):
    return (
        np.sort(z),
        z[np.argsort(abs(z))],
        np.select([abs(z) > 0.9, z.real > 0], [z, 1j * z], 0),
        np.piecewise(z, [z.real > 0], [lambda v: v * v, lambda v: 1j * v]),
        np.divide(1, z, where=abs(z) > 0.9, out=np.zeros(4, complex)),
        np.pad(z, 2, mode="reflect"),
    )


@case(Z)
def statistics_of_complex_numbers(z):
    return np.cov(z), np.average(z, weights=abs(z)), np.corrcoef(np.stack([z, z[::-1] ** 2]))


@case(Z, single=False)
def bessel_functions(z):
    return special.hankel1(0, z), special.jv(1, z), special.yv(0, z), special.iv(1, z), special.kv(0, z)


@case(Z, single=False)
def more_special_functions(z):
    return (
        special.erfcx(z),
        special.dawsn(z),
        special.exp1(z),
        special.rgamma(z),
        special.hyp1f1(0.5, 1.5, z),
        special.lambertw(z),
        special.spherical_jn(1, z),
        special.logsumexp(z),
    )
