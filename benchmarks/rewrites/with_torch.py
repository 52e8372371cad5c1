"""The problems in torch, written for speed where torch offers a choice."""

import math

import numpy as np
import torch

from benchmarks.problems.gmm import log_gamma_distribution
from benchmarks.problems.rosenbrock import rosenbrock as rosenbrock_loop
from benchmarks.rebind import rebind
from benchmarks.rewrites.functional import heston_vectorised as heston_in_numpy
from benchmarks.rewrites.with_scalars import lorenz as lorenz_scalars

__all__ = [
    "black_scholes",
    "burgers",
    "gmm",
    "heat",
    "heston_vectorised",
    "logistic",
    "lorenz",
    "lorenz_arrays",
    "lstm",
    "rosenbrock",
    "shallow_water",
    "small_arrays",
    "three_body",
    "ufunc_chain",
]


heston_vectorised = rebind(heston_in_numpy, {id(np): torch})


def rosenbrock(x):
    return rosenbrock_loop(x.unbind())


def lorenz(p, h, steps):
    return lorenz_scalars(p.unbind(), h, steps)


def lorenz_rhs(x, sigma, rho, beta):
    a, b, c = x.unbind()
    return torch.stack((sigma * (b - a), a * (rho - c) - b, a * b - beta * c))


def lorenz_arrays(p, h, steps):
    sigma, rho, beta = p[3:].unbind()
    x = p[:3]
    for _ in range(steps):
        k1 = lorenz_rhs(x, sigma, rho, beta)
        k2 = lorenz_rhs(x + 0.5 * h * k1, sigma, rho, beta)
        k3 = lorenz_rhs(x + 0.5 * h * k2, sigma, rho, beta)
        k4 = lorenz_rhs(x + h * k3, sigma, rho, beta)
        x = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return torch.sum(x**2)


def accelerations(bodies, masses):
    """Pairs on tensors of three coordinates: fewer, larger operations than the loop over coordinates."""
    acc = [torch.zeros(3) for _ in bodies]
    for i in range(len(bodies)):
        for j in range(i + 1, len(bodies)):
            delta = bodies[i] - bodies[j]
            pull = delta * torch.dot(delta, delta) ** -1.5
            acc[i] = acc[i] - masses[j] * pull
            acc[j] = acc[j] + masses[i] * pull
    return acc


def three_body(state, masses, dt, steps):
    bodies = list(state[:9].reshape(3, 3).unbind())
    velocities = list(state[9:].reshape(3, 3).unbind())
    acc = accelerations(bodies, masses)
    for _ in range(steps):
        velocities = [v + 0.5 * dt * a for v, a in zip(velocities, acc)]
        bodies = [body + dt * v for body, v in zip(bodies, velocities)]
        acc = accelerations(bodies, masses)
        velocities = [v + 0.5 * dt * a for v, a in zip(velocities, acc)]
    return torch.sum((bodies[1] - bodies[2]) ** 2)


def small_arrays(x):
    y = x
    for _ in range(20):
        y = torch.sin(y) * x + 0.5 * torch.tanh(y)
    return torch.sum(y)


def gmm(alphas, means, icf, x, gamma, m):
    n, d = x.shape
    k = icf.shape[0]
    q_diagonals = torch.exp(icf[:, :d])
    sum_qs = torch.sum(icf[:, :d], dim=1)
    lower = torch.zeros((k, d, d))
    columns, rows = torch.triu_indices(d, d, 1)
    lower[:, rows, columns] = icf[:, d:]
    centred = x - means[:, None, :]
    scaled = q_diagonals[:, None, :] * centred + centred @ lower.transpose(1, 2)
    inner = (alphas + sum_qs)[:, None] - 0.5 * torch.sum(scaled**2, dim=2)
    log_likelihood = torch.sum(torch.logsumexp(inner, 0)) - n * torch.logsumexp(alphas, 0)
    constant = -0.5 * n * d * math.log(2 * math.pi)
    wishart = (d + m + 1) * d * (math.log(gamma) - 0.5 * math.log(2)) - log_gamma_distribution(0.5 * (d + m + 1), d)
    frobenius = torch.sum(q_diagonals**2) + torch.sum(icf[:, d:] ** 2)
    return constant + log_likelihood + 0.5 * gamma**2 * frobenius - m * torch.sum(sum_qs) - k * wishart


