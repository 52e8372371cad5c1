"""The problems in JAX: namespaces swapped, writes into arrays rewritten."""

from __future__ import annotations

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np

from benchmarks.rebind import FallbackNamespace, rebind
from benchmarks.sparse.problem import Problem
from benchmarks.sparse.problems.power_flow import flows
from benchmarks.sparse.rewrites import functional

__all__ = ["in_jax"]

IN_JAX = {id(np): FallbackNamespace(jnp, np)}


def constraints(x, lines, admittance, demand, units):
    buses = demand.shape[1]
    angle, voltage, active, reactive = jnp.split(x, [buses, 2 * buses, 2 * buses + len(units)])
    i, j = lines
    p_from, q_from, p_to, q_to = rebind(flows, IN_JAX)(angle, voltage, lines, admittance)
    p = jnp.asarray(demand[0]).at[i].add(p_from).at[j].add(p_to).at[units].add(-active)
    q = jnp.asarray(demand[1]).at[i].add(q_from).at[j].add(q_to).at[units].add(-reactive)
    return jnp.concatenate([p, q, p_from**2 + q_from**2, p_to**2 + q_to**2])


def lagrangian(x, multipliers, cost, lines, admittance, demand, units):
    buses = demand.shape[1]
    active = x[2 * buses : 2 * buses + len(units)]
    return jnp.sum(cost * active**2) + multipliers @ constraints(x, lines, admittance, demand, units)


REWRITES = {"power_flow": constraints, "power_flow_lagrangian": lagrangian}


def in_jax(problem: Problem) -> Callable:
    """The function with JAX's names."""
    return REWRITES.get(problem.key) or rebind(functional.find(problem), IN_JAX)
