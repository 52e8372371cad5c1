"""Without writes into arrays, for tools whose arrays cannot be written; NumPy's names stand for theirs."""

import numpy as np

from benchmarks.sparse.problems.bundle import rotated

__all__ = ["bratu", "broydn7d", "brusselator", "brusselator_loop", "bundle", "find", "rosenbrock_loop"]


def find(problem):
    """The rewrite of a problem, or its function."""
    return globals()[problem.key] if problem.key in __all__ else problem.function


def bratu(x, strength):
    n = round(len(x) ** 0.5)
    u = x.reshape(n, n)
    row, column = np.zeros((1, n)), np.zeros((n, 1))
    near = np.concatenate([row, u[:-1]]) + np.concatenate([u[1:], row])
    near = near + np.concatenate([column, u[:, :-1]], 1) + np.concatenate([u[:, 1:], column], 1)
    return (4.0 * u - near - strength / (n + 1) ** 2 * np.exp(u)).reshape(-1)


def broydn7d(x):
    half, zero = len(x) // 2, np.zeros(1)
    middle = (3.0 - 2.0 * x) * x + 1.0 - np.concatenate([zero, x[:-1]]) - 2.0 * np.concatenate([x[1:], zero])
    return 1.0 + np.sum(np.abs(middle) ** (7 / 3)) + np.sum(np.abs(x[:half] + x[half:]) ** (7 / 3))


def brusselator(y, alpha, forcing):
    n = len(forcing)
    u, v = y[: n * n].reshape(n, n), y[n * n :].reshape(n, n)
    reaction = u**2 * v
    du = 1.0 + reaction - 4.4 * u + alpha * laplacian(u) + forcing
    dv = 3.4 * u - reaction + alpha * laplacian(v)
    return np.concatenate([du.reshape(-1), dv.reshape(-1)])


def laplacian(u):
    return np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1) - 4.0 * u


def brusselator_loop(y, alpha, forcing):
    n = len(forcing)
    u, v = y[: n * n].reshape(n, n), y[n * n :].reshape(n, n)
    first, second = [], []
    for i in range(n):
        up, down = (i - 1) % n, (i + 1) % n
        for j in range(n):
            left, right = (j - 1) % n, (j + 1) % n
            reaction = u[i, j] ** 2 * v[i, j]
            spread_u = u[up, j] + u[down, j] + u[i, left] + u[i, right] - 4.0 * u[i, j]
            spread_v = v[up, j] + v[down, j] + v[i, left] + v[i, right] - 4.0 * v[i, j]
            first.append(1.0 + reaction - 4.4 * u[i, j] + alpha * spread_u + forcing[i, j])
            second.append(3.4 * u[i, j] - reaction + alpha * spread_v)
    return np.stack(first + second)


def bundle(x, cameras, points, seen_by, seen, features):
    camera = x[: 11 * cameras].reshape(cameras, 11).T[:, seen_by]
    point = x[11 * cameras : 11 * cameras + 3 * points].reshape(points, 3).T[:, seen]
    weight = x[11 * cameras + 3 * points :]
    across, up, depth = rotated(camera[0:3], point - camera[3:6])
    across, up = across / depth, up / depth
    square = across**2 + up**2
    scale = camera[6] * (1.0 + square * (camera[9] + square * camera[10]))
    errors = weight * (np.stack([across, up]) * scale + camera[7:9] - features.T)
    return np.concatenate([errors.T.reshape(-1), 1.0 - weight**2])


def rosenbrock_loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total