def cell_step(weight, bias, hidden, cell, x):
    gates = torch.cat((x, hidden, x, hidden)) * weight + bias
    size = hidden.shape[0]
    forget, ingate, outgate = torch.sigmoid(gates[: 3 * size]).split(size)
    cell = cell * forget + ingate * torch.tanh(gates[3 * size :])
    return outgate * torch.tanh(cell), cell


def lstm(main, extra, state, sequence):
    main, extra, state = main.unbind(), extra.unbind(), list(state.unbind())
    total = 0.0
    count = 0
    x = sequence[0]
    for t in range(len(sequence) - 1):
        x = x * extra[0]
        for i in range(0, len(state), 2):
            state[i], state[i + 1] = cell_step(main[i], main[i + 1], state[i], state[i + 1], x)
            x = state[i]
        predicted = x * extra[1] + extra[2]
        normalised = predicted - torch.log(torch.sum(torch.exp(predicted)) + 2.0)
        expected = sequence[t + 1]
        total = total + torch.dot(expected, normalised)
        count += expected.shape[0]
        x = expected
    return -total / count


def ufunc_chain(x):
    y = torch.sin(x)
    y = torch.exp(y)
    y = torch.sqrt(y)
    y = torch.log1p(y)
    y = torch.tanh(y)
    y = torch.cos(y)
    y = torch.square(y)
    y = torch.arctan(y)
    y = torch.expm1(y)
    y = torch.cosh(y)
    y = torch.reciprocal(y)
    y = torch.log(y)
    y = torch.negative(y)
    y = torch.sinh(y)
    y = torch.arcsinh(y)
    y = torch.exp2(y)
    y = torch.log2(y)
    y = torch.log10(y + 1.0)
    y = torch.tan(0.5 * y)
    return torch.sum(y)


def burgers(u0, dx, dt, nu, steps):
    u = u0
    for _ in range(steps):
        middle, left, right = u[1:-1], u[:-2], u[2:]
        new = middle - dt / dx * middle * (middle - left) + nu * dt / dx**2 * (right - 2 * middle + left)
        u = torch.cat((new[-1:], new, new[:1]))
    return torch.sum(u**2) * dx


def shallow_water(h0, g, dx, dt, steps):
    n, m = h0.shape
    h = h0
    u = torch.zeros((n - 1, m))
    v = torch.zeros((n, m - 1))
    row = torch.zeros((1, m))
    column = torch.zeros((n, 1))
    for _ in range(steps):
        u = u - g * dt / dx * (h[1:, :] - h[:-1, :])
        v = v - g * dt / dx * (h[:, 1:] - h[:, :-1])
        flux_x = torch.cat((row, 0.5 * u * (h[1:, :] + h[:-1, :]), row), dim=0)
        flux_y = torch.cat((column, 0.5 * v * (h[:, 1:] + h[:, :-1]), column), dim=1)
        h = h - dt / dx * (flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1])
    return torch.mean((h[3 * n // 4 :, 3 * m // 4 :] - 1.0) ** 2) + 0.01 * torch.mean(h**2)


def heat(u, alpha, steps):
    for _ in range(steps):
        neighbours = torch.roll(u, 1, 0) + torch.roll(u, -1, 0) + torch.roll(u, 1, 1) + torch.roll(u, -1, 1)
        u = u + alpha * (neighbours - 4.0 * u)
    return torch.sum(u**2)


def black_scholes(spot, volatility, strike, maturity, rate):
    root = volatility * torch.sqrt(maturity)
    d1 = (torch.log(spot / strike) + (rate + 0.5 * volatility**2) * maturity) / root
    discounted = strike * torch.exp(-rate * maturity)
    return torch.sum(spot * torch.special.ndtr(d1) - discounted * torch.special.ndtr(d1 - root))


def logistic(w, features, labels, penalty):
    margins = labels * (features @ w)
    return torch.mean(torch.nn.functional.softplus(-margins)) + penalty * torch.dot(w, w)
