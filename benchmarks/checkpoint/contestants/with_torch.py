"""PyTorch: blocks of steps under ``torch.utils.checkpoint``, as many as there are snapshots."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.utils.checkpoint import checkpoint

from benchmarks.checkpoint.contestants import LONG, NotApplicable, Run, block_length
from benchmarks.checkpoint.problem import Problem
from benchmarks.checkpoint.rewrites import in_torch

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """One thread, and the first derivative."""
    torch.set_num_threads(1)
    torch.ones(3, requires_grad=True).sum().backward()


def gradient(problem: Problem, args: tuple[Any, tuple[float, ...]]) -> Run:
    """With respect to state and parameters."""
    if problem.steps > LONG:
        raise NotApplicable("too long")
    step, length = in_torch(problem), block_length(problem.steps, problem.snapshots)
    ran = [0]
    several = isinstance(args[0], tuple)

    def block(params: tuple, *state: Any) -> tuple:
        state = state if several else state[0]
        for _ in range(length):
            state = step(state, 0, params)
            ran[0] += 1
        return state if several else (state,)

    def run() -> tuple[Any, ...]:
        parts = args[0] if several else (args[0],)
        first = [torch.tensor(part, requires_grad=True) for part in parts]
        params = tuple([torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in args[1]])
        state = tuple(first)
        for _ in range(problem.steps // length):
            state = checkpoint(block, params, *state, use_reentrant=False)
        value = 0.5 * torch.sum(state[0] * state[0])
        bars = torch.autograd.grad(value, [*first, *params], allow_unused=True)
        return tuple(
            [np.zeros(x.shape) if bar is None else bar.numpy() for x, bar in zip((*first, *params), bars, strict=True)]
        )

    def facts() -> dict[str, Any]:
        ran[0] = 0
        run()
        return {"forward": ran[0]}

    return Run(run, facts)


CONTESTANTS = {"torch": gradient}
