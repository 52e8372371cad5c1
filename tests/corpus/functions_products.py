"""Products: dot, matmul, einsum, tensordot, outer, kron, cross, convolution."""

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7])
Y = np.array([1.1, 0.4, 2.0])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7]])
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4)


@case(X, Y)
def inner_products(x, y):
    return x @ y + np.dot(x, y) ** 2 - np.vdot(x, y) * np.inner(x, x) + x.dot(y)


@case(M, X)
def matrix_vector(m, x):
    return m @ x + np.dot(m, x) * np.matmul(m, x) + x @ m.T


@case(M)
def gram_matrix(m):
    return m @ m.T + np.matmul(m, m.swapaxes(0, 1)) ** 2


@case(X, Y)
def outer_products(x, y):
    return np.outer(x, y) - np.multiply.outer(y, x) + np.kron(x, y).reshape(3, 3)


@case(X, Y)
def cross_products(x, y):
    normal = np.cross(x, y)
    return normal / np.linalg.norm(normal) + np.cross(y, np.array([0.0, 0.0, 1.0]))


@case(M)
def kronecker(m):
    return np.kron(m, np.eye(2)) @ np.ones(6)


@case(M, CUBE)
def einsum_contractions(m, c):
    return np.einsum("ij,ijk->ik", m, c) + np.einsum("ij,ljk->ik", m, c)


@case(M)
def einsum_idioms(m):
    square = np.einsum("ij,ik->jk", m, m)
    return np.einsum("ii", square) * np.einsum("ij->j", m) + np.einsum("ii->i", square)


@case(M, X, Y)
def einsum_three_operands(m, x, y):
    return np.einsum("ij,j,k->ik", m, x, y, optimize=True) + np.einsum("...j,j", m, x)[:, None]


@case(M, CUBE)
def tensordots(m, c):
    return np.tensordot(m, c, axes=([0, 1], [0, 1])) + np.tensordot(c, m, axes=2 if False else ((0, 1), (0, 1)))


@case(CUBE)
def batched_matmul(c):
    return c @ c.transpose(0, 2, 1) + np.matmul(c, np.ones(4))[..., None]


@case(X, np.array([0.5, -1.0, 0.25, 2.0, 1.0]))
def convolutions(k, signal):
    return np.convolve(signal, k, "same") + np.correlate(signal, k, mode="same") + np.convolve(k, signal)[1:-1]


@case(M, Y)
def neural_layer(w, x):
    hidden = np.tanh(np.dot(w, x) + 0.1)
    return 1 / (1 + np.exp(-np.dot(hidden, w)))


@case(M)
def pairwise_distances_by_broadcasting(p):
    points = p.T
    d2 = ((points[:, None, :] - points[None, :, :]) ** 2).sum(-1)
    return np.exp(-0.5 * d2)


@case(X)
def skew_matrix(w):
    k = np.array([[0, -w[2], w[1]], [w[2], 0, -w[0]], [-w[1], w[0], 0]])
    return k @ k + np.eye(3)


@case(X, Y)
def matrix_class_free_projection(x, y):
    return np.dot(x, y) / np.dot(y, y) * y - x


@case(M)
def vecdot_and_linalg_helpers(m):
    return np.linalg.vecdot(m, m[::-1]) + np.linalg.outer(m[0], m[1])[:2, 0] + np.linalg.trace(m @ m.T)


@case(M)
def multiply_accumulate_loops(m):
    rows, inner = m.shape
    out = np.zeros((rows, rows))
    for i in range(rows):
        for j in range(rows):
            for k in range(inner):
                out[i, j] += m[i, k] * m[j, k]
    return out
