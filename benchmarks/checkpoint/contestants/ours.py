"""adpy: ``checkpoint.loop`` with the step as it stands."""

from __future__ import annotations

import os
from time import process_time
from typing import Any

import numpy as np

from benchmarks.checkpoint.contestants import Run
from benchmarks.checkpoint.contestants.bare import recorded
from benchmarks.checkpoint.problem import Problem

os.environ["ADPY_KERNELS"] = "wait"  # interpreters are compiled once an installation: no first call waits for them

import adpy

__all__ = ["CONTESTANTS", "warm_up"]

SPECIALISED = 3.0
"""Seconds for the kernels of a step, which are compiled aside."""


def warm_up() -> None:
    """Load the interpreters."""
    adpy.grad(lambda x: np.sum(adpy.checkpoint.loop(lambda x, n: x * np.sin(x), x, 9, snapshots=3)))(np.ones(4))


def gradient(problem: Problem, args: tuple[Any, tuple[float, ...]]) -> Run:
    """With respect to state and parameters."""

    def functional(state, params, callback=None):
        state = adpy.checkpoint.loop(
            problem.step, state, problem.steps, params=params, snapshots=problem.snapshots, callback=callback
        )
        last = state[0] if isinstance(state, tuple) else state
        return 0.5 * np.sum(last * last)

    derivative = adpy.grad(functional, (0, 1))

    def facts() -> dict[str, Any]:
        start = process_time()
        while process_time() - start < SPECIALISED:
            derivative(*args)
        seen = []
        counted = adpy.grad(lambda *args: functional(*args, callback=seen.append), (0, 1))
        counted(*args)
        return {"forward": seen[-1].advanced + problem.steps}

    def bare(facts: dict[str, Any]) -> dict[str, Any]:
        value, adjoint = recorded(problem, *args)
        return {"bare": facts["forward"] * value + problem.steps * adjoint}

    return Run(lambda: derivative(*args), facts, bare)


CONTESTANTS = {"adpy": gradient}
