"""The problems in NumPy without a write into an array, for tools that forbid it."""

import numpy as np

from benchmarks.problems.gmm import log_wishart_prior, logsumexp
from benchmarks.problems.lstm import cell_step

__all__ = ["burgers", "gmm", "heston_vectorised", "lorenz", "lstm", "shallow_water", "three_body"]


def lower_index(d):
    """Where each entry of a strictly lower triangle is found in its row, padded by a zero in front."""
    index = np.zeros((d, d), dtype=int)
    columns, rows = np.triu_indices(d, 1)
    index[rows, columns] = 1 + np.arange(len(rows))
    return index


LOWER_INDEX = {d: lower_index(d) for d in (10, 20)}


def lorenz_rhs(x, sigma, rho, beta):
    return np.stack([sigma * (x[1] - x[0]), x[0] * (rho - x[2]) - x[1], x[0] * x[1] - beta * x[2]])


def lorenz(p, h, steps):
    sigma, rho, beta = p[3], p[4], p[5]
    x = p[:3]
    for _ in range(steps):
        k1 = lorenz_rhs(x, sigma, rho, beta)
        k2 = lorenz_rhs(x + 0.5 * h * k1, sigma, rho, beta)
        k3 = lorenz_rhs(x + 0.5 * h * k2, sigma, rho, beta)
        k4 = lorenz_rhs(x + h * k3, sigma, rho, beta)
        x = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(x**2)


def accelerations(bodies, masses):
    acc = [np.zeros(3) for _ in bodies]
    for i in range(len(bodies)):
        for j in range(i + 1, len(bodies)):
            delta = bodies[i] - bodies[j]
            pull = delta * np.sum(delta * delta) ** -1.5
            acc[i] = acc[i] - masses[j] * pull
            acc[j] = acc[j] + masses[i] * pull
    return acc


def three_body(state, masses, dt, steps):
    bodies = [state[3 * i : 3 * i + 3] for i in range(3)]
    velocities = [state[9 + 3 * i : 12 + 3 * i] for i in range(3)]
    acc = accelerations(bodies, masses)
    for _ in range(steps):
        velocities = [v + 0.5 * dt * a for v, a in zip(velocities, acc)]
        bodies = [body + dt * v for body, v in zip(bodies, velocities)]
        acc = accelerations(bodies, masses)
        velocities = [v + 0.5 * dt * a for v, a in zip(velocities, acc)]
    return np.sum((bodies[1] - bodies[2]) ** 2)


def gmm(alphas, means, icf, x, gamma, m):
    n, d = x.shape
    q_diagonals = np.exp(icf[:, :d])
    sum_qs = np.sum(icf[:, :d], axis=1)
    padded = np.concatenate([np.zeros((icf.shape[0], 1)), icf[:, d:]], axis=1)
    lower = padded[:, LOWER_INDEX[d]]
    centred = x - means[:, np.newaxis, :]
    scaled = q_diagonals[:, np.newaxis, :] * centred + np.matmul(centred, np.transpose(lower, (0, 2, 1)))
    inner = (alphas + sum_qs)[:, np.newaxis] - 0.5 * np.sum(scaled**2, axis=2)
    log_likelihood = np.sum(logsumexp(inner, 0)) - n * logsumexp(alphas, 0)
    constant = -0.5 * n * d * np.log(2 * np.pi)
    return constant + log_likelihood + log_wishart_prior(d, gamma, m, sum_qs, q_diagonals, icf)


def predict(main, extra, state, x):
    new_state = []
    x = x * extra[0]
    for i in range(0, len(state), 2):
        hidden, cell = cell_step(main[i], main[i + 1], state[i], state[i + 1], x)
        new_state += [hidden, cell]
        x = hidden
    return x * extra[1] + extra[2], new_state


def lstm(main, extra, state, sequence):
    total = 0.0
    count = 0
    state = list(state)
    x = sequence[0]
    for t in range(len(sequence) - 1):
        predicted, state = predict(main, extra, state, x)
        normalised = predicted - np.log(np.sum(np.exp(predicted)) + 2.0)
        expected = sequence[t + 1]
        total = total + np.sum(expected * normalised)
        count += expected.shape[0]
        x = expected
    return -total / count


def burgers(u0, dx, dt, nu, steps):
    u = u0
    for _ in range(steps):
        middle = u[1:-1]
        new = middle - dt / dx * middle * (middle - u[:-2]) + nu * dt / dx**2 * (u[2:] - 2 * middle + u[:-2])
        u = np.concatenate([new[-1:], new, new[:1]])
    return np.sum(u**2) * dx


def shallow_water(h0, g, dx, dt, steps):
    n, m = h0.shape
    h = h0
    u = np.zeros((n - 1, m))
    v = np.zeros((n, m - 1))
    row = np.zeros((1, m))
    column = np.zeros((n, 1))
    for _ in range(steps):
        u = u - g * dt / dx * (h[1:, :] - h[:-1, :])
        v = v - g * dt / dx * (h[:, 1:] - h[:, :-1])
        flux_x = np.concatenate([row, 0.5 * u * (h[1:, :] + h[:-1, :]), row], axis=0)
        flux_y = np.concatenate([column, 0.5 * v * (h[:, 1:] + h[:, :-1]), column], axis=1)
        h = h - dt / dx * (flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1])
    return np.mean((h[3 * n // 4 :, 3 * m // 4 :] - 1.0) ** 2) + 0.01 * np.mean(h**2)


def heston_vectorised(parameters, z, w):
    v, kappa, theta, xi, rho = [parameters[i] for i in range(5)]
    h = 1.0 / len(z)
    root, across = h**0.5, np.sqrt(1.0 - rho**2)
    s = 0.0
    for i in range(len(z)):
        volatility = np.sqrt(v)
        shock = rho * z[i] + across * w[i]
        s = s - 0.5 * v * h + volatility * root * z[i]
        drift = kappa * (theta - v) * h + xi * volatility * root * shock
        v = v + drift + 0.25 * xi**2 * h * (shock**2 - 1.0)
    gain = np.exp(s) - 1.0
    return np.mean(np.where(gain > 0.0, gain, 0.0))
