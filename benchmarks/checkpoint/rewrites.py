"""The steps for JAX and PyTorch: without writes where there are any, else with the other namespace for NumPy's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.checkpoint.problem import Problem
from benchmarks.rebind import FallbackNamespace, rebind

__all__ = ["in_jax", "in_torch"]


def in_jax(problem: Problem) -> Callable[..., Any]:
    """A step of JAX arrays."""
    import jax.numpy as jnp

    if problem.key == "lorenz96":
        return rebind(problem.step, {id(np): FallbackNamespace(jnp, np)})
    return {"burgers": burgers_in_jax, "heat": heat_in_jax, "shallow_water": shallow_water_in_jax}[problem.key]


def burgers_in_jax(u, n, params):
    nu, dt, dx = params
    inner = u[1:-1] - dt / dx * u[1:-1] * (u[1:-1] - u[:-2]) + nu * dt / dx**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return u.at[1:-1].set(inner)


def heat_in_jax(u, n, params):
    (rate,) = params
    return u.at[1:-1, 1:-1].add(rate * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1]))


def shallow_water_in_jax(state, n, params):
    import jax.numpy as jnp

    h, u, v = state
    gravity, ratio = params
    u = u.at[1:-1, :].add(-gravity * ratio * (h[1:, :] - h[:-1, :]))
    v = v.at[:, 1:-1].add(-gravity * ratio * (h[:, 1:] - h[:, :-1]))
    flux_x = jnp.zeros_like(u).at[1:-1, :].set(0.5 * u[1:-1, :] * (h[1:, :] + h[:-1, :]))
    flux_y = jnp.zeros_like(v).at[:, 1:-1].set(0.5 * v[:, 1:-1] * (h[:, 1:] + h[:, :-1]))
    return h - ratio * (flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1]), u, v


def in_torch(problem: Problem) -> Callable[..., Any]:
    """A step of tensors; writes go to copies."""
    import torch

    if problem.key == "lorenz96":
        return lambda x, n, params: lorenz96_in_torch(torch, x, params)
    if problem.key == "shallow_water":
        return lambda state, n, params: shallow_water_in_torch(torch, state, params)
    return {"burgers": burgers_in_torch, "heat": heat_in_torch}[problem.key]


def burgers_in_torch(u, n, params):
    nu, dt, dx = params
    v = u.clone()
    v[1:-1] = u[1:-1] - dt / dx * u[1:-1] * (u[1:-1] - u[:-2]) + nu * dt / dx**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return v


def heat_in_torch(u, n, params):
    (rate,) = params
    v = u.clone()
    v[1:-1, 1:-1] += rate * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
    return v


def shallow_water_in_torch(torch, state, params):
    h, u, v = state
    gravity, ratio = params
    u, v = u.clone(), v.clone()
    u[1:-1, :] -= gravity * ratio * (h[1:, :] - h[:-1, :])
    v[:, 1:-1] -= gravity * ratio * (h[:, 1:] - h[:, :-1])
    flux_x = torch.nn.functional.pad(0.5 * u[1:-1, :] * (h[1:, :] + h[:-1, :]), (0, 0, 1, 1))
    flux_y = torch.nn.functional.pad(0.5 * v[:, 1:-1] * (h[:, 1:] + h[:, :-1]), (1, 1))
    return h - ratio * (flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1]), u, v


def lorenz96_in_torch(torch, x, params):
    forcing, dt = params

    def slope(x):
        return (torch.roll(x, -1) - torch.roll(x, 2)) * torch.roll(x, 1) - x + forcing

    a = slope(x)
    b = slope(x + 0.5 * dt * a)
    c = slope(x + 0.5 * dt * b)
    d = slope(x + dt * c)
    return x + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)
