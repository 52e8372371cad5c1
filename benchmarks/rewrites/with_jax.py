"""The problems in JAX: loops as ``lax.fori_loop`` or ``lax.scan``, so that compiling them stays affordable."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erf
from scipy.special import erf as scipy_erf

from benchmarks.batch_problems import heston_with_jax
from benchmarks.programs.bundle import blocks
from benchmarks.programs.options import call_prices
from benchmarks.rebind import rebind

__all__ = [
    "black_scholes",
    "bundle",
    "burgers",
    "heat",
    "heston",
    "heston_vectorised",
    "lorenz",
    "lstm",
    "options",
    "rosenbrock",
    "shallow_water",
    "three_body",
]


bundle = rebind(blocks, {id(np): jnp})
heston = heston_with_jax(jax)
options = rebind(call_prices, {id(np): jnp, id(scipy_erf): erf})


def rosenbrock(x):
    def add_term(i, total):
        return total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2

    return lax.fori_loop(0, len(x) - 1, add_term, 0.0)


def lorenz(p, h, steps):
    def rhs(x):
        return jnp.stack([p[3] * (x[1] - x[0]), x[0] * (p[4] - x[2]) - x[1], x[0] * x[1] - p[5] * x[2]])

    def step(_, x):
        k1 = rhs(x)
        k2 = rhs(x + 0.5 * h * k1)
        k3 = rhs(x + 0.5 * h * k2)
        k4 = rhs(x + h * k3)
        return x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)

    return jnp.sum(lax.fori_loop(0, steps, step, p[:3]) ** 2)


def three_body(state, masses, dt, steps):
    def accelerations(bodies):
        acc = [jnp.zeros(3) for _ in masses]
        for i in range(3):
            for j in range(i + 1, 3):
                delta = bodies[i] - bodies[j]
                pull = delta * jnp.dot(delta, delta) ** -1.5
                acc[i] = acc[i] - masses[j] * pull
                acc[j] = acc[j] + masses[i] * pull
        return jnp.stack(acc)

    def step(_, carry):
        bodies, velocities, acc = carry
        velocities = velocities + 0.5 * dt * acc
        bodies = bodies + dt * velocities
        acc = accelerations(bodies)
        return bodies, velocities + 0.5 * dt * acc, acc

    start = state[:9].reshape(3, 3)
    bodies, _, _ = lax.fori_loop(0, steps, step, (start, state[9:].reshape(3, 3), accelerations(start)))
    return jnp.sum((bodies[1] - bodies[2]) ** 2)


def lstm(main, extra, state, sequence):
    def sigmoid(x):
        return 1.0 / (1.0 + jnp.exp(-x))

    def step(state, pair):
        x, expected = pair
        x = x * extra[0]
        new_state = []
        for i in range(0, len(state), 2):
            hidden, cell = state[i], state[i + 1]
            gates = jnp.concatenate((x, hidden, x, hidden)) * main[i] + main[i + 1]
            forget, ingate, outgate, change = jnp.split(gates, 4)
            cell = cell * sigmoid(forget) + sigmoid(ingate) * jnp.tanh(change)
            x = sigmoid(outgate) * jnp.tanh(cell)
            new_state += [x, cell]
        predicted = x * extra[1] + extra[2]
        normalised = predicted - jnp.log(jnp.sum(jnp.exp(predicted)) + 2.0)
        return jnp.stack(new_state), jnp.sum(expected * normalised)

    _, terms = lax.scan(step, state, (sequence[:-1], sequence[1:]))
    return -jnp.sum(terms) / sequence[1:].size


def burgers(u0, dx, dt, nu, steps):
    def step(_, u):
        middle = u[1:-1]
        new = middle - dt / dx * middle * (middle - u[:-2]) + nu * dt / dx**2 * (u[2:] - 2 * middle + u[:-2])
        return jnp.concatenate([new[-1:], new, new[:1]])

    return jnp.sum(lax.fori_loop(0, steps, step, u0) ** 2) * dx


def shallow_water(h0, g, dx, dt, steps):
    n, m = h0.shape

    def step(_, carry):
        h, u, v = carry
        u = u.at[1:-1, :].add(-g * dt / dx * (h[1:, :] - h[:-1, :]))
        v = v.at[:, 1:-1].add(-g * dt / dx * (h[:, 1:] - h[:, :-1]))
        flux_x = jnp.pad(0.5 * u[1:-1, :] * (h[1:, :] + h[:-1, :]), ((1, 1), (0, 0)))
        flux_y = jnp.pad(0.5 * v[:, 1:-1] * (h[:, 1:] + h[:, :-1]), ((0, 0), (1, 1)))
        return h - dt / dx * (flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1]), u, v

    h, _, _ = lax.fori_loop(0, steps, step, (h0, jnp.zeros((n + 1, m)), jnp.zeros((n, m + 1))))
    return jnp.mean((h[3 * n // 4 :, 3 * m // 4 :] - 1.0) ** 2) + 0.01 * jnp.mean(h**2)


def heat(u, alpha, steps):
    def step(_, u):
        neighbours = jnp.roll(u, 1, 0) + jnp.roll(u, -1, 0) + jnp.roll(u, 1, 1) + jnp.roll(u, -1, 1)
        return u + alpha * (neighbours - 4.0 * u)

    return jnp.sum(lax.fori_loop(0, steps, step, u) ** 2)


def black_scholes(spot, volatility, strike, maturity, rate):
    def normal_cdf(x):
        return 0.5 * (1.0 + erf(x / jnp.sqrt(2.0)))

    root = volatility * jnp.sqrt(maturity)
    d1 = (jnp.log(spot / strike) + (rate + 0.5 * volatility**2) * maturity) / root
    return jnp.sum(spot * normal_cdf(d1) - strike * jnp.exp(-rate * maturity) * normal_cdf(d1 - root))


def heston_vectorised(parameters, z, w):
    v, kappa, theta, xi, rho = parameters
    h = 1.0 / len(z)
    across = jnp.sqrt(1.0 - rho**2)

    def step(carry, shocks):
        s, v = carry
        volatility = jnp.sqrt(v)
        shock = rho * shocks[0] + across * shocks[1]
        drift = kappa * (theta - v) * h + xi * volatility * h**0.5 * shock
        s = s - 0.5 * v * h + volatility * h**0.5 * shocks[0]
        return (s, v + drift + 0.25 * xi**2 * h * (shock**2 - 1.0)), None

    (s, _), _ = lax.scan(step, (jnp.zeros(z.shape[1]), jnp.full(z.shape[1], v)), (z, w))
    return jnp.mean(jnp.maximum(jnp.exp(s) - 1.0, 0.0))
