"""Models as people write them: gradients through loops against the plain loop."""

import numpy as np
import pytest

import adpy
from tests.checkpoint.test_loop import close


def shallow_water(state, n, p):
    """Waves over a bottom, written in place on a staggered grid."""
    h, u, v = state
    dt, g = 0.02, 9.81
    depth = h + p["depth"]
    u[1:-1, :] -= dt * g * (h[1:, :] - h[:-1, :])
    v[:, 1:-1] -= dt * g * (h[:, 1:] - h[:, :-1])
    along, across = np.zeros_like(u), np.zeros_like(v)
    along[1:-1, :] = u[1:-1, :] * 0.5 * (depth[1:, :] + depth[:-1, :])
    across[:, 1:-1] = v[:, 1:-1] * 0.5 * (depth[:, 1:] + depth[:, :-1])
    h -= dt * (np.diff(along, axis=0) + np.diff(across, axis=1))
    return h, u, v


def spiral(y, n, p):
    """An explicit Euler step of a small network."""
    return y + 0.05 * (p["w2"] @ np.tanh(p["w1"] @ y**3 + p["b1"]) + p["b2"])


def lorenz96(x, n, p):
    slope = (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + p
    return x + 0.01 * slope


def water():
    i = np.arange(12.0)
    bump = np.exp(-((i[:, None] - 4) ** 2 + (i - 6) ** 2) / 6)
    state = 0.1 * bump, np.zeros((13, 12)), np.zeros((12, 13))
    return shallow_water, state, {"depth": 1.0 + 0.2 * np.cos(i)[:, None] * np.ones(12)}


def network():
    random = np.random.default_rng(4)
    p = {"w1": random.normal(size=(8, 2)), "b1": random.normal(size=8)}
    return spiral, np.array([2.0, 0.0]), p | {"w2": random.normal(size=(2, 8)) / 8, "b2": random.normal(size=2)}


def weather():
    return lorenz96, 8.0 + np.sin(np.arange(20.0)), 8.0


MODELS = {"shallow water": water, "neural ODE": network, "Lorenz-96": weather}
STEPS = 60


@pytest.mark.parametrize("name", MODELS)
def test_observed_along_the_way(name):
    step, state, params = MODELS[name]()

    def height(state):
        return state[0] if isinstance(state, tuple) else state

    def loss(state, n, p):
        return np.sum(height(state)[::3] ** 2) if n % 5 == 4 else 0.0

    def by_loop(state, params):
        last, total = adpy.checkpoint.loop(step, state, STEPS, params=params, loss=loss, snapshots=5)
        return total + np.sum(height(last))

    def by_hand(state, params):
        total = 0.0
        for n in range(STEPS):
            state = step(state, n, params)
            total = total + loss(state, n, params)
        return total + np.sum(height(state))

    found = adpy.value_and_grad(by_loop, (0, 1))(state, params)
    close(found, adpy.value_and_grad(by_hand, (0, 1))(state, params), 1e-11)
    second = [adpy.jvp(adpy.grad(f, (0, 1)), (state, params), found[1]) for f in (by_loop, by_hand)]
    close(*second, 1e-9)
