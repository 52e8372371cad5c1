"""States, evolution, spectra of matrices."""

import numpy as np
import scipy.linalg

from tests.complex.registry import case

H = np.array([0.5, -0.3, 0.2, 0.7])
A = np.array([[1.2 + 0.3j, 0.4 - 0.1j, 0.2], [0.1j, 0.9 - 0.5j, 0.3 + 0.2j], [0.3, -0.2j, 2.0 + 0.1j]])
B = np.array([0.4 + 1j, -0.3, 0.8 - 0.2j])
PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


@case(H)
def expectation_of_spin(angles):
    psi = np.array([np.cos(angles[0] / 2), np.exp(1j * angles[1]) * np.sin(angles[0] / 2)])
    return np.array([np.vdot(psi, s @ psi).real for s in PAULI])


@case(H[:3])
def rabi_oscillation_by_eigenvectors(field):
    hamiltonian = np.einsum("i,ijk->jk", field, PAULI)
    energies, states = np.linalg.eigh(hamiltonian)
    u = states @ np.diag(np.exp(-1.3j * energies)) @ states.conj().T
    return np.abs(u @ np.array([1.0, 0.0])) ** 2


@case(H[:3])
def rabi_oscillation_by_expm(field):
    hamiltonian = sum(f * s for f, s in zip(field, PAULI))
    u = scipy.linalg.expm(-1.3j * hamiltonian)
    return np.abs(u[:, 0]) ** 2


@case(H)
def crank_nicolson_wave_packet(p):
    n = 4
    psi = np.exp(-((np.arange(n) - 1.5 - p[0]) ** 2) + 1j * p[1] * np.arange(n))
    h = np.diag(2.0 + p[2] * np.arange(n) ** 2) - np.eye(n, k=1) - np.eye(n, k=-1)
    for _ in range(2):
        psi = np.linalg.solve(np.eye(n) + 0.05j * h, (np.eye(n) - 0.05j * h) @ psi)
    return np.abs(psi) ** 2


@case(H)
def split_step_schroedinger(v):
    k = 2 * np.pi * np.fft.fftfreq(4)
    psi = np.array([0.1, 1.0, 0.8, 0.2]).astype(complex)
    for _ in range(3):
        psi *= np.exp(-0.5j * 0.1 * v)
        psi = np.fft.ifft(np.exp(-0.5j * 0.1 * k**2) * np.fft.fft(psi))
        psi *= np.exp(-0.5j * 0.1 * v)
    return (psi.conj() * psi).real


@case(H)
def density_matrix_purity(p):
    rho = np.array([[p[0] ** 2 + 1, p[1] + 1j * p[2]], [p[1] - 1j * p[2], p[3] ** 2]])
    rho = rho / np.trace(rho)
    return np.trace(rho @ rho).real, np.linalg.det(rho).real


@case(H)
def von_neumann_entropy(p):
    a = np.array([[p[0] + 1.0, p[1] + 1j * p[2]], [0.3j, p[3]]])
    rho = a @ a.conj().T
    w = np.linalg.eigvalsh(rho / np.trace(rho).real)
    return -np.sum(w * np.log(w))


@case(H)
def lindblad_euler_steps(p):
    rho = np.zeros((2, 2), dtype=complex)
    rho[0, 0] = 1.0
    h = p[0] * PAULI[0] + p[1] * PAULI[2]
    lower = np.array([[0, 1], [0, 0]])
    for _ in range(3):
        decay = lower @ rho @ lower.T - 0.5 * (lower.T @ lower @ rho + rho @ lower.T @ lower)
        rho = rho + 0.1 * (-1j * (h @ rho - rho @ h) + p[2] ** 2 * decay)
    return rho


@case(H)
def quantum_circuit(angles):
    def ry(t):
        return np.array([[np.cos(t / 2), -np.sin(t / 2)], [np.sin(t / 2), np.cos(t / 2)]])

    def rz(t):
        return np.diag(np.exp(np.array([-0.5j, 0.5j]) * t))

    cnot = np.eye(4)[[0, 1, 3, 2]]
    state = np.zeros(4, dtype=complex)
    state[0] = 1
    state = np.kron(ry(angles[0]), ry(angles[1])) @ state
    state = cnot @ state
    state = np.kron(rz(angles[2]), ry(angles[3]) @ rz(0.3)) @ state
    return np.abs(state) ** 2


