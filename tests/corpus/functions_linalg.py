"""Linear algebra: numpy.linalg, scipy.linalg and factorisations written out."""

import numpy as np
import scipy.linalg as sla
from numpy.linalg import det, inv, solve

from tests.corpus.registry import case

A = np.array([[4.0, 1.0, 0.5], [0.7, 3.0, -0.2], [0.1, 0.4, 2.0]])
S = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]])
B = np.array([1.0, -0.5, 2.0])
TALL = np.array([[1.0, 0.2], [0.5, 1.3], [-0.7, 0.4], [2.0, -1.0]])


@case(A, B)
def linear_solve(a, b):
    return solve(a, b)


@case(A)
def inverse_and_determinant(a):
    return inv(a) * det(a)


@case(S)
def gaussian_log_determinant(s):
    sign, logdet = np.linalg.slogdet(s)
    return sign * logdet + np.log(np.linalg.det(s))


@case(S, B)
def cholesky_whitening(s, b):
    chol = np.linalg.cholesky(s)
    z = np.linalg.solve(chol, b)
    return z @ z + 2 * np.sum(np.log(np.diag(chol)))


@case(S)
def eigenvalues_of_symmetric(s):
    values, vectors = np.linalg.eigh(s)
    return values * vectors[0] ** 2 + np.linalg.eigvalsh(s + s.T)


@case(A)
def eigenvalues_of_general(a):
    values, vectors = np.linalg.eig(a)
    return np.sort(values.real) * np.abs(np.prod(values))


@case(TALL)
def singular_values(m):
    u, s, vt = np.linalg.svd(m, full_matrices=False)
    return s * np.abs(vt[0]) + np.linalg.svd(m, compute_uv=False)


@case(TALL)
def truncated_reconstruction(m):
    u, s, vt = np.linalg.svd(m, full_matrices=False)
    return (u[:, :1] * s[:1]) @ vt[:1]


@case(TALL)
def pseudo_inverse_in_place(m):
    u, s, vt = np.linalg.svd(m, False)
    kept = np.copy(s)
    for i in range(len(s)):
        s[i] = 1 / s[i]
    u[:, 0] *= 2
    return np.dot(np.transpose(vt), np.multiply(s[:, np.newaxis], np.transpose(u))) * kept[0]


@case(TALL)
def triangular_factor_overwritten(m):
    q, r = np.linalg.qr(m)
    r[np.diag_indices(2)] = np.abs(np.diag(r)) ** 0.5
    q *= np.sign(q[0])
    return q @ r


@case(TALL)
def qr_of_tall_matrix(m):
    q, r = np.linalg.qr(m)
    return q @ r * 2 + np.abs(r[0, 0]) * q[:, :1] ** 2


@case(TALL, np.array([1.0, 0.5, -0.3, 2.0]))
def least_squares(m, y):
    coefficients, *_ = np.linalg.lstsq(m, y, rcond=None)
    return coefficients


@case(TALL, np.array([1.0, 0.5, -0.3, 2.0]))
def normal_equations(m, y):
    beta = np.linalg.inv(m.T @ m) @ m.T @ y
    residual = y - m.dot(beta)
    return residual @ residual / (len(y) - 2)


@case(TALL)
def pseudo_inverse(m):
    return np.linalg.pinv(m)


@case(A)
def matrix_powers(a):
    return np.linalg.matrix_power(a, 3) + np.linalg.multi_dot([a, a.T, a])


@case(A)
def spectral_norms(a):
    return np.array([np.linalg.norm(a, 2), np.linalg.norm(a, "nuc"), np.linalg.norm(a, 1), np.linalg.cond(a)])


@case(A * 0.3)
def matrix_exponential(a):
    return sla.expm(a)


@case(S, B)
def scipy_cholesky_solve(s, b):
    return sla.cho_solve(sla.cho_factor(s), b)


@case(A, B)
def scipy_solves(a, b):
    lower = np.tril(a)
    return sla.solve(a, b) + sla.solve_triangular(lower, b, lower=True)


@case(A, B)
def lu_solve(a, b):
    return sla.lu_solve(sla.lu_factor(a), b)


@case(A)
def gauss_elimination_in_place(a):
    u = a.copy()
    n = len(u)
    for k in range(n - 1):
        for i in range(k + 1, n):
            factor = u[i, k] / u[k, k]
            u[i, k:] -= factor * u[k, k:]
    return np.prod(np.diag(u))


@case(S)
def cholesky_written_out(a):
    n = a.shape[0]
    lower = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = sum(lower[i][k] * lower[j][k] for k in range(j))
            if i == j:
                lower[i][j] = np.sqrt(a[i][i] - s)
            else:
                lower[i][j] = (a[i][j] - s) / lower[j][j]
    return lower


@case(TALL)
def gram_schmidt(vectors):
    basis = []
    for v in vectors.T:
        w = v - sum(np.dot(v, b) * b for b in basis)
        basis.append(w / np.linalg.norm(w))
    return np.array(basis)


@case(A)
def power_iteration(a):
    v = np.ones(3)
    for _ in range(25):
        v = a @ v
        v /= np.linalg.norm(v)
    return v @ a @ v


@case(S, B)
def conjugate_gradient(a, b):
    x = np.zeros(3)
    r = b - a @ x
    p = r.copy()
    rs = r @ r
    for _ in range(2):
        ap = a @ p
        alpha = rs / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        new = r @ r
        p = r + (new / rs) * p
        rs = new
    return x


@case(
    np.array([-1.0, -0.5, -0.3]),
    np.array([4.0, 4.2, 3.9, 4.1]),
    np.array([0.4, -0.2, 0.3]),
    np.array([1.0, 2.0, 0.5, 1.5]),
)
def thomas_algorithm(lower, diagonal, upper, rhs):
    n = len(diagonal)
    c, d = np.zeros(n - 1), np.zeros(n)
    c[0] = upper[0] / diagonal[0]
    d[0] = rhs[0] / diagonal[0]
    for i in range(1, n):
        pivot = diagonal[i] - lower[i - 1] * c[i - 1]
        if i < n - 1:
            c[i] = upper[i] / pivot
        d[i] = (rhs[i] - lower[i - 1] * d[i - 1]) / pivot
    x = np.zeros(n)
    x[-1] = d[-1]
    for i in range(n - 2, -1, -1):
        x[i] = d[i] - c[i] * x[i + 1]
    return x


@case(B)
def householder_reflection(v):
    u = v / (v[0] + np.copysign(np.linalg.norm(v), v[0]))
    u[0] = 1
    h = np.eye(3)
    h -= (2 / np.dot(u, u)) * np.dot(u[:, None], u[None, :])
    return h


@case(S)
def batched_inverse(s):
    stack = np.stack([s, s + np.eye(3), 2 * s])
    return np.linalg.inv(stack).sum(axis=0) + np.linalg.det(stack)[:, None]


@case(S, B)
def batched_solve(s, b):
    stack = np.stack([s, s @ s])
    return np.linalg.solve(stack, np.stack([b, 2 * b])[..., None])[..., 0]


@case(A, B)
def quadratic_form_with_inverse(a, b):
    return b @ np.linalg.inv(a) @ b.T


@case(B)
def toeplitz_and_circulant(b):
    return sla.toeplitz(b) @ b + sla.circulant(b) @ b


@case(A)
def block_diagonal(a):
    return sla.block_diag(a[:2, :2], a[2:, 2:] ** 2) @ np.ones(3)


@case(S)
def matrix_square_root_by_eigenvectors(s):
    w, v = np.linalg.eigh(s)
    return v @ np.diag(np.sqrt(w)) @ v.T
