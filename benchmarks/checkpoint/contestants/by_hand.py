"""Adjoints written by hand for Numba, within a compiled binomial schedule."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from benchmarks.checkpoint.contestants import NotApplicable, Run
from benchmarks.checkpoint.contestants.bare import timed
from benchmarks.checkpoint.handwritten import STEPS
from benchmarks.checkpoint.handwritten.revolve import reverse
from benchmarks.checkpoint.problem import Problem

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Start the compiler."""
    numba.njit(lambda x: x + 1.0)(1.0)


def gradient(problem: Problem, args: tuple[Any, tuple[float, ...]]) -> Run:
    """With respect to state and parameters."""
    if problem.key not in STEPS:
        raise NotApplicable("nobody wrote one")
    state, params = args
    forward, adjoint = STEPS[problem.key]

    def run() -> tuple[Any, ...]:
        return reverse(forward, adjoint, state, params, problem.steps, problem.snapshots)

    def facts() -> dict[str, Any]:
        return {"forward": run()[2]}

    def bare(facts: dict[str, Any]) -> dict[str, Any]:
        next_state, bar, params_bar = np.empty_like(state), np.empty_like(state), np.zeros(len(params))
        value = timed(repeated_forward, forward, state, params, next_state)
        both = timed(repeated_adjoint, adjoint, state, params, state, bar, params_bar)
        return {"bare": (facts["forward"] - problem.steps) * value + problem.steps * both}

    return Run(lambda: run()[:2], facts, bare)


@numba.njit
def repeated_forward(count, forward, state, params, out):
    for _ in range(count):
        forward(state, params, out)


@numba.njit
def repeated_adjoint(count, adjoint, state, params, seed, out, params_bar):
    for _ in range(count):
        adjoint(state, params, seed, out, params_bar)


CONTESTANTS = {"by hand": gradient}