@case(A, B)
def complex_solve(a, b):
    return np.linalg.solve(a, b)


@case(A)
def inverse_and_determinant(a):
    return np.linalg.inv(a), np.linalg.det(a)


@case(A)
def log_determinant(a):
    sign, log = np.linalg.slogdet(a)
    return log, np.angle(sign)


@case(A)
def eigenvalues(a):
    w = np.linalg.eigvals(a)
    return w[np.argsort(w.real)]


@case(A)
def spectral_projector(a):
    w, v = np.linalg.eig(a)
    k = np.argmax(w.real)
    inverse = np.linalg.inv(v)
    return np.outer(v[:, k], inverse[k])


@case(A)
def singular_values(a):
    return np.linalg.svd(a, compute_uv=False)


@case(A)
def low_rank_approximation(a):
    u, s, vh = np.linalg.svd(a)
    return (u[:, :2] * s[:2]) @ vh[:2]


@case(A)
def hermitian_ground_state(a):
    w, v = np.linalg.eigh(a + a.conj().T)
    ground = v[:, 0]
    return w[0], np.abs(ground) ** 2


@case(A)
def polar_decomposition(a):
    w, v = np.linalg.eigh(a.conj().T @ a)
    return a @ (v / np.sqrt(w)) @ v.conj().T


@case(A)
def cholesky_of_covariance(a):
    return np.linalg.cholesky(a @ a.conj().T + np.eye(3))


@case(A, B)
def quadratic_forms(a, b):
    return np.vdot(b, a @ b), np.einsum("i,ij,j", b, a, b.conj()), np.inner(b, b), np.trace(a)


@case(A)
def matrix_exponential_and_powers(a):
    return scipy.linalg.expm(0.3j * a), np.linalg.matrix_power(a, 3)


@case(A, B)
def factored_solves(a, b):
    lower = np.tril(a)
    factors = scipy.linalg.lu_factor(a)
    return scipy.linalg.solve_triangular(lower, b, lower=True), scipy.linalg.lu_solve(factors, b)


@case(A[:, :2], B)
def least_squares_with_normal_equations(a, b):
    x = np.linalg.solve(a.conj().T @ a, a.conj().T @ b)
    residual = b - a @ x
    return x, np.linalg.norm(residual)


@case(A)
def norms(a):
    return np.linalg.norm(a), np.linalg.norm(a, 1), np.linalg.norm(a, 2), np.linalg.norm(a, "nuc"), np.linalg.cond(a)


@case(A)
def orthogonal_projection_by_qr(a):
    q, r = np.linalg.qr(a[:, :2])
    return q @ q.conj().T


@case(H)
def green_function(p):
    h = np.diag(p) + np.eye(4, k=1) + np.eye(4, k=-1)
    g = np.linalg.inv((0.4 + 0.1j) * np.eye(4) - h)
    return -np.trace(g).imag / np.pi


@case(0.7, 0.3)
def bloch_bands(k, t):
    h = np.array([[0.2, t + np.exp(-1j * k)], [t + np.exp(1j * k), -0.2]])
    return np.linalg.eigvalsh(h)


@case(np.array([0.3, 0.8]))
def berry_phase(center):
    states = []
    for phi in np.linspace(0, 2 * np.pi, 4, endpoint=False):
        k = center + 0.2 * np.array([np.cos(phi), np.sin(phi)])
        d = np.array([np.sin(k[0]), np.sin(k[1]), 1.5 - np.cos(k[0]) - np.cos(k[1])])
        states.append(np.linalg.eigh(np.einsum("i,ijk->jk", d, PAULI))[1][:, 0])
    product = 1.0
    for a, b in zip(states, states[1:] + states[:1]):
        product = product * np.vdot(a, b)
    return -np.angle(product)
