"""Real functions through complex intermediates."""

import cmath

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1])


@case(X)
def modulus_and_argument(x):
    z = x[:2] + 1j * x[2:]
    return np.abs(z) ** 2 + np.angle(z) - z.real * z.imag


@case(X)
def complex_exponential(x):
    z = np.exp(1j * x) * (1 + 2j)
    return z.real + z.imag**2


@case(X)
def conjugate_products(x):
    psi = np.array([x[0] + 1j * x[1], x[2] - 1j * x[3]])
    psi = psi / np.sqrt(np.sum(np.abs(psi) ** 2))
    operator = np.array([[1, 1j], [-1j, 2]])
    return np.real(np.conj(psi) @ operator @ psi)


@case(0.7, 0.4)
def damped_response(omega, zeta):
    transfer = 1 / (1 - omega**2 + 2j * zeta * omega)
    return abs(transfer), np.angle(transfer), transfer.real


@case(X)
def complex_buffer(x):
    z = np.zeros(4, dtype=complex)
    z.real = x
    z.imag[1:] = x[:-1] ** 2
    z[0] *= 1j
    return (z * z.conj()).real + z.imag


@case(X)
def vdot_and_hermitian(x):
    a = np.outer(x[:2], x[2:]) + 1j * np.eye(2)
    return (a.conj().T @ a).real + np.vdot(a, a).real


@case(np.array([0.2, 0.5, -0.3]))
def complex_functions(x):
    z = x + 0.5j
    return (np.sin(z) * np.log(z) + np.sqrt(z) / np.tanh(z)).real + (z**2.5).imag


@case(X)
def quantum_evolution(x):
    hamiltonian = np.array([[x[0], x[1]], [x[1], x[2]]])
    w, v = np.linalg.eigh(hamiltonian)
    u = v @ np.diag(np.exp(-1j * w * x[3])) @ v.T
    return np.abs(u[0]) ** 2


@case(X)
def complex_linear_solve(x):
    a = np.array([[x[0] + 2j, 1.0], [0.5j, x[1] - 1j]])
    return np.abs(np.linalg.solve(a, x[2:].astype(complex)))


@case(0.5, 1.2)
def cmath_functions(a, b):
    z = cmath.exp(complex(a, b)) + cmath.sqrt(complex(b, -a))
    return z.real * z.imag + abs(z)


@case(X)
def roots_of_quadratic(c):
    discriminant = np.sqrt(c[0] ** 2 - 4 * c[1] + 0j)
    first, second = (-c[0] + discriminant) / 2, (-c[0] - discriminant) / 2
    return (first * second).real + np.abs(first) * abs(second.imag)


@case(X)
def array_factor(weights):
    angles = np.linspace(-1, 1, 5)
    steering = np.exp(1j * np.pi * np.outer(np.sin(angles), np.arange(4)))
    return 20 * np.log10(np.abs(steering @ weights))


@case(X)
def real_if_close_view(x):
    z = (x + 1j * 0) * 2
    return np.real(z) + np.real_if_close(z) + np.imag(1j * z)
