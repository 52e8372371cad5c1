"""JAX: a scan of rematerialised blocks; equinox's and diffrax's loops, which know online schedules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.checkpoint.contestants import LONG, NotApplicable, Run, block_length
from benchmarks.checkpoint.problem import Problem
from benchmarks.checkpoint.rewrites import in_jax

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Start XLA."""
    jax.config.update("jax_enable_x64", True)
    np.asarray(jax.jit(jax.grad(jnp.sum))(np.ones(3)))


def scan(step: Callable, state: Any, steps: int, snapshots: int) -> Any:
    """As many blocks as there are snapshots: each keeps its first state, and all of its states in its turn."""
    length = block_length(steps, snapshots)

    @jax.checkpoint
    def block(state, _):
        return jax.lax.scan(lambda state, _: (step(state), None), state, None, length=length)

    return jax.lax.scan(block, state, None, length=steps // length)[0]


def equinox(step: Callable, state: Any, steps: int, snapshots: int) -> Any:
    """``equinox.internal.scan``, checkpointed."""
    from equinox.internal import scan

    return scan(lambda state, _: (step(state), None), state, None, steps, kind="checkpointed", checkpoints=snapshots)[0]


def diffrax(step: Callable, state: Any, steps: int, snapshots: int) -> Any:
    """The step as one of Euler's method, with a ``RecursiveCheckpointAdjoint``."""
    import diffrax

    def slope(t, state, _):
        return jax.tree.map(jnp.subtract, step(state), state)

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(slope),
        diffrax.Euler(),
        0.0,
        float(steps),
        1.0,
        state,
        adjoint=diffrax.RecursiveCheckpointAdjoint(checkpoints=snapshots),
        max_steps=steps,
    )
    return jax.tree.map(lambda leaf: leaf[-1], solution.ys)


def gradient(loop: Callable) -> Callable:
    """What makes a run of the loops of a tool."""

    def made(problem: Problem, args: tuple[Any, tuple[float, ...]]) -> Run:
        if problem.memory is not None:
            raise NotApplicable("processes of XLA start with more memory than is allowed")
        if problem.steps > LONG:
            raise NotApplicable("too long")
        step, (state, params) = in_jax(problem), args

        def functional(state, params):
            last = loop(lambda state: step(state, 0, params), state, problem.steps, problem.snapshots)
            last = last[0] if isinstance(last, tuple) else last
            return 0.5 * jnp.sum(last * last)

        compiled = jax.jit(jax.grad(functional, (0, 1)))
        return Run(
            lambda: jax.tree.map(np.asarray, compiled(state, params)),
            lambda: {} if loop is scan else {"forward": counted(loop, problem.steps, problem.snapshots)},
        )

    return made


def counted(loop: Callable, steps: int, snapshots: int) -> int:
    """Steps that a loop runs, those included that are run again, with a step that counts itself."""
    seen = []

    def step(x):
        jax.debug.callback(lambda: seen.append(None))
        return x * jnp.cos(x)

    jax.block_until_ready(jax.jit(jax.grad(lambda x: loop(step, x, steps, snapshots)))(0.5))
    jax.effects_barrier()
    return len(seen)


CONTESTANTS = {"jax scan": gradient(scan), "equinox": gradient(equinox), "diffrax": gradient(diffrax)}
